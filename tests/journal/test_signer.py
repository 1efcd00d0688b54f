"""Our signature is botocore's, byte for byte."""

from datetime import UTC, datetime

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.journal.signer import Credentials, signed_headers

NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=30)


@given(
    body=st.binary(max_size=200),
    target=NAMES,
    access=NAMES,
    secret=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
    token=st.none() | NAMES,
    service=st.sampled_from(["dynamodb", "secretsmanager"]),
    region=st.sampled_from(["us-east-1", "eu-west-3", "cn-north-1"]),
    at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
)
def test_the_signature_is_botocores(
    body: bytes, target: str, access: str, secret: str, token: str | None, service: str, region: str, at: datetime
) -> None:
    credentials = Credentials(access, secret, token)
    ours = signed_headers(
        body,
        target=target,
        content_type="application/x-amz-json-1.0",
        host="127.0.0.1:8000",
        scope=(region, service),
        credentials=credentials,
        at=at.replace(tzinfo=UTC),
    )
    request = botocore.awsrequest.AWSRequest(
        "POST",
        "http://127.0.0.1:8000/",
        headers={"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target},
        data=body,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.auth, "get_current_datetime", lambda: at)
        signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials(access, secret, token), service, region)
        signer.add_auth(request)
    assert ours["authorization"] == request.headers["Authorization"]


def test_secrets_stay_out_of_sight() -> None:
    assert "hush" not in repr(Credentials("id", "hush", "hush"))
