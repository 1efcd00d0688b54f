"""Signatures: what is sent to the endpoint, and whether it is answered. Every case goes over HTTP to the real entry."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.client import IncompleteRead
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1

from skill.errors import RequestError
from tests.channels.responses import heard, valid
from tests.channels.web.endpoint import Endpoint, good, intermediate, leaf, signed
from tests.channels.web.signing import CLIENT, URL, Issued, authority, ec_key, issued, key, pem, sign
from tests.conftest import START, event

Headers = Mapping[str, str] | Iterable[tuple[str, str]]
FAILING = {
    "timeout": TimeoutError("the read operation timed out"),
    "no network": OSError("nodename nor servname"),
    "cut off": IncompleteRead(b"-----BEGIN"),
    "not there": RequestError("its certificate chain is not there (status 404)"),
}
DAY = timedelta(days=1)
NOT_AMAZON = "are not Amazon's, do not hold today, or lead to no trusted root"
ELSEWHERE = "is not where Amazon keeps them"
UNREADABLE = "cannot be read"
NOT_SIGNED = "not of its body"


@dataclass(frozen=True)
class Case:
    """What is sent, told by how it differs from what Amazon sends."""

    name: str
    refused: str = ""
    """Of the reason for which it is refused; empty where it is answered."""
    chain: Callable[[], bytes] = good
    url: str = URL
    by: Callable[[], Any] = lambda: key("leaf")
    headers: Callable[[dict[str, str], bytes], Headers] = lambda headers, _: headers
    altered: Callable[[bytes], bytes] = lambda body: body
    """What becomes of the body once it is signed."""


def _raise(name: str) -> Callable[[], bytes]:
    def fetched() -> bytes:
        raise FAILING[name]

    return fetched


def _deep(count: int) -> bytes:
    """A chain of so many authorities below the root, and a leaf."""
    names = ["root", *(f"authority {number}" for number in range(count))]
    chain = [authority(names[0])]
    for name in names[1:]:
        chain.append(issued(name, chain[-1], is_authority=True, of=key(f"odd {len(chain) % 2}")))
    last = issued("leaf", chain[-1], names=["echo-api.amazon.com"])
    return pem(last, *reversed(chain[1:]))


def _without(*names: str) -> Callable[[dict[str, str], bytes], Headers]:
    return lambda headers, _: {name: value for name, value in headers.items() if name not in names}


def _with(name: str, value: str) -> Callable[[dict[str, str], bytes], Headers]:
    return lambda headers, _: headers | {name: value}


def _twice(name: str) -> Callable[[dict[str, str], bytes], Headers]:
    return lambda headers, _: [*headers.items(), (name, headers[name])]


def _leaf_by(issuer: Issued | None, **told: Any) -> Issued:
    return issued("leaf", issuer, **({"names": ["echo-api.amazon.com"]} | told))


def _expired_intermediate() -> Issued:
    return issued("intermediate", authority(), is_authority=True, until=START - DAY)


def _leaf_as_authority() -> bytes:
    """A certificate of Amazon's name that issues another of Amazon's name."""
    return pem(issued("other", leaf(), names=["echo-api.amazon.com"]), leaf(), intermediate())


S3 = "https://s3.amazonaws.com"
CASES = [
    # What Amazon sends, and what is as good.
    Case("as Amazon sends it"),
    Case("header names in lower case", headers=lambda headers, _: {k.lower(): v for k, v in headers.items()}),
    Case("header names in upper case", headers=lambda headers, _: {k.upper(): v for k, v in headers.items()}),
    Case("port 443", url=f"{S3}:443/echo.api/echo-api-cert-99.pem"),
    Case("scheme and host in upper case", url="HTTPS://S3.AMAZONAWS.COM/echo.api/echo-api-cert-99.pem"),
    Case("a detour that stays in the folder", url=f"{S3}/echo.api/../echo.api/./echo-api-cert-99.pem"),
    Case("a doubled slash", url=f"{S3}/echo.api//echo-api-cert-99.pem"),
    Case("a SHA-1 signature beside it", headers=lambda h, body: h | {"Signature": sign(body, key("leaf"), SHA1())}),
    Case("a wrong SHA-1 signature beside it", headers=_with("Signature", "bm9uZQ==")),
    Case("another content type", headers=_with("Content-Type", "application/x-www-form-urlencoded")),
    # Chains.
    Case("the root sent along", chain=lambda: pem(leaf(), intermediate(), authority())),
    Case("a certificate that does not belong", chain=lambda: pem(leaf(), authority("stranger"), intermediate())),
    Case("no intermediate", NOT_AMAZON, chain=lambda: pem(leaf())),
    Case("the wrong order", NOT_AMAZON, chain=lambda: pem(intermediate(), leaf())),
    Case("the wrong order, with the root first", NOT_AMAZON, chain=lambda: pem(authority(), intermediate(), leaf())),
    Case("self-signed", NOT_AMAZON, chain=lambda: pem(_leaf_by(None))),
    Case("self-signed, with an honest intermediate", NOT_AMAZON, chain=lambda: pem(_leaf_by(None), intermediate())),
    Case("another root", NOT_AMAZON, chain=lambda: pem(_leaf_by(authority("stranger")), authority("stranger"))),
    Case("a leaf that signs a leaf", NOT_AMAZON, chain=_leaf_as_authority, by=lambda: key("other")),
    Case("as deep as may be", chain=lambda: _deep(5)),
    Case("too deep", NOT_AMAZON, chain=lambda: _deep(6)),
    Case("too many certificates", "is too long", chain=lambda: pem(leaf(), *[intermediate()] * 8)),
    Case("a huge chain", "is too long", chain=lambda: good() * 400),
    Case("an empty chain", UNREADABLE, chain=lambda: b""),
    Case("a chain of blanks", UNREADABLE, chain=lambda: b"\n" * 99),
    Case("no PEM", UNREADABLE, chain=lambda: b"<html>Not found</html>"),
    Case("PEM without a certificate", UNREADABLE, chain=lambda: good().replace(b"MII", b"AAA")),
    Case("half a certificate", UNREADABLE, chain=lambda: good()[:700]),
    Case("binary", UNREADABLE, chain=lambda: bytes(range(256)) * 8),
    Case("a private key", UNREADABLE, chain=lambda: good().replace(b"CERTIFICATE", b"PRIVATE KEY")),
    # Dates.
    Case("expired", NOT_AMAZON, chain=lambda: pem(leaf(until=START - DAY), intermediate())),
    Case("not yet valid", NOT_AMAZON, chain=lambda: pem(leaf(since=START + DAY), intermediate())),
    Case("valid until tonight", chain=lambda: pem(leaf(until=START + DAY / 2), intermediate())),
    Case("an expired intermediate", NOT_AMAZON, chain=lambda: pem(_leaf_by(x := _expired_intermediate()), x)),
    # Names.
    Case("another name", NOT_AMAZON, chain=lambda: pem(leaf(names=["echo-api.example.com"]), intermediate())),
    Case("a longer name", NOT_AMAZON, chain=lambda: pem(leaf(names=["echo-api.amazon.com.evil.org"]), intermediate())),
    Case("a wildcard", "not of Amazon's name", chain=lambda: pem(leaf(names=["*.amazon.com"]), intermediate())),
    Case("no name", NOT_AMAZON, chain=lambda: pem(leaf(names=[]), intermediate())),
    Case("several names", chain=lambda: pem(leaf(names=["a.example.com", "echo-api.amazon.com"]), intermediate())),
    # What a key is for. Amazon's SDKs take a certificate without purposes too.
    Case("no digitalSignature", "not made for signing", chain=lambda: pem(leaf(signs=False), intermediate())),
    Case("no key usage", NOT_AMAZON, chain=lambda: pem(leaf(signs=None), intermediate())),
    Case("no purposes", chain=lambda: pem(leaf(purposes=[]), intermediate())),
    Case("another purpose", NOT_AMAZON, chain=lambda: pem(leaf(purposes=[CLIENT]), intermediate())),
    Case("a key of a curve", "of another kind", chain=lambda: pem(leaf(of=ec_key()), intermediate()), by=ec_key),
    # Where a chain lies.
    Case("plain http", ELSEWHERE, url="http://s3.amazonaws.com/echo.api/echo-api-cert-99.pem"),
    Case("a file", ELSEWHERE, url="file:///echo.api/echo-api-cert-99.pem"),
    Case("another host", ELSEWHERE, url="https://s3.example.com/echo.api/echo-api-cert-99.pem"),
    Case("a host that begins so", ELSEWHERE, url="https://s3.amazonaws.com.evil.org/echo.api/cert.pem"),
    Case("a host with a dot at its end", ELSEWHERE, url="https://s3.amazonaws.com./echo.api/cert.pem"),
    Case("another bucket's host", ELSEWHERE, url="https://evil.s3.amazonaws.com/echo.api/cert.pem"),
    Case("another port", ELSEWHERE, url=f"{S3}:563/echo.api/echo-api-cert-99.pem"),
    Case("no number for a port", ELSEWHERE, url=f"{S3}:443x/echo.api/echo-api-cert-99.pem"),
    Case("a user", ELSEWHERE, url="https://me@s3.amazonaws.com/echo.api/cert.pem"),
    Case("a user and a password", ELSEWHERE, url="https://me:you@s3.amazonaws.com/echo.api/cert.pem"),
    Case("the host as a user", ELSEWHERE, url="https://s3.amazonaws.com@evil.org/echo.api/cert.pem"),
    Case("a backslash", ELSEWHERE, url="https://evil.org\\@s3.amazonaws.com/echo.api/cert.pem"),
    Case("another folder", ELSEWHERE, url=f"{S3}/echo.apis/echo-api-cert-99.pem"),
    Case("the folder in capitals", ELSEWHERE, url=f"{S3}/EcHo.aPi/echo-api-cert-99.pem"),
    Case("the folder alone", ELSEWHERE, url=f"{S3}/echo.api/"),
    Case("a detour out of the folder", ELSEWHERE, url=f"{S3}/echo.api/../evil/cert.pem"),
    Case("a detour out and far up", ELSEWHERE, url=f"{S3}/echo.api/../../../evil/cert.pem"),
    Case("an encoded detour", ELSEWHERE, url=f"{S3}/echo.api/%2e%2e/evil/cert.pem"),
    Case("an encoded slash", ELSEWHERE, url=f"{S3}/echo.api%2fcert.pem"),
    Case("two slashes first", ELSEWHERE, url=f"{S3}//echo.api/cert.pem"),
    Case("a query", ELSEWHERE, url=f"{URL}?versionId=1"),
    Case("a fragment", ELSEWHERE, url=f"{URL}#1"),
    Case("a blank before it", ELSEWHERE, headers=_with("SignatureCertChainUrl", f"x {URL}")),
    Case("a tab in it", ELSEWHERE, url=f"{S3}/echo.api/a\tb.pem"),
    Case("no scheme", ELSEWHERE, url="s3.amazonaws.com/echo.api/cert.pem"),
    Case("no URL at all", ELSEWHERE, url="certificate"),
    Case("a very long URL", ELSEWHERE, url=f"{S3}/echo.api/{'a' * 300}.pem"),
    Case("an empty URL", ELSEWHERE, url=""),
    # What is signed.
    Case("one byte changed", NOT_SIGNED, altered=lambda body: body.replace(b"en-US", b"en-UK")),
    Case("a line's end added", NOT_SIGNED, altered=lambda body: body + b"\n"),
    Case(
        "the same in another writing", NOT_SIGNED, altered=lambda body: json.dumps(json.loads(body), indent=1).encode()
    ),
    Case("the same in UTF-16", "no UTF-8", altered=lambda body: body.decode().encode("utf-16")),
    Case("a mark of the byte order added", NOT_SIGNED, altered=lambda body: b"\xef\xbb\xbf" + body),
    Case("nothing left", NOT_SIGNED, altered=lambda _: b""),
    Case("by another key", NOT_SIGNED, by=lambda: key("other")),
    # Headers.
    Case("no headers", "has no signature", headers=_without("Signature-256", "SignatureCertChainUrl")),
    Case("no signature", "has no signature", headers=_without("Signature-256")),
    Case("no URL", ELSEWHERE, headers=_without("SignatureCertChainUrl")),
    Case("an empty signature", "has no signature", headers=_with("Signature-256", "")),
    Case("a signature that is not base64", "no base64", headers=_with("Signature-256", "not base64!")),
    Case("a signature that is not ASCII", "no base64", headers=_with("Signature-256", "\xe9" * 8)),
    Case(
        "a signature that is cut off", NOT_SIGNED, headers=lambda h, _: h | {"Signature-256": h["Signature-256"][:340]}
    ),
    Case("a signature for URLs", "no base64", headers=_with("Signature-256", "-_" * 172)),
    Case("a signature of nothing", NOT_SIGNED, headers=_with("Signature-256", base64.b64encode(bytes(256)).decode())),
    Case("a very long signature", "is too long", headers=_with("Signature-256", "A" * 60_000)),
    Case(
        "a SHA-1 signature in its place",
        NOT_SIGNED,
        headers=lambda h, body: h | {"Signature-256": sign(body, key("leaf"), SHA1())},
    ),
    Case(
        "a SHA-1 signature alone",
        "has no signature",
        headers=lambda _, body: {"SignatureCertChainUrl": URL, "Signature": sign(body, key("leaf"), SHA1())},
    ),
    Case(
        "a right SHA-1 signature beside a wrong one",
        NOT_SIGNED,
        headers=lambda h, body: (
            h | {"Signature": sign(body, key("leaf"), SHA1()), "Signature-256": sign(b"", key("leaf"))}
        ),
    ),
    Case("the signature twice", "no base64", headers=_twice("Signature-256")),
    Case("the URL twice", ELSEWHERE, headers=_twice("SignatureCertChainUrl")),
    # Fetching.
    *(
        Case(
            f"a fetch that fails: {name}",
            "chain cannot be fetched" if name != "not there" else "is not there",
            chain=_raise(name),
        )
        for name in FAILING
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_what_amazon_signed_is_answered(case: Case, endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps(event("one_shot_search_query")).encode()
    endpoint.shelf.chains = {URL: case.chain() if "fetch" not in case.name else case.chain}
    headers = signed(body, case.by()) | {"SignatureCertChainUrl": case.url}
    answer = endpoint.post(case.altered(body), case.headers(headers, body))
    if not case.refused:
        assert answer.status_code == 200
        assert "Say:" in heard(valid(answer.json))
        assert endpoint.kept() == 2
        assert not caplog.records
        return
    assert (answer.status_code, answer.data) == (400, b"")
    assert endpoint.kept() == 0
    (record,) = caplog.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert case.refused in record.getMessage()
    assert endpoint.shelf.asked == [] if case.refused == ELSEWHERE else set(endpoint.shelf.asked) <= {URL}
    for told in ("amzn1", "hitting", headers["Signature-256"], "amazonaws", "pem"):
        assert told not in caplog.text


def test_there_are_many_cases_and_each_has_its_own_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 80
