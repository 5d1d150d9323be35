from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from fake import frame

import engram
from engram import _messages, _wire


class Transport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written = b""
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.written += data

    def abort(self) -> None:
        self.aborted = True


class Taker:
    """Keeps what is answered."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.error: engram.EngramError | None = None

    def _answer(self, response: Any) -> None:
        self.answers.append(response)

    def _fail(self, error: engram.EngramError) -> None:
        self.error = error


def with_link(test: Callable[[_wire.Link, Transport, Taker], None]) -> None:
    async def run() -> None:
        link, transport, taker = _wire.Link("engram://test"), Transport(), Taker()
        link.connection_made(transport)  # type: ignore[arg-type]
        request = link.request()
        request.cost.SetInParent()
        link.open(request, taker)
        test(link, transport, taker)

    asyncio.run(run())


def receive(link: _wire.Link, data: bytes, piece: int) -> None:
    at = 0
    while at < len(data):
        room = link.get_buffer(-1)
        assert len(room) > 0
        count = min(len(room), piece, len(data) - at)
        room[:count] = data[at : at + count]
        link.buffer_updated(count)
        at += count


def download(size: int) -> Any:
    response = _messages.Response(id=1, more=True)
    response.download.data = random.Random(size).randbytes(size)
    return response


def test_reads_frames_that_are_cut_anywhere() -> None:
    sent = [download(size) for size in (0, 1, 100, 127, 128, 300)]
    data = b"".join(frame(m) for m in sent)
    for piece in (1, 2, 3, 7, 128, len(data)):

        def test(link: _wire.Link, transport: Transport, taker: Taker, piece: int = piece) -> None:
            receive(link, data, piece)
            assert taker.answers == sent

        with_link(test)


@pytest.mark.parametrize("piece", [4000, 70_001, 1 << 18, 1 << 22])
def test_reads_frames_that_are_longer_than_the_buffer(piece: int) -> None:
    sizes = [10, (1 << 20) - 12, 1 << 20, 10, 700_000, 700_000, 5 << 20, 100, 3 << 20, 0, 1 << 20]
    sent = [download(size) for size in sizes]

    def test(link: _wire.Link, transport: Transport, taker: Taker) -> None:
        receive(link, b"".join(frame(m) for m in sent), piece)
        assert taker.answers == sent
        assert len(link.get_buffer(-1)) == 1 << 20

    with_link(test)


def test_takes_memory_for_what_has_come_only() -> None:
    def test(link: _wire.Link, transport: Transport, taker: Taker) -> None:
        receive(link, b"\xff\xff\xff\xff\x07" + bytes(3 << 20), 1 << 16)
        assert len(link._view) <= 4 << 20
        assert not transport.aborted

    with_link(test)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xff\xff\xff\xff\x01", "more than 5 bytes"),
        (b"\xff\xff\xff\xff\x7f", "expected: at most 2147483647"),
        (b"\x03\xff\xff\xff", "frame of 3 bytes"),
    ],
)
def test_ends_the_connection_at_bytes_that_are_no_frames(data: bytes, why: str) -> None:
    def test(link: _wire.Link, transport: Transport, taker: Taker) -> None:
        receive(link, data, 100)
        assert transport.aborted
        assert isinstance(taker.error, engram.Unavailable)
        assert why in str(taker.error)
        with pytest.raises(engram.Unavailable):
            link.open(link.request(), taker)

    with_link(test)


def test_writes_the_length_before_the_message() -> None:
    for size in (0, 100, 127, 128, 1 << 14, 1 << 17):

        def test(link: _wire.Link, transport: Transport, taker: Taker, size: int = size) -> None:
            transport.written = b""
            request = link.request(chip=3, timeout=0.25)
            request.upload.data = bytes(size)
            link.open(request, taker)
            assert transport.written == frame(request)
            assert (request.id, request.chip, request.deadline_ms) == (2, 3, 250)

        with_link(test)


def test_drops_what_comes_for_a_call_that_is_cancelled() -> None:
    def test(link: _wire.Link, transport: Transport, taker: Taker) -> None:
        link.cancel(1)
        receive(link, frame(download(5)), 100)
        assert taker.answers == []

    with_link(test)


def test_an_error_for_no_request_ends_the_connection() -> None:
    def test(link: _wire.Link, transport: Transport, taker: Taker) -> None:
        response = _messages.Response()
        response.error.message = "frame: 17 bytes (expected: at most 16)"
        receive(link, frame(response), 100)
        assert "at most 16" in str(taker.error)

    with_link(test)


def test_refuses_a_request_that_the_server_would_not_take() -> None:
    def test(link: _wire.Link, transport: Transport, taker: Taker) -> None:
        link.hello = _messages.Response().hello
        link.hello.max_frame_bytes = 100
        request = link.request()
        request.upload.data = bytes(100)
        with pytest.raises(engram.ResourceExhausted, match="expected: at most 100"):
            link.open(request, taker)

    with_link(test)
