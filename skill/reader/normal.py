"""One sentence as speech recognition gave it, brought to one form: for training and for reading alike.

Speech services differ in apostrophes, case, digits and fillers. Whatever reads a sentence (the trained model,
the danger rules, the command words) reads the form made here and no other.
"""

import re
import unicodedata

__all__ = [
    "ADDRESS",
    "APOSTROPHES",
    "DIGITS",
    "ENDINGS",
    "FILLERS",
    "IS",
    "MAX_LETTERS",
    "MAX_TEXT",
    "MAX_WORDS",
    "MUTE",
    "WHOLE",
    "normalise",
]

MAX_WORDS = 200
"""Longest sentence that is read whole, in words; of a longer one the first and the last half are read."""

MAX_LETTERS = 40
"""Longest word that is read whole, in letters; of a longer one, which nobody says, the first are read."""

MAX_TEXT = 2 * MAX_WORDS * MAX_LETTERS
"""Longest text that is read whole, in characters; of a longer one, which nobody says, the first and the last half."""

MUTE = frozenset({"Cf", "Me", "Mn"})
"""What is not heard: signs without width, and marks over letters."""
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´′＇", "'"))  # noqa: RUF001 - just these
"""The signs that stand for an apostrophe, for `str.translate`."""
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*'?|[^\W\d_]+")

DIGITS = dict(
    zip(
        map(str, range(21)),
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen twenty".split(),
        strict=True,
    )
)

# Numbers that people dial are said digit by digit.
DIGITS |= {"911": "nine one one", "988": "nine eight eight", "999": "nine nine nine", "112": "one one two"}
"""How numbers are said; any other is a "number"."""

FILLERS = frozenset("um uh uhm er erm ah hmm mm uhh umm oh alexa".split())
"""Words that tell nothing, and are left out."""

ADDRESS = re.compile(r"^(?:(?:please )?(?:ask|tell|talk to|open|launch|start) stay close(?: (?:that|to|and|about))? )+")
"""Spoken before the sentence itself when a caregiver speaks to the skill in one breath."""

WHOLE = {
    "ain't": "is not",
    "aint": "is not",
    "arent": "are not",
    "can't": "can not",
    "cannae": "can not",
    "cannot": "can not",
    "cant": "can not",
    "couldnt": "could not",
    "couldn": "could not",
    "didnae": "did not",
    "didnt": "did not",
    "dinnae": "do not",
    "doesnae": "does not",
    "doesnt": "does not",
    "dont": "do not",
    "gonna": "going to",
    "gotta": "got to",
    "hadnt": "had not",
    "hasnt": "has not",
    "havent": "have not",
    "hes": "he is",
    "im": "i am",
    "isnae": "is not",
    "isnt": "is not",
    "ive": "i have",
    "kinda": "kind of",
    "lemme": "let me",
    "ok": "okay",
    "shes": "she is",
    "shouldnt": "should not",
    "theres": "there is",
    "theyre": "they are",
    "theyve": "they have",
    "tryna": "trying to",
    "wanna": "want to",
    "wasnae": "was not",
    "wasnt": "was not",
    "werent": "were not",
    "whats": "what is",
    "won't": "will not",
    "wont": "will not",
    "wouldnt": "would not",
    "y'all": "you all",
    "youre": "you are",
}
"""Words that are spelled out as a whole."""

ENDINGS = (
    ("n't", " not"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
    ("'d", " would"),
    ("'m", " am"),
)
"""Endings that are spelled out after any word."""

IS = frozenset("he she it that there here what who where how when everyone everybody nobody someone let".split())
"""After these words 's stands for "is"; after a noun it is as often a possessive, and is dropped."""


def _word(word: str) -> str:
    word = word.rstrip("'")
    if word in WHOLE:
        return WHOLE[word]
    if word.isdigit():
        return DIGITS.get(word, "number")
    if "'" not in word:
        return word
    for ending, spoken in ENDINGS:
        if word.endswith(ending):
            return word[: -len(ending)].replace("'", "") + spoken
    if word.endswith("'s"):
        stem = word[:-2]
        if stem == "let":
            return "let us"
        return f"{stem} is" if stem in IS else stem
    return word.replace("'", "")


def normalise(sentence: str) -> str:
    """Give the words of `sentence` in lower case, one space apart: contractions spelled out, fillers gone.

    Any text is accepted and none raises; what holds no word gives the empty string. Control characters, emoji and
    punctuation part words and vanish.
    """
    if len(sentence) > MAX_TEXT:
        # Before all else: to bring signs over signs into one form takes time that grows with the square of them.
        sentence = f"{sentence[: MAX_TEXT // 2]} {sentence[-MAX_TEXT // 2 :]}"
    text = sentence.translate(APOSTROPHES).lower()
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign) not in MUTE)
        text = text.translate(APOSTROPHES).lower()
    words = [_word(match[:MAX_LETTERS]) for match in _WORD.findall(text)]
    words = [word for word in words if word and word not in FILLERS]
    if len(words) > MAX_WORDS:
        words = words[: MAX_WORDS // 2] + words[-MAX_WORDS // 2 :]
    return ADDRESS.sub("", " ".join(words) + " ").strip()
