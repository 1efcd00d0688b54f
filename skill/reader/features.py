"""A normalised sentence as the set of features that the model weighs.

Families, told apart by their first character: whole words `1` and word pairs `2`; stems `s`, stem pairs `S`, stem
triples `Z`, pairs of stems one or two words apart `K`; three to five letters within a word, its ends marked by a blank,
`c`; the cluster of a word `g`, pairs of clusters `G`, and pairs one word apart `H`. In stems the words for the child,
for oneself and for parents are one each, so that "he", "my son" and "she" teach the same thing. A cluster holds words
that a sentence encoder finds alike, also words that no heard sentence has ("exhaustion", beside "drowsy"); where
a word has none, its stem stands for it.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

__all__ = ["features", "stem"]

_ROLES = {
    "@c": "he she they him her them his hers their himself herself themselves son daughter boy girl kid child toddler"
    " baby lad lass little",
    "@i": "i me my mine myself we us our",
    "@p": "mum mom mama mummy mommy dad daddy papa mam mother father",
    "@b": "is are was were been be am being",
    "@v": "will would could can should shall",
    "@h": "has have had having",
    "@t": "the a an this that these those",
}
_ROLE = {word: role for role, words in _ROLES.items() for word in words.split()}
_ENDS = (("ing", 6, 3), ("ed", 5, 2), ("es", 5, 2))


def stem(word: str) -> str:
    """The word without its ending, or the role that it plays; crude, and the same for training and reading."""
    if word in _ROLE:
        return _ROLE[word]
    for end, least, cut in _ENDS:
        if len(word) >= least and word.endswith(end):
            word = word[:-cut]
            break
    else:
        if len(word) > 3 and word[-1] == "s" and word[-2] != "s":
            word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    if len(word) > 3 and word[-1] in "ey":
        word = word[:-1]
    return word


@lru_cache(maxsize=512)
def _word(word: str) -> tuple[str, tuple[str, ...]]:
    """The stem of a word, and every feature that the word has by itself."""
    bare = stem(word)
    marked = f" {word} "
    own = ["1" + word, "s" + bare]
    for size in (3, 4, 5):
        own += [f"c{marked[start : start + size]}" for start in range(len(marked) - size + 1)]
    return bare, tuple(own)


def features(sentence: str, cluster: Callable[[str], str | None]) -> set[str]:
    """The features of a normalised sentence; `cluster` names the cluster of a word, none where it has none.

    The empty sentence has no features.
    """
    words = sentence.split()
    if not words:
        return set()
    found: set[str] = set()
    stems = ["^"]
    for word in words:
        bare, own = _word(word)
        stems.append(bare)
        found.update(own)
    words = ["^", *words, "$"]
    stems.append("$")
    found.update([f"2{a} {b}" for a, b in pairwise(words)])
    found.update([f"S{a} {b}" for a, b in pairwise(stems)])
    found.update([f"Z{a} {b} {c}" for a, b, c in zip(stems, stems[1:], stems[2:], strict=False)])
    inner = stems[1:-1]
    found.update([f"K{a} {b}" for a, b in zip(inner, inner[2:], strict=False)])
    found.update([f"K{a} {b}" for a, b in zip(inner, inner[3:], strict=False)])
    named = [cluster(word) for word in words[1:-1]]
    kinds = [name or bare for name, bare in zip(named, inner, strict=True)]
    found.update([f"g{name}" for name in named if name])
    found.update([f"G{a} {b}" for a, b in pairwise(kinds)])
    found.update([f"H{a} {b}" for a, b in zip(kinds, kinds[2:], strict=False)])
    return found
