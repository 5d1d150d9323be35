from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from fake import FakeServer

import engram


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


@pytest.fixture
def chip(server: FakeServer) -> Iterator[engram.Chip]:
    """A chip of the fake server with a network in it."""
    with engram.connect(server.uri) as leased:
        leased.load("network: fake\n")
        yield leased


@pytest.fixture(scope="session")
def address() -> str:
    """Address of a real server."""
    found = os.environ.get("ENGRAM_TEST_SERVER")
    if not found:
        pytest.skip(
            "NOT TESTED AGAINST A SERVER: ENGRAM_TEST_SERVER names none (such as engram://127.0.0.1:7711)"
        )
    return found
