"""The same client without asyncio: its event loop runs in a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import os
import queue
import ssl as _ssl
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from . import aio, model
from . import faults as _faults
from .aio import CREDIT, TEST_NUMBERS, Engine, Late, Noc, Overflow
from .events import Events

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

# Seconds that the end of the process waits for the thread.
_STOPPING = 1.0


class _Loop:
    """An event loop in a daemon thread, made when it is first needed, and anew in a forked process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._process = 0

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._process != os.getpid():
                self._loop = asyncio.new_event_loop()
                self._process = os.getpid()
                self._thread = threading.Thread(target=self._loop.run_forever, name="engram", daemon=True)
                self._thread.start()
            return self._loop

    def stop(self) -> None:
        """Ends the thread and what it was about, at the end of the process."""
        with self._lock:
            if self._loop is not None and self._thread is not None and self._process == os.getpid():
                asyncio.run_coroutine_threadsafe(self._end(), self._loop)
                self._thread.join(_STOPPING)

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.wait([asyncio.gather(*tasks, return_exceptions=True)], timeout=_STOPPING / 2)
        asyncio.get_running_loop().stop()

    def run(self, what: Coroutine[Any, Any, T], calls: queue.SimpleQueue[Any] | None = None) -> T:
        """Runs a coroutine to its end. An interrupt cancels it, and is raised when it has ended.

        Args:
            calls: where the coroutine leaves functions for this thread to call
        """
        loop = self.get()
        if threading.current_thread() is self._thread:
            what.close()
            raise RuntimeError("called from the client's own thread (expected: engram.aio there)")
        calls = queue.SimpleQueue() if calls is None else calls
        tasks: list[asyncio.Task[T]] = []

        def start() -> None:
            task = loop.create_task(what)
            tasks.append(task)
            task.add_done_callback(lambda _: calls.put(None))

        loop.call_soon_threadsafe(start)
        try:
            while (call := calls.get()) is not None:
                call()
        except BaseException:
            loop.call_soon_threadsafe(lambda: tasks[0].cancel())
            while calls.get() is not None:
                continue
            if not tasks[0].cancelled():
                tasks[0].exception()
            raise
        return tasks[0].result()


_loop = _Loop()
atexit.register(_loop.stop)
_run = _loop.run


def _like(original: Any) -> Callable[[F], F]:
    """Takes over the documentation of the asyncio client's method."""

    def document(method: F) -> F:
        method.__doc__ = original.__doc__
        return method

    return document


@_like(aio.open)
def open(
    uri: str,
    *,
    token: str | None = None,
    ssl: bool | _ssl.SSLContext | None = None,
    timeout: float | None = 60.0,
    connect_timeout: float | None = 10.0,
) -> Connection:
    return Connection(_run(aio._open(uri, token, ssl, timeout, connect_timeout)))


@_like(aio.connect)
def connect(
    uri: str,
    *,
    chip: str = "engram-1",
    token: str | None = None,
    ssl: bool | _ssl.SSLContext | None = None,
    engine: Engine | None = None,
    threads: int = 0,
    noc: Noc | None = None,
    time_to_live: float = 60,
    wait: bool | Callable[[int], None] = False,
    timeout: float | None = 60.0,
    connect_timeout: float | None = 10.0,
) -> Chip:
    connection = open(uri, token=token, ssl=ssl, timeout=timeout, connect_timeout=connect_timeout)
    return connection._owned(
        lambda: connection.lease(
            chip, engine=engine, threads=threads, noc=noc, time_to_live=time_to_live, wait=wait
        )
    )


@_like(aio.reattach)
def reattach(
    uri: str,
    reattach_token: str,
    *,
    token: str | None = None,
    ssl: bool | _ssl.SSLContext | None = None,
    timeout: float | None = 60.0,
    connect_timeout: float | None = 10.0,
) -> Chip:
    connection = open(uri, token=token, ssl=ssl, timeout=timeout, connect_timeout=connect_timeout)
    return connection._owned(lambda: connection.reattach(reattach_token))


class Connection:
    __doc__ = aio.Connection.__doc__

    def __init__(self, connection: aio.Connection) -> None:
        self._aio = connection

    @property
    def uri(self) -> str:
        """Address of the server."""
        return self._aio.uri

    @property
    def server(self) -> str:
        """Name and version of the server."""
        return self._aio.server

    @property
    def isa_version(self) -> str:
        """Version of the instruction set."""
        return self._aio.isa_version

    @property
    def features(self) -> tuple[str, ...]:
        """What the server can do beyond the first version of the protocol."""
        return self._aio.features

    @property
    def connected(self) -> bool:
        """The connection is there, for all that is known."""
        return self._aio.connected

    def __repr__(self) -> str:
        return repr(self._aio)

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @_like(aio.Connection.close)
    def close(self) -> None:
        _run(self._aio.close())

    @_like(aio.Connection.list)
    def list(self) -> model.Listing:
        return _run(self._aio.list())

    @_like(aio.Connection.lease)
    def lease(
        self,
        chip: str = "engram-1",
        *,
        engine: Engine | None = None,
        threads: int = 0,
        noc: Noc | None = None,
        time_to_live: float = 60,
        wait: bool | Callable[[int], None] = False,
    ) -> Chip:
        calls: queue.SimpleQueue[Any] = queue.SimpleQueue()
        told: bool | Callable[[int], None] = _here(wait, calls) if callable(wait) else wait
        return Chip(_run(self._aio._lease(chip, engine, threads, noc, time_to_live, told), calls), self)

    @_like(aio.Connection.reattach)
    def reattach(self, reattach_token: str) -> Chip:
        return Chip(_run(self._aio._reattach(reattach_token)), self)

    @_like(aio.Connection.watch)
    def watch(self, lease: str) -> Chip:
        return Chip(_run(self._aio._watch(lease)), self)

    @_like(aio.Connection.files)
    def files(self) -> tuple[model.StoredFile, ...]:
        return _run(self._aio.files())

    @_like(aio.Connection.remove)
    def remove(self, name: str) -> None:
        _run(self._aio.remove(name))

    @_like(aio.Connection.upload)
    def upload(self, name: str, data: bytes | os.PathLike[str]) -> None:
        _run(self._aio.upload(name, data))

    @_like(aio.Connection.download)
    def download(self, name: str, path: str | os.PathLike[str] | None = None) -> bytes:
        return _run(self._aio.download(name, path))

    def _owned(self, take: Callable[[], Chip]) -> Chip:
        """A chip that ends this connection when it is closed."""
        try:
            chip = take()
        except BaseException:
            self.close()
            raise
        chip._aio._owns_connection = True
        return chip


def _here(function: Callable[[Any], None], calls: queue.SimpleQueue[Any]) -> Callable[[Any], None]:
    """Lets the thread that waits call a function, so that it may use the client, and print."""
    return lambda argument: calls.put(lambda: function(argument))


class Run:
    """A run that is on its way: ``wait`` for it. Made by ``Chip.start``."""

    def __init__(self, run: aio.Run) -> None:
        self._aio = run

    def __repr__(self) -> str:
        return repr(self._aio)

    @_like(aio.Run.done)
    def done(self) -> bool:
        return self._aio.done()

    @_like(aio.Run.wait)
    def wait(self, timeout: float | None = None) -> model.RunResult:
        return _run(self._aio.wait(timeout))

    @_like(aio.Run.stop)
    def stop(self) -> model.RunResult:
        return _run(self._aio.stop())


class Subscription:
    __doc__ = aio.Subscription.__doc__

    def __init__(self, subscription: aio.Subscription) -> None:
        self._aio = subscription

    @property
    def lost(self) -> int:
        """Events that were dropped before those that have been taken."""
        return self._aio.lost

    @property
    def step(self) -> int:
        """Number of a step: all events of the steps before it have been taken or counted as lost."""
        return self._aio.step

    @property
    def closed(self) -> bool:
        """No more will come than has come."""
        return self._aio.closed

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @_like(aio.Subscription.close)
    def close(self) -> None:
        _run(self._aio.close())

    def __iter__(self) -> Iterator[Events]:
        return self._all(None)

    @_like(aio.Subscription.during)
    def during(self, run: Run) -> Iterator[Events]:
        return self._all(run)

    @_like(aio.Subscription.next)
    def next(self, timeout: float | None = None) -> Events:
        return _run(self._aio.next(timeout))

    @_like(aio.Subscription.take)
    def take(self) -> Events:
        return _run(self._aio.take())

    def _all(self, run: Run | None) -> Iterator[Events]:
        stream = self._aio
        while len(stream._waiting) > 0 or _run(
            stream._arrival(None if run is None else run._aio, stream._timeout)
        ):
            # Taken in this thread, so that the loop's can receive meanwhile.
            taken, owed = stream._pull()
            if owed:
                _loop.get().call_soon_threadsafe(stream._give, owed)
            if len(taken):
                yield taken


class Probe:
    __doc__ = aio.Probe.__doc__

    def __init__(self, probe: aio.Probe) -> None:
        self._aio = probe

    @property
    def lost(self) -> int:
        """Readings that were dropped before those that have been taken."""
        return self._aio.lost

    @property
    def step(self) -> int:
        """Number of the step behind the last reading that was taken."""
        return self._aio.step

    @property
    def closed(self) -> bool:
        """No more will come than has come."""
        return self._aio.closed

    def __enter__(self) -> Probe:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @_like(aio.Probe.close)
    def close(self) -> None:
        _run(self._aio.close())

    def __iter__(self) -> Iterator[model.Reading]:
        return self._all(None)

    @_like(aio.Probe.during)
    def during(self, run: Run) -> Iterator[model.Reading]:
        return self._all(run)

    @_like(aio.Probe.next)
    def next(self, timeout: float | None = None) -> model.Reading:
        return _run(self._aio.next(timeout))

    @_like(aio.Probe.take)
    def take(self) -> list[model.Reading]:
        return _run(self._aio.take())

    def _all(self, run: Run | None) -> Iterator[model.Reading]:
        stream = self._aio
        while len(stream._waiting) > 0 or _run(
            stream._arrival(None if run is None else run._aio, stream._timeout)
        ):
            reading, owed = stream._pull()
            if owed:
                _loop.get().call_soon_threadsafe(stream._give, owed)
            yield reading


class Chip:
    __doc__ = aio.Chip.__doc__

    def __init__(self, chip: aio.Chip, connection: Connection) -> None:
        self._aio = chip
        self.connection = connection

    @property
    def lease(self) -> str:
        """Name of the lease, by which others can watch the chip."""
        return self._aio.lease

    @property
    def reattach_token(self) -> str:
        """Secret that takes up the lease after a lost connection; ``""`` if the chip is only watched."""
        return self._aio.reattach_token

    @property
    def info(self) -> model.ChipInfo:
        """What the chip holds, as of the last load or ``describe``."""
        return self._aio.info

    @property
    def step(self) -> int:
        """Number of the step that comes next, as of the last answer that told it."""
        return self._aio.step

    def __repr__(self) -> str:
        return repr(self._aio)

    def _repr_html_(self) -> str:
        return self._aio._repr_html_()

    def __enter__(self) -> Chip:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @_like(aio.Chip.close)
    def close(self) -> None:
        _run(self._aio.close())

    @_like(aio.Chip.detach)
    def detach(self) -> str:
        return _run(self._aio.detach())

    @_like(aio.Chip.describe)
    def describe(self) -> model.ChipInfo:
        return _run(self._aio.describe())

    @_like(aio.Chip.load)
    def load(
        self,
        network: str | os.PathLike[str],
        programs: Mapping[str, str] | os.PathLike[str] | None = None,
    ) -> model.LoadReport:
        return _run(self._aio.load(network, programs))

    @_like(aio.Chip.verify)
    def verify(
        self,
        network: str | os.PathLike[str],
        programs: Mapping[str, str] | os.PathLike[str] | None = None,
    ) -> model.LoadReport:
        return _run(self._aio.verify(network, programs))

    @_like(aio.Chip.load_recipe)
    def load_recipe(
        self,
        name: str,
        *,
        inputs: int,
        classes: int,
        hidden: Sequence[int] | None = None,
        seed: int = 1,
        **settings: object,
    ) -> model.LoadReport:
        return _run(
            self._aio.load_recipe(name, inputs=inputs, classes=classes, hidden=hidden, seed=seed, **settings)
        )

    @_like(aio.Chip.load_image)
    def load_image(self, image: bytes) -> model.LoadReport:
        return _run(self._aio.load_image(image))

    @_like(aio.Chip.load_stored)
    def load_stored(self, name: str) -> model.LoadReport:
        return _run(self._aio.load_stored(name))

    @_like(aio.Chip.reset)
    def reset(self) -> None:
        _run(self._aio.reset())

    @_like(aio.Chip.run)
    def run(
        self,
        steps: int | None = None,
        *,
        to_step: int | None = None,
        until: model.EventCount | model.RegisterEquals | None = None,
        most_steps: int = 0,
        step_time: float = 0.0,
        timeout: float | None = None,
    ) -> model.RunResult:
        return _run(
            self._aio.run(
                steps,
                to_step=to_step,
                until=until,
                most_steps=most_steps,
                step_time=step_time,
                timeout=timeout,
            )
        )

    @_like(aio.Chip.start)
    def start(
        self,
        steps: int | None = None,
        *,
        to_step: int | None = None,
        until: model.EventCount | model.RegisterEquals | None = None,
        most_steps: int = 0,
        step_time: float = 0.0,
        timeout: float | None = None,
    ) -> Run:
        return Run(
            _run(
                self._aio.start(
                    steps,
                    to_step=to_step,
                    until=until,
                    most_steps=most_steps,
                    step_time=step_time,
                    timeout=timeout,
                )
            )
        )

    @_like(aio.Chip.stop)
    def stop(self) -> bool:
        return _run(self._aio.stop())

    @_like(aio.Chip.inject)
    def inject(
        self,
        population: str,
        events: npt.ArrayLike,
        *,
        step: int | None = None,
        late: Late = "reject",
    ) -> model.Injection:
        return _run(self._aio.inject(population, events, step=step, late=late))

    @_like(aio.Chip.subscribe)
    def subscribe(
        self,
        population: str,
        stream: str = "",
        *,
        core: int | None = None,
        overflow: Overflow = "drop",
        credit: int = CREDIT,
        batch_events: int = 0,
        batch_steps: int = 0,
        timeout: float | None = None,
    ) -> Subscription:
        return Subscription(
            _run(
                self._aio._subscribe(
                    population, stream, core, overflow, credit, batch_events, batch_steps, timeout
                )
            )
        )

    @_like(aio.Chip.probe)
    def probe(
        self,
        what: model.Field | model.Weights | model.Register | model.Counters,
        *,
        every: int = 1,
        on_change: bool = False,
        overflow: Overflow = "drop",
        credit: int = 64,
        timeout: float | None = None,
    ) -> Probe:
        return Probe(_run(self._aio._probe(what, every, on_change, overflow, credit, timeout)))

    @_like(aio.Chip.read)
    def read(self, population: str, field: str) -> model.Ints:
        return _run(self._aio.read(population, field))

    @_like(aio.Chip.weights)
    def weights(self, projection: str) -> model.Ints:
        return _run(self._aio.weights(projection))

    @_like(aio.Chip.tags)
    def tags(self, projection: str, tag: str) -> model.Ints:
        return _run(self._aio.tags(projection, tag))

    @_like(aio.Chip.register)
    def register(self, name: str) -> int:
        return _run(self._aio.register(name))

    @_like(aio.Chip.write)
    def write(self, population: str, field: str, values: npt.ArrayLike, *, first: int = 0) -> None:
        _run(self._aio.write(population, field, values, first=first))

    @_like(aio.Chip.write_weights)
    def write_weights(self, projection: str, values: npt.ArrayLike) -> None:
        _run(self._aio.write_weights(projection, values))

    @_like(aio.Chip.set_register)
    def set_register(self, name: str, value: int) -> None:
        _run(self._aio.set_register(name, value))

    @_like(aio.Chip.set_clock)
    def set_clock(self, clock: int) -> None:
        _run(self._aio.set_clock(clock))

    @_like(aio.Chip.inject_faults)
    def inject_faults(self, *faults: _faults.Fault) -> int:
        return _run(self._aio.inject_faults(*faults))

    @_like(aio.Chip.faults)
    def faults(self) -> tuple[_faults.Fault, ...]:
        return _run(self._aio.faults())

    @_like(aio.Chip.clear_faults)
    def clear_faults(self) -> int:
        return _run(self._aio.clear_faults())

    @_like(aio.Chip.cost)
    def cost(self) -> model.Cost:
        return _run(self._aio.cost())

    @_like(aio.Chip.activity)
    def activity(self) -> model.Activity:
        return _run(self._aio.activity())

    @_like(aio.Chip.digests)
    def digests(self) -> model.Digests:
        return _run(self._aio.digests())

    @_like(aio.Chip.train)
    def train(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        epochs: int = 1,
        rate: float = 1.0,
        rate_decay: float = 1.0,
        first_epoch: int = 0,
        shuffle: bool = True,
        seed: int | None = None,
        steps: int = 0,
        registers: Mapping[str, int] | None = None,
        progress: Callable[[model.Progress], None] | None = None,
    ) -> model.History:
        calls: queue.SimpleQueue[Any] = queue.SimpleQueue()
        return _run(
            self._aio.train(
                x,
                y,
                epochs=epochs,
                rate=rate,
                rate_decay=rate_decay,
                first_epoch=first_epoch,
                shuffle=shuffle,
                seed=seed,
                steps=steps,
                registers=registers,
                progress=None if progress is None else _here(progress, calls),
            ),
            calls,
        )

    @_like(aio.Chip.evaluate)
    def evaluate(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        steps: int = 0,
        first_number: int = TEST_NUMBERS,
        registers: Mapping[str, int] | None = None,
    ) -> model.Evaluation:
        return _run(self._aio.evaluate(x, y, steps=steps, first_number=first_number, registers=registers))

    @_like(aio.Chip.predict)
    def predict(
        self,
        x: npt.ArrayLike,
        *,
        steps: int = 0,
        first_number: int = TEST_NUMBERS,
        registers: Mapping[str, int] | None = None,
    ) -> model.Ints:
        return _run(self._aio.predict(x, steps=steps, first_number=first_number, registers=registers))

    @_like(aio.Chip.votes)
    def votes(
        self,
        x: npt.ArrayLike,
        *,
        steps: int = 0,
        first_number: int = TEST_NUMBERS,
        registers: Mapping[str, int] | None = None,
    ) -> npt.NDArray[np.uint32]:
        return _run(self._aio.votes(x, steps=steps, first_number=first_number, registers=registers))

    @_like(aio.Chip.save)
    def save(self, name: str, note: str = "") -> model.StoredFile:
        return _run(self._aio.save(name, note))

    @_like(aio.Chip.restore)
    def restore(self, name: str) -> str:
        return _run(self._aio.restore(name))

    @_like(aio.Chip.upload)
    def upload(self, name: str, data: bytes | os.PathLike[str]) -> None:
        _run(self._aio.upload(name, data))

    @_like(aio.Chip.download)
    def download(self, name: str, path: str | os.PathLike[str] | None = None) -> bytes:
        return _run(self._aio.download(name, path))
