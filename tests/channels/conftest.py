"""What the tests of channels share."""

from collections.abc import Iterator
from threading import Thread

import pytest

from tests.engines.amazon import Amazon


@pytest.fixture
def amazon() -> Iterator[Amazon]:
    amazon = Amazon()
    with amazon.server:
        Thread(target=amazon.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield amazon
        amazon.done.set()
        amazon.server.shutdown()
