"""Certificate chains: where one may lie, how it is fetched, and whether it is Amazon's."""

import posixpath
import re
import ssl
import time
import warnings
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from skill.errors import RequestError

__all__ = ["LARGEST", "PATIENCE", "Chain", "address_of", "fetch", "judged", "trusted_roots"]

NAME = "echo-api.amazon.com"
"""Whom Amazon's signing certificate must be of."""
PATIENCE = 3.0
"""Seconds that a chain may take to come."""
LARGEST = 64 * 1024
"""Bytes that a chain may have. Amazon's has some 6,000."""
DEEPEST = 5
"""Certificates that may stand between a leaf and its root."""
MOST = 8
"""Certificates that are looked at: the leaf, the deepest way up, the root, and one to spare."""

_LONGEST = 256
"""Characters of an address."""
_ADDRESS = re.compile(r"(?i:https://s3\.amazonaws\.com)(?::443)?(/[\w.~/-]+)", re.ASCII)
"""Amazon's store, whole and plain: no user, no other port, no query, and nothing encoded that could be read twice."""
_FOLDER = "/echo.api/"


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that was found to be Amazon's."""

    key: RSAPublicKey
    """The key of its leaf: what requests are signed with."""
    since: datetime
    """From when all of its certificates hold, UTC."""
    until: datetime
    """Until when all of them do."""


def address_of(url: str) -> str:
    """The address, without any detour, of the chain that a request names.

    Raises:
        RequestError: It is not where Amazon keeps its chains.
    """
    found = _ADDRESS.fullmatch(url) if len(url) <= _LONGEST else None
    path = posixpath.normpath(found[1]) if found is not None else ""
    if not path.startswith(_FOLDER):
        raise RequestError("its certificate chain is not where Amazon keeps them")
    return f"https://s3.amazonaws.com{path}"


def fetch(url: str, context: ssl.SSLContext | None = None) -> bytes:
    """What lies at an https address, and nowhere that it may point to.

    `context` says who is trusted with it; certifi's roots unless it is given.

    Raises:
        RequestError: It is not there, or is too large.
        OSError, HTTPException: It cannot be reached, or not in time.
    """
    until = time.monotonic() + PATIENCE
    at = urlsplit(url)
    context = context or ssl.create_default_context(cafile=certifi.where())
    with closing(HTTPSConnection(at.hostname or "", at.port, timeout=PATIENCE, context=context)) as connection:
        connection.request("GET", at.path)
        answer = connection.getresponse()
        if answer.status != 200:
            raise RequestError(f"its certificate chain is not there (status {answer.status})")
        body = b""
        while part := answer.read1(LARGEST):
            body += part
            if len(body) > LARGEST:
                raise RequestError("its certificate chain is too large")
            # The connection's own patience is with each part.
            if time.monotonic() > until:
                raise TimeoutError
        return body


@cache
def trusted_roots() -> tuple[x509.Certificate, ...]:
    """The roots that certifi has."""
    roots = []
    with warnings.catch_warnings():
        # Some old roots, one of Amazon's among them, have the serial number 0: cryptography warns of that, and will
        # refuse to read them one day. The others are roots then as now.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for der in ssl.create_default_context(cafile=certifi.where()).get_ca_certs(binary_form=True):
            with suppress(ValueError):
                roots.append(x509.load_der_x509_certificate(der))
    return tuple(roots)


def judged(pem: bytes, roots: Store, now: datetime) -> Chain:
    """The chain in `pem`, the leaf first, where at `now` it is Amazon's and leads to one of `roots`.

    Raises:
        RequestError: It is not, or does not.
    """
    try:
        leaf, *others = x509.load_pem_x509_certificates(pem)
        if len(others) >= MOST:
            raise RequestError("its certificate chain is too long")
        policy = PolicyBuilder().store(roots).time(now).max_chain_depth(DEEPEST)
        way = policy.build_server_verifier(x509.DNSName(NAME)).verify(leaf, others)
        extensions, key = leaf.extensions, leaf.public_key()
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
        signs = extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    except RequestError:
        raise
    except (VerificationError, x509.ExtensionNotFound):
        raise RequestError("its certificates are not Amazon's, do not hold today, or lead to no trusted root") from None
    except Exception as error:  # noqa: BLE001 - whatever it is that comes of reading them, they are no certificates
        raise RequestError(f"its certificates cannot be read ({type(error).__name__})") from None
    if NAME not in names:
        raise RequestError("its certificate is not of Amazon's name")
    if not signs:
        raise RequestError("its certificate is not made for signing")
    if not isinstance(key, RSAPublicKey):
        raise RequestError("its certificate's key is of another kind than Amazon's")
    return Chain(key, max(one.not_valid_before_utc for one in way), min(one.not_valid_after_utc for one in way))
