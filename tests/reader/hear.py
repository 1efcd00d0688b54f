"""Mishearings and noise: what any text at all may be, made from real sentences."""

import random
from collections.abc import Iterator, Sequence

__all__ = ["mishearings"]

NOISE = [
    "",
    " ",
    "\x00",
    "\x1b[2J",
    "\u202e",
    "😱",
    "🤷‍♀️",
    "’",
    "…",
    "—",
    "123",
    "911",
    "ñandú",
    "помогите",
    "救命",
    "مساعدة",
    "ß",
    "\ud83d",
]
LETTERS = "abcdefghijklmnopqrstuvwxyz '"


def mishearings(sentences: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """`count` texts: sentences with words lost, joined, doubled, swapped or misspelt, noise between, and mere noise."""
    chance = random.Random(seed)
    changes = (_lost, _joined, _doubled, _swapped, _misspelt, _noisy, _spliced, _long, _random, _loud)
    for _ in range(count):
        words = chance.choice(sentences).split()
        for _ in range(chance.randint(1, 3)):
            words = chance.choice(changes)(words, sentences, chance)
        yield " ".join(words)


Words = list[str]


def _lost(words: Words, _: Sequence[str], chance: random.Random) -> Words:
    return [word for word in words if chance.random() > 0.3]


def _joined(words: Words, _: Sequence[str], chance: random.Random) -> Words:
    place = chance.randrange(len(words) + 1)
    return [*words[:place], "".join(words[place : place + 3]), *words[place + 3 :]]


def _doubled(words: Words, _: Sequence[str], chance: random.Random) -> Words:
    return [word for word in words for _ in range(1 + (chance.random() < 0.3))]


def _swapped(words: Words, _: Sequence[str], chance: random.Random) -> Words:
    return chance.sample(words, len(words))


def _misspelt(words: Words, _: Sequence[str], chance: random.Random) -> Words:
    return ["".join(chance.choice(LETTERS) if chance.random() < 0.1 else letter for letter in word) for word in words]


def _noisy(words: Words, _: Sequence[str], chance: random.Random) -> Words:
    return [one for word in words for one in ((word, chance.choice(NOISE)) if chance.random() < 0.3 else (word,))]


def _spliced(words: Words, sentences: Sequence[str], chance: random.Random) -> Words:
    return [*words[: len(words) // 2], *chance.choice(sentences).split()[chance.randrange(4) :]]


def _long(words: Words, sentences: Sequence[str], chance: random.Random) -> Words:
    if chance.random() < 0.9:
        return words
    return [*words, *(word for _ in range(150) for word in chance.choice(sentences).split())][:2000]


def _random(words: Words, _: Sequence[str], chance: random.Random) -> Words:
    if chance.random() < 0.5:
        return words
    return ["".join(chr(chance.randrange(1, 0x2FFF)) for _ in range(chance.randrange(40)))]


def _loud(words: Words, _: Sequence[str], chance: random.Random) -> Words:
    return [word.upper() if chance.random() < 0.5 else f"{word}!?" for word in words]
