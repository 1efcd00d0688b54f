"""Signs that look or sound like letters: where a human would hear the same words, danger has its number all the same,
and no sign is ever spoken, kept or the end of an answer."""

import json
import unicodedata
from collections.abc import Callable

import pytest

from skill.channels.alexa.entry import Handler
from tests.attacks.conftest import Rows, Visit, phrase, request
from tests.channels.responses import heard, valid

DANGER = [
    "he's not breathing",
    "she can't breathe",
    "she swallowed a whole bottle of pills",
    "he has a knife and he's coming at me",
    "i'm going to hurt him",
    "i can't go on i want to end my life",
    "she says she wants to kill herself",
    "the house is on fire",
]
HOMOGLYPHS = str.maketrans("aceiopsxyABCEHKMOPTX", "асеіорѕхуАВСЕНКМОРТХ")
SMALL = str.maketrans("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ")


def between(sign: str) -> Callable[[str], str]:
    """The sign between all letters of each word."""
    return lambda text: " ".join(sign.join(word) for word in text.split())


def over(sign: str) -> Callable[[str], str]:
    """The sign over each letter."""
    return lambda text: "".join(letter + sign if letter.isalpha() else letter for letter in text)


def shifted(first: int) -> Callable[[str], str]:
    """The letters of another alphabet of the same form, which begins at `first`."""
    return lambda text: "".join(
        chr(first + ord(letter) - ord("a")) if "a" <= letter <= "z" else letter for letter in text.lower()
    )


TRICKS: dict[str, Callable[[str], str]] = {
    "zero width spaces": between("\u200b"),
    "zero width joiners": between("\u200d"),
    "word joiners": between("\u2060"),
    "soft hyphens": between("\u00ad"),
    "byte order marks": between("\ufeff"),
    "variation selectors": between("\ufe0f"),
    "tag characters": between("\U000e0041"),
    "right to left marks": between("\u200f"),
    "right to left override": lambda text: f"\u202e{text}\u202c",
    "isolates": lambda text: " ".join(f"\u2067{word}\u2069" for word in text.split()),
    "accents": over("\u0301"),
    "accents in one": lambda text: unicodedata.normalize("NFC", over("\u0301")(text)),
    "strokes": over("\u0336"),
    "a thousand marks": lambda text: text.replace("e", "e" + "\u0301" * 1000, 1),
    "a thousand marks in disorder": lambda text: text.replace("e", "e" + "\u0315\u0300\u05ae\u0323" * 250, 1),
    "enclosing circles": over("\u20dd"),
    "full width": lambda text: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text),
    "capitals": str.upper,
    "circled letters": shifted(0x24D0),
    "bold letters": shifted(0x1D41A),
    "monospaced letters": shifted(0x1D68A),
    "ligatures": lambda text: text.replace("fi", "ﬁ").replace("ff", "ﬀ"),
    "U+2019": lambda text: text.replace("'", "\u2019"),
    "U+02BC": lambda text: text.replace("'", "\u02bc"),
    "U+201B": lambda text: text.replace("'", "\u201b"),
    "U+2032": lambda text: text.replace("'", "\u2032"),
    "U+FF07": lambda text: text.replace("'", "\uff07"),
    "U+A78C": lambda text: text.replace("'", "\ua78c"),
    "no apostrophe": lambda text: text.replace("'", ""),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "ideographic spaces": lambda text: text.replace(" ", "\u3000"),
    "line separators": lambda text: text.replace(" ", "\u2028"),
    "line breaks": lambda text: text.replace(" ", "\r\n"),
    "nulls": lambda text: text.replace(" ", "\0"),
    "hyphens": lambda text: text.replace(" ", "-"),
    "underscores": lambda text: text.replace(" ", "_"),
    "full stops": lambda text: text.replace(" ", ". "),
    "emoji": lambda text: "\U0001f62d " + text.replace(" ", " \U0001f468\u200d\U0001f469\u200d\U0001f467 "),
    "lone surrogates": lambda text: "\ud800 " + text.replace(" ", " \udfff "),
    "noncharacters": lambda text: text.replace(" ", "\uffff \U0010ffff"),
}

MISSED: dict[str, Callable[[str], str]] = {
    "small capitals": lambda text: text.translate(SMALL),
    "letters that look the same": lambda text: text.translate(HOMOGLYPHS),
    "parenthesised letters": shifted(0x249C),
    "markup": lambda text: f"<b>{text.replace(' ', '</b> <b>')}</b>",
}
"""What looks the same to an eye alone. No speech recognition writes so, and no ear hears it: it is not read."""


@pytest.mark.parametrize("said", DANGER)
def test_each_is_danger_as_it_stands(said: str, handler: Handler) -> None:
    assert "911" in heard(valid(handler(request("bare_phrase", intent=phrase(said)), None)))


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_danger_has_its_number_in_any_dress(trick: Callable[[str], str], handler: Handler) -> None:
    missed = [
        said
        for said in DANGER
        if "911" not in heard(valid(handler(request("bare_phrase", intent=phrase(trick(said))), None)))
    ]
    assert not missed


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_commands_are_obeyed_in_any_dress(trick: Callable[[str], str], handler: Handler, rows: Rows) -> None:
    visit = Visit(handler)
    visit.send("one_shot_search_query")
    visit.say(trick("forget everything"))
    visit.say(trick("yes"))
    assert rows() == []


@pytest.mark.parametrize("trick", MISSED.values(), ids=MISSED)
def test_what_is_for_the_eye_alone_has_an_answer(trick: Callable[[str], str], handler: Handler) -> None:
    for said in DANGER:
        assert "outputSpeech" in valid(handler(request("bare_phrase", intent=phrase(trick(said))), None))


STRANGE = ["\ud800", "\u202e", "\u200b", "\U0001f468\u200d\U0001f469", "\uffff", "\u0301" * 1000, "ﷺ", "𝕫𝕢", "\x1b[31m"]


@pytest.mark.parametrize("sign", STRANGE, ids=ascii)
def test_no_sign_is_spoken_or_kept(sign: str, handler: Handler, rows: Rows) -> None:
    visit = Visit(handler)
    for said in (
        sign,
        f"she is pushing me away {sign}",
        f"{sign} he is hitting me",
        f"remind me at {sign}",
        sign * 100,
    ):
        inner = visit.send("bare_phrase", intent=phrase(said))
        assert sign not in inner["outputSpeech"]["ssml"]
        assert json.dumps(sign)[1:-1] not in json.dumps([inner, visit.attributes, rows()])
