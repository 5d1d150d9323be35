"""Frames, requests and their answers over one connection. All of it belongs to one event loop."""

from __future__ import annotations

import asyncio
import ssl as _ssl
from typing import Any, Protocol, cast
from urllib.parse import parse_qs, urlsplit

from . import _messages
from .errors import (
    DeadlineExceeded,
    EngramError,
    Internal,
    InvalidArgument,
    ResourceExhausted,
    Unavailable,
    of_status,
)

#: Port of an address that names none.
DEFAULT_PORT = 7711

# Longest frame that is taken: as long as a message can be.
_LONGEST_FRAME = 2**31 - 1
_LONGEST_LENGTH = 5
_BUFFER = 1 << 20
# Longest frame that is copied behind its length, to spare a system call.
_SHORT_FRAME = 1 << 16
# Seconds by which the server's word that a deadline has passed may come later than the deadline.
_GRACE = 1.0


class Handler(Protocol):
    """Takes what answers a request."""

    def _answer(self, response: Any) -> None:
        """Takes a response; the last one if its ``more`` is false."""

    def _fail(self, error: EngramError) -> None:
        """No more will come."""


class _Single:
    """Waits for one response."""

    def __init__(self, future: asyncio.Future[Any]) -> None:
        self._future = future

    def _answer(self, response: Any) -> None:
        if not self._future.done():
            self._future.set_result(response)

    def _fail(self, error: EngramError) -> None:
        if not self._future.done():
            self._future.set_exception(error)


class Link(asyncio.BufferedProtocol):
    """A connection.

    Bytes are received into one buffer, and parsed where they lie. The buffer grows with the bytes that
    have come, never with a length that is only announced.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.loop = asyncio.get_running_loop()
        self.hello: Any = None
        self._transport: asyncio.Transport | None = None
        self._view = memoryview(bytearray(_BUFFER))
        self._start = 0
        self._end = 0
        self._open: dict[int, Handler] = {}
        self._last_id = 0
        self._lost: str | None = None
        self._closed = self.loop.create_future()
        self._writable = asyncio.Event()
        self._writable.set()

    # --- What asyncio calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        self._end += nbytes
        try:
            self._parse()
        except EngramError as e:
            self.abort(str(e))

    def connection_lost(self, exc: Exception | None) -> None:
        self._die("closed by the server" if exc is None else str(exc) or type(exc).__name__)
        if not self._closed.done():
            self._closed.set_result(None)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # --- Receiving ---

    def _parse(self) -> None:
        view, at, end = self._view, self._start, self._end
        frame = 0
        while True:
            start = at
            length = shift = 0
            while at < end:
                byte = view[at]
                at += 1
                length |= (byte & 0x7F) << shift
                if byte < 0x80:
                    break
                shift += 7
                if shift == 7 * _LONGEST_LENGTH:
                    raise Internal("frame: its length has more than 5 bytes")
            else:
                break
            if length > _LONGEST_FRAME:
                raise Internal(f"frame: {length} bytes (expected: at most {_LONGEST_FRAME})")
            if end - at < length:
                frame = at - start + length
                break
            try:
                response = _messages.Response.FromString(view[at : at + length])
            except Exception as e:
                raise Internal(f"frame of {length} bytes: {e}") from e
            at += length
            self._deliver(response)
        self._keep(start, frame)

    def _keep(self, start: int, frame: int) -> None:
        """Keeps the bytes from ``start``, where a frame of so many bytes begins, with room for more."""
        left = self._end - start
        size = len(self._view)
        if left == 0:
            if size > _BUFFER:
                self._view = memoryview(bytearray(_BUFFER))
            self._start = self._end = 0
        elif left == size:
            view = memoryview(bytearray(min(2 * size, frame)))
            view[:left] = self._view
            self._view = view
        elif start > 0 and (self._end == size or start + frame > size):
            self._view[:left] = bytes(self._view[start : self._end])
            self._start, self._end = 0, left
        else:
            self._start = start

    def _deliver(self, response: Any) -> None:
        handler = self._open.get(response.id) if response.more else self._open.pop(response.id, None)
        if handler is not None:
            handler._answer(response)
        elif response.id == 0 and response.WhichOneof("result") == "error":
            self.abort(response.error.message)

    # --- Sending ---

    def request(self, chip: int = 0, timeout: float | None = None) -> Any:
        """A request with an id of its own, to be filled in and sent."""
        self._last_id += 1
        deadline = 0 if timeout is None else max(1, min(round(timeout * 1000), 2**32 - 1))
        return _messages.Request(id=self._last_id, chip=chip, deadline_ms=deadline)

    def tell(self, request: Any) -> None:
        """Sends a request that has no response."""
        request.id = 0
        self._send(request)

    def open(self, request: Any, handler: Handler) -> None:
        """Sends a request whose responses go to a handler."""
        self._send(request)
        self._open[request.id] = handler

    def ask(self, request: Any) -> asyncio.Future[Any]:
        """Sends a request that has one response; what it returns is for ``answered``."""
        future: asyncio.Future[Any] = self.loop.create_future()
        self.open(request, _Single(future))
        return future

    async def answered(self, request: Any, future: asyncio.Future[Any], timeout: float | None) -> Any:
        """Waits for the response to a request that was sent, and returns its result.

        A call whose task is cancelled is cancelled at the server too.
        """
        try:
            await self.drain()
            response = await asyncio.wait_for(future, None if timeout is None else timeout + _GRACE)
        except asyncio.TimeoutError:
            self.cancel(request.id)
            raise DeadlineExceeded(f"{self.name}: no answer (expected: within {timeout:g} s)") from None
        except asyncio.CancelledError:
            self.cancel(request.id)
            raise
        return result(response)

    async def call(self, request: Any, timeout: float | None = None) -> Any:
        """Sends a request and returns its one response's result."""
        return await self.answered(request, self.ask(request), timeout)

    def cancel(self, request_id: int) -> None:
        """Ends an open request; what still comes for it is dropped."""
        if self._open.pop(request_id, None) is not None:
            self.cancel_softly(request_id)

    def cancel_softly(self, request_id: int) -> None:
        """Asks for the end of an open request, whose last response still goes to its handler."""
        if self._lost is None:
            request = self.request()
            request.cancel.request = request_id
            self._send(request)

    def credit(self, request_id: int, units: int) -> None:
        """Lets an open stream send more."""
        if self._lost is None and request_id in self._open:
            request = self.request()
            request.credit.request = request_id
            request.credit.units = units
            self.tell(request)

    async def drain(self) -> None:
        """Waits while too many bytes wait to be sent."""
        if not self._writable.is_set():
            await self._writable.wait()
        if self._lost is not None:
            raise self._unavailable()

    def _send(self, request: Any) -> None:
        if self._lost is not None or self._transport is None:
            raise self._unavailable()
        frame = request.SerializeToString()
        length = len(frame)
        if self.hello is not None and length > self.hello.max_frame_bytes > 0:
            raise ResourceExhausted(
                f"request: {length} bytes (expected: at most {self.hello.max_frame_bytes})"
            )
        prefix = bytearray()
        while length > 0x7F:
            prefix.append(length & 0x7F | 0x80)
            length >>= 7
        prefix.append(length)
        if len(frame) <= _SHORT_FRAME:
            self._transport.write(bytes(prefix) + frame)
        else:
            self._transport.write(bytes(prefix))
            self._transport.write(frame)

    # --- The end ---

    @property
    def lost(self) -> bool:
        return self._lost is not None

    def abort(self, why: str) -> None:
        """Ends the connection at once."""
        self._die(why)
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """Sends what waits to be sent, then ends the connection."""
        self._die("closed")
        if self._transport is not None:
            self._transport.close()
            await asyncio.wait([self._closed], timeout=_GRACE)
            if not self._closed.done():
                self._transport.abort()

    def _die(self, why: str) -> None:
        if self._lost is None:
            self._lost = why
        self._writable.set()
        handlers = list(self._open.values())
        self._open.clear()
        for handler in handlers:
            handler._fail(self._unavailable())

    def _unavailable(self) -> Unavailable:
        return Unavailable(f"{self.name}: connection lost: {self._lost or 'never made'}")


def result(response: Any) -> Any:
    """The message that a response carries.

    Raises:
        EngramError: it carries an error, or nothing that this client knows
    """
    kind = response.WhichOneof("result")
    if kind == "error":
        raise of_status(response.error)
    if kind is None:
        raise Internal("response: of no known kind (the server's protocol is newer than this client's)")
    return getattr(response, kind)


class Address:
    """Where a server is.

    Raises:
        InvalidArgument: the text is no address
    """

    def __init__(self, uri: str) -> None:
        expected = "(expected: engram://HOST[:PORT], engrams://HOST[:PORT] or engram+unix:///PATH)"
        #: The address without its token, for messages.
        self.name = uri.partition("?")[0]
        try:
            parts = urlsplit(uri)
            self.host = parts.hostname or ""
            self.port = parts.port or DEFAULT_PORT
            queries = parse_qs(parts.query, keep_blank_values=True)
        except ValueError as e:
            raise InvalidArgument(f"address: {self.name}: {e} {expected}") from e
        self.tls = parts.scheme == "engrams"
        self.path = parts.path if parts.scheme == "engram+unix" else ""
        self.token = queries.pop("token", [""])[-1]
        inet = parts.scheme in ("engram", "engrams") and self.host and parts.path in ("", "/")
        unix = self.path not in ("", "/") and not parts.netloc
        if not (inet or unix) or queries or parts.fragment or "@" in parts.netloc:
            raise InvalidArgument(f"address: {self.name.rpartition('@')[-1]} {expected}")


async def dial(address: Address, ssl: bool | _ssl.SSLContext | None, timeout: float | None) -> Link:
    """Makes a connection.

    Args:
        ssl: True for TLS with the machine's certificates, or a context
        timeout: seconds until it must be there

    Raises:
        Unavailable: nobody answers there
    """
    context = _ssl.create_default_context() if ssl is True or (address.tls and not ssl) else ssl or None
    loop = asyncio.get_running_loop()
    connecting: Any
    if address.path:
        connecting = loop.create_unix_connection(lambda: Link(address.name), address.path)
    else:
        connecting = loop.create_connection(
            lambda: Link(address.name), address.host, address.port, ssl=context
        )
    try:
        _, link = await asyncio.wait_for(connecting, timeout)
    except asyncio.TimeoutError:
        raise Unavailable(f"{address.name}: no connection (expected: within {timeout:g} s)") from None
    except OSError as e:
        raise Unavailable(f"{address.name}: no connection: {e}") from e
    return cast(Link, link)
