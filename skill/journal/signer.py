"""AWS Signature Version 4 for one POST of JSON, on the standard library alone.

botocore signs the same, and the tests hold this against it byte for byte; but importing botocore's signer costs a cold
start 120 ms, this one none.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Credentials", "signed_headers"]

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """AWS credentials. The repr does not show them."""

    access_key: str
    secret_key: str
    token: str | None = None


def signed_headers(  # noqa: PLR0913 - a request has as many parts
    body: bytes,
    *,
    target: str,
    content_type: str,
    host: str,
    scope: tuple[str, str],
    credentials: Credentials,
    at: datetime,
) -> dict[str, str]:
    """The headers of a POST to `/` that carries `body`, signed.

    `scope` is the region and the service that it is for, `at` the time of the request, UTC.
    """
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": content_type, "host": host, "x-amz-date": stamp, "x-amz-target": target}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    names = sorted(headers)
    canonical = "\n".join(
        [
            "POST",
            "/",
            "",
            *(f"{name}:{headers[name]}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    signed_for = "/".join([stamp[:8], *scope, "aws4_request"])
    text = "\n".join([ALGORITHM, stamp, signed_for, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{credentials.secret_key}".encode()
    for part in signed_for.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{signed_for}, SignedHeaders={';'.join(names)},"
        f" Signature={signature}"
    )
    return headers
