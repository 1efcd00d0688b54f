"""Words that are alike, as a sentence encoder finds them: the clusters that the reader's features use.

The encoder is MiniLM (all-MiniLM-L6-v2, Apache-2.0, from the PyPI package of that name), of which each word's vector is
taken; k-means parts the words. Needed only when clusters are made anew: what it makes is a file of the content, and the
training reads that.
"""

import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from scipy.special import erf
from sklearn.cluster import MiniBatchKMeans
from tokenizers import Tokenizer

__all__ = ["clusters", "rendered"]

CLUSTERS = 1000
HEADS = 12
LAYERS = 6
EPSILON = 1e-12
PACKAGE = "all_minilm_l6_v2"
BATCH = 512

HEADING = """\
# Words that are alike, a cluster a line: the reader learns from a word about its whole cluster.
# Made by `stay-close clusters` from a sentence encoder and the heard words; a line may be mended by hand.
"""

_Floats = npt.NDArray[np.float32]


def clusters(heard: Iterable[str], say: Callable[[str], None]) -> list[list[str]]:
    """The clusters of all words that the encoder knows and that stand in the heard, normalised sentences."""
    often = Counter(word for sentence in heard for word in sentence.split())
    encoder = _Encoder()
    words = sorted({*filter(re.compile("[a-z]{3,}").fullmatch, encoder.vocabulary), *filter(str.isalpha, often)})
    say(f"encoding {len(words):,} words")
    vectors = encoder.vectors(words)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    say(f"parting them into {CLUSTERS} clusters")
    weights = [1 + np.log1p(often[word]) for word in words]
    means = MiniBatchKMeans(CLUSTERS, random_state=0, n_init=1, batch_size=4096).fit(vectors, sample_weight=weights)
    parts: defaultdict[int, list[str]] = defaultdict(list)
    for word, part in zip(words, means.labels_.tolist(), strict=True):
        parts[part].append(word)
    return sorted(parts.values())


def rendered(clusters: Iterable[Sequence[str]]) -> str:
    """The clusters as their file holds them."""
    return HEADING + "".join(f"{' '.join(words)}\n" for words in clusters)


class _Encoder:
    """MiniLM's forward pass, for lone words."""

    def __init__(self) -> None:
        found = find_spec(PACKAGE)
        if found is None or found.origin is None:
            raise ModuleNotFoundError(name=PACKAGE.replace("_", "-") + "-model")
        with zipfile.ZipFile(Path(found.origin).parent / "model.zip") as files:
            inside = {Path(name).name: name for name in files.namelist()}
            self._tokens = Tokenizer.from_str(files.read(inside["tokenizer.json"]).decode())
            self._weights = safetensors.numpy.load(files.read(inside["model.safetensors"]))
            assert json.loads(files.read(inside["config.json"]))["num_hidden_layers"] == LAYERS
        self._tokens.no_padding()
        self.vocabulary = self._tokens.get_vocab()

    def vectors(self, words: Sequence[str]) -> _Floats:
        """A vector a word, words by 384."""
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        tokens = [encoding.ids for encoding in self._tokens.encode_batch(words)]
        for place, ids in enumerate(tokens):
            by_length[len(ids)].append(place)
        made = np.zeros((len(words), 384), np.float32)
        for places in by_length.values():
            for start in range(0, len(places), BATCH):
                some = places[start : start + BATCH]
                made[some] = self._forward(np.array([tokens[place] for place in some]))
        return made

    def _forward(self, ids: npt.NDArray[np.int64]) -> _Floats:
        """The mean of the last layer's vectors, for token ids of words by tokens."""
        weights = self._weights
        words, length = ids.shape
        state = weights["embeddings.word_embeddings.weight"][ids]
        state = state + weights["embeddings.position_embeddings.weight"][:length]
        state = self._normed(state + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}"
            query, key, value = (
                self._linear(state, f"{name}.attention.self.{part}").reshape(words, length, HEADS, -1).swapaxes(1, 2)
                for part in ("query", "key", "value")
            )
            scores = query @ key.swapaxes(2, 3) / np.sqrt(query.shape[-1])
            attention = np.exp(scores - scores.max(axis=-1, keepdims=True))
            attention /= attention.sum(axis=-1, keepdims=True)
            mixed = (attention @ value).swapaxes(1, 2).reshape(words, length, -1)
            mixed = self._linear(mixed, f"{name}.attention.output.dense")
            state = self._normed(state + mixed, f"{name}.attention.output.LayerNorm")
            inner = self._linear(state, f"{name}.intermediate.dense")
            inner = inner * (1 + erf(inner / np.sqrt(2))) / 2
            state = self._normed(state + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        mean: _Floats = state.mean(axis=1)
        return mean

    def _linear(self, state: _Floats, name: str) -> _Floats:
        # As one flat product, which is many times faster than one a word.
        flat = state.reshape(-1, state.shape[-1]) @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        made: _Floats = flat.reshape(*state.shape[:-1], -1)
        return made

    def _normed(self, state: _Floats, name: str) -> _Floats:
        middle = state.mean(axis=-1, keepdims=True)
        spread = np.sqrt(state.var(axis=-1, keepdims=True) + EPSILON)
        made: _Floats = (state - middle) / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return made
