"""What goes on at the chip while the client does something else: runs, subscriptions, probes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator
from types import TracebackType
from typing import Any

import numpy as np

from . import _wire, model
from . import events as _events
from .errors import Cancelled, DeadlineExceeded, EngramError, FailedPrecondition
from .events import Events

# Events of an array that a subscription hands out, but for what a last message brings beyond: 14 MB.
_MOST_EVENTS = 1 << 20


class Responses:
    """The responses to a request that has many, as they come."""

    def __init__(self) -> None:
        self._waiting: deque[Any] = deque()
        self._arrived = asyncio.Event()
        self.error: EngramError | None = None
        self.ended = False

    def _answer(self, response: Any) -> None:
        try:
            self._waiting.append(_wire.result(response))
        except EngramError as e:
            self.error = e
        self.ended = not response.more
        self._arrived.set()

    def _fail(self, error: EngramError) -> None:
        self.error = error
        self.ended = True
        self._arrived.set()

    async def next(self) -> Any:
        """The next one, or None behind the last."""
        while True:
            if self._waiting:
                return self._waiting.popleft()
            if self.error is not None:
                raise self.error
            if self.ended:
                return None
            self._arrived.clear()
            await self._arrived.wait()


async def ended(responses: Responses) -> None:
    """Waits for the last response."""
    try:
        while await responses.next() is not None:
            continue
    except EngramError:
        return


class Run:
    """A run that is on its way. Await it, or ``wait`` for it. Made by ``Chip.start``."""

    def __init__(self, link: _wire.Link, request: Any, at: Callable[[int], None]) -> None:
        self._link = link
        self._at = at
        self._request_id = request.id
        self._future: asyncio.Future[Any] = link.loop.create_future()
        # A run that nobody waits for may fail in silence: the next call says what is wrong.
        self._future.add_done_callback(lambda f: f.cancelled() or f.exception())
        link.open(request, self)

    def _answer(self, response: Any) -> None:
        if not self._future.done():
            try:
                self._future.set_result(model.run_result(_wire.result(response)))
                self._at(self._future.result().step)
            except EngramError as e:
                self._future.set_exception(e)

    def _fail(self, error: EngramError) -> None:
        if not self._future.done():
            self._future.set_exception(error)

    def __repr__(self) -> str:
        return f"<engram run, {'ended' if self.done() else 'on its way'}>"

    def __await__(self) -> Generator[Any, None, model.RunResult]:
        return self.wait().__await__()

    def done(self) -> bool:
        """The run has ended."""
        return self._future.done()

    async def wait(self, timeout: float | None = None) -> model.RunResult:
        """Waits for the end.

        Raises:
            DeadlineExceeded: the run goes on after so many seconds; it is not stopped
            FailedPrecondition: the chip stopped by its own rules
        """
        done, _ = await asyncio.wait([self._future], timeout=timeout)
        if not done:
            raise DeadlineExceeded(f"run: goes on (expected: an end within {timeout:g} s)")
        result: model.RunResult = self._future.result()
        return result

    async def stop(self) -> model.RunResult:
        """Ends the run after the step that it is in, and waits for that."""
        if not self.done():
            self._link.cancel_softly(self._request_id)
        return await self.wait()


class Stream:
    """What subscriptions and probes share: responses under credit, for a task or a thread to take."""

    def __init__(self, link: _wire.Link, request: Any, credit: int, timeout: float | None) -> None:
        self._link = link
        self._request_id = request.id
        self._timeout = timeout
        self._credit = credit
        self._owed = 0
        self._waiting: deque[Any] = deque()
        self._arrived = asyncio.Event()
        self._error: EngramError | None = None
        self._ended = False
        #: Units that were dropped before what has been taken, since the stream was slower than the chip.
        self.lost = 0
        #: Number of a step: all of the steps before it has been taken, or counted as lost.
        self.step = 0
        self._link.open(request, self)

    def _answer(self, response: Any) -> None:
        try:
            self._waiting.append(_wire.result(response))
        except EngramError as e:
            if not (isinstance(e, Cancelled) and self._ended):
                self._error = e
        if not response.more:
            self._ended = True
        self._arrived.set()

    def _fail(self, error: EngramError) -> None:
        if not self._ended:
            self._error = error
        self._ended = True
        self._arrived.set()

    @property
    def closed(self) -> bool:
        """No more will come than has come."""
        return self._ended

    async def close(self) -> None:
        """Ends the stream. What has come can still be taken."""
        if not self._ended:
            self._ended = True
            self._link.cancel(self._request_id)
            self._arrived.set()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _arrival(self, run: Run | None, timeout: float | None) -> bool:
        """Waits until something can be taken; false if no more will come, or the run has ended."""
        if timeout is None:
            return await self._arrival_ever(run)
        try:
            return await asyncio.wait_for(self._arrival_ever(run), timeout)
        except asyncio.TimeoutError:
            raise DeadlineExceeded(f"stream: nothing came (expected: within {timeout:g} s)") from None

    async def _arrival_ever(self, run: Run | None) -> bool:
        def wake(_: object) -> None:
            self._arrived.set()

        if run is not None:
            run._future.add_done_callback(wake)
        try:
            while len(self._waiting) == 0:
                if self._error is not None:
                    raise self._error
                if self._ended or (run is not None and run.done()):
                    return False
                self._arrived.clear()
                await self._arrived.wait()
            return True
        finally:
            if run is not None:
                run._future.remove_done_callback(wake)

    def _taken(self, units: int) -> int:
        """Notes what was taken; the credit to give back now, in few large portions."""
        self._owed += units
        if 4 * self._owed < self._credit or self._ended:
            return 0
        owed, self._owed = self._owed, 0
        return owed

    def _give(self, units: int) -> None:
        if units:
            self._link.credit(self._request_id, units)


class Subscription(Stream):
    """Events of a neuron stream, as arrays of the dtype ``EVENT``. Made by ``Chip.subscribe``.

    Attributes:
        lost: events that were dropped before those that have been taken
        step: number of a step: all events of the steps before it have been taken or counted as lost
    """

    async def __aenter__(self) -> Subscription:
        return self

    def __aiter__(self) -> AsyncIterator[Events]:
        return self._all(None)

    def during(self, run: Run) -> AsyncIterator[Events]:
        """The events that come until a run has ended, with all that it caused."""
        return self._all(run)

    async def next(self, timeout: float | None = None) -> Events:
        """The next events: all that have come, at least one.

        Raises:
            DeadlineExceeded: none came in so many seconds
            FailedPrecondition: the stream is closed
            ResourceExhausted: the stream ended because it was too slow, with ``overflow="fail"``
        """
        while await self._arrival(None, self._timeout if timeout is None else timeout):
            taken, owed = self._pull()
            self._give(owed)
            if len(taken):
                return taken
        raise FailedPrecondition("subscription: closed")

    async def take(self) -> Events:
        """The events that have come and were not taken yet, without waiting; maybe none."""
        parts = []
        while self._waiting:
            taken, owed = self._pull()
            self._give(owed)
            parts.append(taken)
        if not parts and self._error is not None:
            raise self._error
        return np.concatenate([np.empty(0, _events.EVENT), *parts])

    async def _all(self, run: Run | None) -> AsyncIterator[Events]:
        while await self._arrival(run, self._timeout):
            taken, owed = self._pull()
            self._give(owed)
            if len(taken):
                yield taken

    def _pull(self) -> tuple[Events, int]:
        """Takes batches up to a gap; the credit to give back for them. For one thread, any one."""
        batches: list[Any] = []
        count = 0
        while self._waiting and count < _MOST_EVENTS:
            lost = self._waiting[0].lost
            if lost and batches:
                break
            batch = self._waiting.popleft()
            self.lost += lost
            batches.append(batch)
            count += len(batch.neurons) // 4
        if not batches:
            return np.empty(0, _events.EVENT), 0
        self.step = batches[-1].step
        return _events.joined(batches), self._taken(count)


class Probe(Stream):
    """What a probe reads, as it comes. Made by ``Chip.probe``.

    Attributes:
        lost: readings that were dropped before those that have been taken
    """

    async def __aenter__(self) -> Probe:
        return self

    def __aiter__(self) -> AsyncIterator[model.Reading]:
        return self._all(None)

    def during(self, run: Run) -> AsyncIterator[model.Reading]:
        """What is read until a run has ended."""
        return self._all(run)

    async def next(self, timeout: float | None = None) -> model.Reading:
        """The next reading.

        Raises:
            DeadlineExceeded: none came in so many seconds
            FailedPrecondition: the probe is closed
        """
        if not await self._arrival(None, self._timeout if timeout is None else timeout):
            raise FailedPrecondition("probe: closed")
        reading, owed = self._pull()
        self._give(owed)
        return reading

    async def take(self) -> list[model.Reading]:
        """The readings that have come and were not taken yet, without waiting; maybe none."""
        readings = []
        while self._waiting:
            reading, owed = self._pull()
            self._give(owed)
            readings.append(reading)
        if not readings and self._error is not None:
            raise self._error
        return readings

    async def _all(self, run: Run | None) -> AsyncIterator[model.Reading]:
        while await self._arrival(run, self._timeout):
            reading, owed = self._pull()
            self._give(owed)
            yield reading

    def _pull(self) -> tuple[model.Reading, int]:
        m = self._waiting.popleft()
        self.lost += m.lost
        self.step = m.step
        if m.WhichOneof("read") == "cost":
            reading = model.Reading(m.step, None, model.cost(m.cost))
        else:
            reading = model.Reading(m.step, _words(m.words), None)
        return reading, self._taken(1)


def _words(m: Any) -> model.Ints:
    values = np.frombuffer(m.values, "<i4")
    if m.rows > 1 and len(values) == m.rows * m.columns:
        return values.reshape(m.rows, m.columns)
    return values
