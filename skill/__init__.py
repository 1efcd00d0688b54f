"""Stay Close: a voice that stays with the adult when a child who was hurt early will not take comfort.

One exchange runs: heard → read → decided → spoken → kept. The rooms, in that order: `channels` (a way in),
`reader` (a sentence → a Reading), `conversation` (a Turn and a State → a Reply and a State), `speech` (a Reply →
SSML, text and seconds), `journal` (what is kept). `words` holds all that can be spoken; `authoring` is for people who
write it.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
