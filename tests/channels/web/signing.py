"""A throw-away authority, the certificates that it and others issue, and requests that are signed with them."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.conftest import START

__all__ = [
    "NAME",
    "URL",
    "Issued",
    "Shelf",
    "authority",
    "ec_key",
    "issued",
    "key",
    "pem",
    "private",
    "sign",
    "trusted",
]

NAME = "echo-api.amazon.com"
URL = "https://s3.amazonaws.com/echo.api/echo-api-cert-99.pem"
SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key(owner: str) -> rsa.RSAPrivateKey:
    """The key of `owner`, made once."""
    assert owner
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Issued:
    """A certificate and the key that it is of."""

    certificate: x509.Certificate
    key: Key


def issued(
    owner: str,
    by: Issued | None,
    *,
    names: Sequence[str] | None = None,
    of: Key | None = None,
    is_authority: bool = False,
    signs: bool | None = True,
    purposes: Sequence[x509.ObjectIdentifier] = (SERVER,),
    since: datetime = START - timedelta(days=30),
    until: datetime = START + timedelta(days=60),
) -> Issued:
    """A certificate for `owner`, issued `by` another, or by itself.

    `signs` is its digitalSignature, none where it says nothing of what its key is for.
    """
    own = of or key(owner)
    issuer_key = by.key if by else own
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(by.certificate.subject if by else called)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if signs is not None:
        usage = x509.KeyUsage(
            digital_signature=signs,
            content_commitment=False,
            key_encipherment=not signs,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=is_authority,
            crl_sign=is_authority,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False
        )
    if purposes and not is_authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return Issued(builder.sign(issuer_key, hashes.SHA256()), own)


@cache
def authority(owner: str = "root", by: str = "", *, until_day: int = 3650) -> Issued:
    """An authority, issued by another or by itself."""
    until = START + timedelta(days=until_day)
    return issued(owner, authority(by) if by else None, is_authority=True, until=until)


def trusted(*roots: Issued) -> list[x509.Certificate]:
    return [one.certificate for one in roots]


def pem(*chain: Issued) -> bytes:
    return b"".join(one.certificate.public_bytes(Encoding.PEM) for one in chain)


def private(one: Issued) -> bytes:
    return one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def sign(body: bytes, by: Key, algorithm: hashes.HashAlgorithm | None = None) -> str:
    """The signature of `body`, as the header has it."""
    algorithm = algorithm or hashes.SHA256()
    if isinstance(by, rsa.RSAPrivateKey):
        signature = by.sign(body, PKCS1v15(), algorithm)
    else:
        signature = by.sign(body, ec.ECDSA(algorithm))
    return base64.b64encode(signature).decode()


@dataclass
class Shelf:
    """What lies where Amazon keeps its chains."""

    chains: dict[str, bytes | Callable[[], bytes]] = field(default_factory=dict)
    """By address. One that is called may raise as a fetch does."""
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        chain = self.chains[url]
        return chain if isinstance(chain, bytes) else chain()
