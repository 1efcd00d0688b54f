"""All words as one page that can be read and printed: for a reviewer who knows families, and no code."""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from skill.authoring.content import BLANKS, PROMPT_KINDS, Review, read_reviews, source_keys
from skill.conversation import Passage, PassageKind
from skill.conversation.encourage import NOT_AGAIN
from skill.conversation.script import GENERAL
from skill.speech import PAUSES, heard_pauses, seconds
from skill.words import Words

__all__ = ["STYLE", "Served", "page"]

STYLE = Path(__file__).parent / "page.css"
"""How the page looks; within a page that stands by itself, beside one that is served."""

SAY = "Say:"
GROUPS = {
    "comfort": "The child will not take comfort",
    "underneath": "What is underneath",
    "correction": "Behavior that asks for correction",
    "caregiver": "The caregiver",
    "good": "Good moments",
    "emergency": "Emergencies",
    "neither": "Neither",
}
"""The groups of situations, as a reader of the page sees them."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One wording as it is heard."""

    parts: tuple[tuple[str, float], ...]
    """The sentences, each with the seconds of silence after it."""
    seconds: float
    """How long it takes, pauses included."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a page that is served has beside it."""

    style: str
    """The address of its style."""
    script: str
    """The address of the script that plays a wording."""


def page(language: str, words: Words, country: str = "US", served: Served | None = None) -> str:
    """The page of a language's words, an HTML document; numbers are those of `country`.

    It stands by itself, unless it is `served`.
    """
    numbers = words.numbers(country)

    def spoken(text: str, kind: PassageKind = "line") -> Spoken:
        passage = Passage(text.format_map({**numbers, **dict.fromkeys(BLANKS, "…")}), kind)
        *parts, (last, _) = heard_pauses([passage], SAY)
        # What comes next in a turn comes after this silence.
        return Spoken((*parts, (last, PAUSES[kind])), seconds([passage], SAY))

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    reviews = read_reviews(language)
    return environment.get_template("page.html.j2").render(
        served=served,
        words=words,
        groups=GROUPS,
        by_group={group: [label for label in words.labels if label.group == group] for group in GROUPS},
        general=GENERAL,
        not_again=NOT_AGAIN,
        country=country,
        sources=source_keys(),
        spoken=spoken,
        review=reviews.get,
        reviewed=_reviewed(words, reviews),
        prompts={
            "questions": words.questions,
            "closings": words.closings,
            "lines": [name for name in words.prompts if name not in {*words.questions, *words.closings}],
        },
    )


def _reviewed(words: Words, reviews: dict[str, Review]) -> tuple[int, int]:
    """How many files of scripts and emergencies have a sign-off, and how many there are."""
    files = [
        "general.yaml",
        *(f"situations/{name}.yaml" for name in words.scripts if name != GENERAL),
        *(f"emergencies/{name}.yaml" for name in words.emergencies),
        *(f"safety/{name}.yaml" for name in words.safety),
        *(f"why/{name}.yaml" for name in words.why),
        *(f"asides/{name}.yaml" for name in words.asides),
        "encouragements.yaml",
        *(f"outcomes/{name}.yaml" for name in words.outcomes),
        *(f"prompts/{kind}.yaml" for kind in PROMPT_KINDS),
    ]
    return sum(file in reviews for file in files), len(files)
