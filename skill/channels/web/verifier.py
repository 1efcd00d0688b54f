"""The verifier: whether a request to the endpoint is signed by Amazon.

Anybody can send one. Until its signature is found to be Amazon's, a request may cost little: headers of bounded length,
an address in Amazon's own store, a few fetches at a time, and no place in what is kept that would push out a chain
which Amazon has signed with.
"""

import base64
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock, Thread

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate
from cryptography.x509.verification import Store

from skill.channels.web.certificates import PATIENCE, Chain, address_of, fetch, judged, trusted_roots
from skill.errors import RequestError

__all__ = ["Verifier"]

KEPT = 8
"""Chains that are kept at once. Amazon signs with one at a time."""
KEPT_FOR = timedelta(hours=1)
"""How long one is kept."""
AT_ONCE = 4
"""Fetches at once of addresses that are not known to be of a good chain."""
_LONGEST = 1024
"""Characters of a signature: of a key of 6,144 bits. Amazon's has 2,048."""


@dataclass(frozen=True, slots=True)
class _Kept:
    chain: Chain
    at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it need not be fetched anew: a clock that was set back makes it no younger."""
        return timedelta(0) <= now - self.at < KEPT_FOR and self.chain.since <= now <= self.chain.until


class Verifier:
    """Says of a request whether Amazon has signed it. May be asked by many threads at once."""

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        roots: Sequence[Certificate] | None = None,
        fetch: Callable[[str], bytes] = fetch,
    ) -> None:
        """Trust chains that lead to `roots`, certifi's unless they are given, and that `fetch` brings."""
        self._now = now
        self._roots = Store([*(trusted_roots() if roots is None else roots)])
        self._fetch = fetch
        self._lock = Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        """By address; last the one that was signed with last."""
        self._coming: dict[str, Future[Chain]] = {}
        """What is being fetched: whoever wants the same waits for the same."""

    def verify(self, url: str, signature: str, body: bytes) -> None:
        """Return where `body` is signed by Amazon.

        `url` is the request's header `SignatureCertChainUrl`, `signature` its `Signature-256`: RSA, PKCS #1 v1.5 with
        SHA-256 of the body as it came, in base64. Either is empty where the request has none.

        Raises:
            RequestError: It is not, or that cannot be told. Says why, and nothing of what was sent.
        """
        signed = _decoded(signature)
        address = address_of(url)
        try:
            self._chain(address).key.verify(signed, body, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise RequestError("its signature is not of its body, or not by Amazon's key") from None
        with self._lock:
            if address in self._kept:
                self._kept.move_to_end(address)

    def _chain(self, address: str) -> Chain:
        with self._lock:
            kept = self._kept.get(address)
            if kept is not None and kept.holds(self._now()):
                return kept.chain
            coming = self._coming.get(address) or self._begun(address)
        try:
            return coming.result(PATIENCE)
        except TimeoutError:
            raise RequestError("its certificate chain does not come in time") from None

    def _begun(self, address: str) -> "Future[Chain]":
        """A fetch that begins; the lock is held. In a thread of its own, for looking up a name knows no patience."""
        if address not in self._kept and sum(one not in self._kept for one in self._coming) >= AT_ONCE:
            raise RequestError("too many certificate chains are being fetched for others")
        coming = self._coming[address] = Future[Chain]()
        try:
            Thread(target=self._bring, args=(address, coming), daemon=True).start()
        except RuntimeError:
            del self._coming[address]
            raise RequestError("its certificate chain cannot be fetched: no thread can be started") from None
        return coming

    def _bring(self, address: str, coming: "Future[Chain]") -> None:
        try:
            pem = self._fetch(address)
            now = self._now()
            chain = judged(pem, self._roots, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            with self._lock:
                del self._coming[address]
            known = isinstance(error, RequestError)
            reason = str(error) if known else f"its certificate chain cannot be fetched ({type(error).__name__})"
            coming.set_exception(RequestError(reason))
            return
        with self._lock:
            del self._coming[address]
            new = address not in self._kept
            if new and len(self._kept) >= KEPT:
                self._kept.popitem(last=False)
            self._kept[address] = _Kept(chain, now)
            if new:
                # Nobody has signed with it yet: the next one takes its place, and no other's.
                self._kept.move_to_end(address, last=False)
        coming.set_result(chain)


def _decoded(signature: str) -> bytes:
    """The bytes of a signature in base64. Raises RequestError where it is none."""
    if not signature:
        raise RequestError("it has no signature")
    if len(signature) > _LONGEST:
        raise RequestError("its signature is too long")
    try:
        return base64.b64decode(signature, validate=True)
    except ValueError:
        raise RequestError("its signature is no base64") from None
