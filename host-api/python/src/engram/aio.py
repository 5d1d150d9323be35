"""Engram for asyncio.

The names are those of the package ``engram``, which does the same without asyncio::

    async with engram.aio.connect("engram://localhost:7711") as chip:
        await chip.load("first.yaml")
        async with chip.subscribe("cell") as spikes:
            run = await chip.start(100)
            async for events in spikes.during(run):
                ...

Every call may raise an ``EngramError``: ``Unavailable`` if the connection is lost, ``DeadlineExceeded``
if the call had a time and it is over, ``NotFound`` or ``InvalidArgument`` if a name or a value is wrong.
A task that is cancelled cancels its call at the server. Times are seconds.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl as _ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Literal, Protocol, TypeVar
from weakref import WeakSet

import numpy as np
import numpy.typing as npt

from . import _messages, _wire, model
from . import events as _events
from . import faults as _faults
from ._order import sample_order
from ._streams import Probe, Responses, Run, Stream, Subscription, ended
from ._version import VERSION
from .errors import (
    Cancelled,
    DeadlineExceeded,
    EngramError,
    FailedPrecondition,
    Internal,
    InvalidArgument,
)

__all__ = ["Chip", "Connection", "Probe", "Run", "Subscription", "connect", "open", "reattach"]

Engine = Literal["compiled", "reference"]
Noc = Literal["analytic", "flit"]
Late = Literal["reject", "next_step", "drop"]
Overflow = Literal["drop", "block", "fail"]

#: Events that a subscription may have under way and not yet taken, unless told otherwise: 14 MB.
CREDIT = 1 << 20

#: Numbers of test samples start here, so that none meets the chance of a training sample.
TEST_NUMBERS = 1 << 30

_PROTOCOL = (1, 0)
_UNITY_RATE = 1 << 16
_MOST_EVENTS = 1 << 20
_PIECE = 1 << 20
_INJECTIONS = 4
_EVENT_BYTES = 14
_LABEL_BYTES = 10
_OVERHEAD = 1 << 12
# Seconds that a run or a play has to come to its end after its task was cancelled.
_STOPPING = 5.0


class _Closes(Protocol):
    async def close(self) -> None: ...


T = TypeVar("T", bound=_Closes)
_S = TypeVar("_S", Subscription, Probe)


class Opening(Generic[T]):
    """Something that is being opened: await it, or enter it to have it closed at the end."""

    def __init__(self, opening: Awaitable[T]) -> None:
        self._opening = opening
        self._opened: T | None = None

    def __await__(self) -> Generator[Any, None, T]:
        return self._opening.__await__()

    async def __aenter__(self) -> T:
        self._opened = await self._opening
        return self._opened

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is not None:
            await self._opened.close()


def open(
    uri: str,
    *,
    token: str | None = None,
    ssl: bool | _ssl.SSLContext | None = None,
    timeout: float | None = 60.0,
    connect_timeout: float | None = 10.0,
) -> Opening[Connection]:
    """Connects to a server without taking a chip.

    Args:
        uri: ``engram://HOST:PORT`` (port 7711 if left out), ``engrams://HOST:PORT`` with TLS, or
            ``engram+unix:///PATH``; ``?token=...`` may follow
        token: bearer token; left out, that of the address
        ssl: True for TLS with the machine's certificates, or a context of your own
        timeout: seconds that a call has, except runs, training and streams; None for no limit
        connect_timeout: seconds until the server must have answered

    Raises:
        Unavailable: nobody answers there
        Unauthenticated: the server wants another token
        InvalidArgument: the address can't be read
    """
    return Opening(_open(uri, token, ssl, timeout, connect_timeout))


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
) -> Opening[Chip]:
    """Connects to a server and takes a chip, which is given back when it is closed.

    Args:
        uri: as for ``open``
        chip: name of the preset
        token: bearer token
        ssl: as for ``open``
        engine: how microcode is run; changes no result
        threads: threads that the cores are spread over, 0 for one; changes no result
        noc: how closely the time of the network-on-chip is modelled
        time_to_live: seconds that the lease outlives the connection
        wait: wait in the queue if no chip is free; a function is told each new place in it
        timeout: seconds that a call has, except runs, training and streams; None for no limit
        connect_timeout: seconds until the server must have answered

    Raises:
        ResourceExhausted: no chip is free, and ``wait`` is not set
        NotFound: the server has no such preset
        Unavailable: nobody answers there
    """
    return Opening(
        _connect(
            _open(uri, token, ssl, timeout, connect_timeout),
            lambda c: c._lease(chip, engine, threads, noc, time_to_live, wait),
        )
    )


def reattach(
    uri: str,
    reattach_token: str,
    *,
    token: str | None = None,
    ssl: bool | _ssl.SSLContext | None = None,
    timeout: float | None = 60.0,
    connect_timeout: float | None = 10.0,
) -> Opening[Chip]:
    """Connects to a server and takes up a lease whose connection was lost or detached.

    Args:
        reattach_token: ``Chip.reattach_token`` of the lease

    Raises:
        NotFound: there is no such lease, or it has ended
    """
    return Opening(
        _connect(_open(uri, token, ssl, timeout, connect_timeout), lambda c: c._reattach(reattach_token))
    )


async def _open(
    uri: str,
    token: str | None,
    ssl: bool | _ssl.SSLContext | None,
    timeout: float | None,
    connect_timeout: float | None,
) -> Connection:
    address = _wire.Address(uri)
    link = await _wire.dial(address, ssl, connect_timeout)
    try:
        request = link.request()
        request.hello.protocol_major, request.hello.protocol_minor = _PROTOCOL
        request.hello.client = f"engram-client {VERSION}"
        request.hello.token = address.token if token is None else token
        link.hello = await link.call(request, connect_timeout)
        if link.hello.protocol_major != _PROTOCOL[0]:
            raise FailedPrecondition(
                f"{link.name}: protocol version {link.hello.protocol_major} (expected: {_PROTOCOL[0]})"
            )
    except BaseException:
        link.abort("refused")
        raise
    return Connection(link, timeout)


async def _connect(opening: Awaitable[Connection], take: Callable[[Connection], Awaitable[Chip]]) -> Chip:
    connection = await opening
    try:
        chip = await take(connection)
    except BaseException:
        await connection.close()
        raise
    chip._owns_connection = True
    return chip


class Connection:
    """A connection to a server. Made by ``open``."""

    def __init__(self, link: _wire.Link, timeout: float | None) -> None:
        self._link = link
        self._timeout = timeout
        self._chips: set[Chip] = set()

    @property
    def uri(self) -> str:
        """Address of the server."""
        return self._link.name

    @property
    def server(self) -> str:
        """Name and version of the server."""
        return str(self._link.hello.server)

    @property
    def isa_version(self) -> str:
        """Version of the instruction set."""
        return str(self._link.hello.isa_version)

    @property
    def features(self) -> tuple[str, ...]:
        """What the server can do beyond the first version of the protocol."""
        return tuple(self._link.hello.features)

    @property
    def connected(self) -> bool:
        """The connection is there, for all that is known."""
        return not self._link.lost

    def __repr__(self) -> str:
        return f"<engram connection to {self.uri}, {self.server}{'' if self.connected else ', closed'}>"

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Gives all chips back and ends the connection."""
        for chip in list(self._chips):
            await chip.close()
        await self._link.close()

    async def list(self) -> model.Listing:
        """What chips there are, and which leases run."""
        request = self._request()
        request.list.SetInParent()
        return model.listing(await self._call(request))

    def lease(
        self,
        chip: str = "engram-1",
        *,
        engine: Engine | None = None,
        threads: int = 0,
        noc: Noc | None = None,
        time_to_live: float = 60,
        wait: bool | Callable[[int], None] = False,
    ) -> Opening[Chip]:
        """Takes a chip. Arguments and errors are those of ``connect``."""
        return Opening(self._lease(chip, engine, threads, noc, time_to_live, wait))

    def reattach(self, reattach_token: str) -> Opening[Chip]:
        """Takes up a lease whose connection was lost or detached.

        Raises:
            NotFound: there is no such lease, or it has ended
        """
        return Opening(self._reattach(reattach_token))

    def watch(self, lease: str) -> Opening[Chip]:
        """Looks at a chip that somebody else drives: describe, read, cost, digests, subscribe, probe.

        Closing it ends its streams; the connection goes on.

        Args:
            lease: its name, as in ``list`` or ``Chip.lease``
        """
        return Opening(self._watch(lease))

    async def files(self) -> tuple[model.StoredFile, ...]:
        """The token's files in the server's store, in order of name."""
        request = self._request()
        request.files.SetInParent()
        answer = await self._call(request)
        return tuple(model.StoredFile(f.name, f.bytes) for f in answer.files)

    async def remove(self, name: str) -> None:
        """Removes a file from the server's store."""
        request = self._request()
        request.remove.name = name
        await self._call(request)

    async def upload(self, name: str, data: bytes | os.PathLike[str]) -> None:
        """Puts a file into the server's store.

        Args:
            name: 1 to 100 characters out of A-Z, a-z, 0-9, '.', '_', '-', the first no '.'
            data: its bytes, or the path of a file on this machine
        """
        content = memoryview(Path(data).read_bytes() if isinstance(data, os.PathLike) else data)
        offset = 0
        while True:
            piece = content[offset : offset + _PIECE]
            request = self._request()
            request.upload.name = name
            request.upload.offset = offset
            request.upload.data = bytes(piece)
            offset += len(piece)
            request.upload.last = offset == len(content)
            await self._call(request)
            if offset == len(content):
                return

    async def download(self, name: str, path: str | os.PathLike[str] | None = None) -> bytes:
        """Gets a file from the server's store.

        Args:
            path: where to write it on this machine; left out, nothing is written

        Returns:
            its bytes
        """
        content = bytearray()
        while True:
            request = self._request()
            request.download.name = name
            request.download.offset = len(content)
            request.download.most_bytes = _PIECE
            answer = await self._call(request)
            content += answer.data
            if not answer.data or len(content) >= answer.bytes:
                break
        if path is not None:
            Path(path).write_bytes(content)
        return bytes(content)

    def _request(self, chip: int = 0) -> Any:
        return self._link.request(chip, self._timeout)

    async def _call(self, request: Any) -> Any:
        return await self._link.call(request, self._timeout)

    async def _lease(
        self,
        preset: str,
        engine: Engine | None,
        threads: int,
        noc: Noc | None,
        time_to_live: float,
        wait: bool | Callable[[int], None],
    ) -> Chip:
        request = self._link.request() if wait else self._request()
        lease = request.lease
        lease.preset = preset
        lease.engine = _choice("engine", "Engine", engine)
        lease.threads = threads
        lease.noc = _choice("noc", "NocFidelity", noc)
        lease.time_to_live_s = max(1, round(time_to_live))
        lease.wait = bool(wait)
        responses = Responses()
        self._link.open(request, responses)
        try:
            # A queue has no end that could be foretold; an answer that there is a chip or none has.
            while (answer := await _within(None if wait else self._timeout, responses.next())) is not None:
                if answer.queue_position == 0:
                    return await self._chip(
                        answer.chip, answer.lease, answer.reattach_token, answer.time_to_live_s
                    )
                if callable(wait):
                    wait(answer.queue_position)
        except (asyncio.CancelledError, DeadlineExceeded):
            self._link.cancel(request.id)
            raise
        raise Internal("lease: no chip came")

    async def _reattach(self, reattach_token: str) -> Chip:
        request = self._request()
        request.reattach.reattach_token = reattach_token
        answer = await self._call(request)
        keep_alive = self._request(answer.chip)
        keep_alive.keep_alive.SetInParent()
        alive = await self._call(keep_alive)
        return await self._chip(answer.chip, answer.lease, reattach_token, alive.time_to_live_s)

    async def _watch(self, lease: str) -> Chip:
        request = self._request()
        request.watch.lease = lease
        answer = await self._call(request)
        return await self._chip(answer.chip, lease, "", 0)

    async def _chip(self, number: int, lease: str, reattach_token: str, time_to_live: int) -> Chip:
        chip = Chip(self, number, lease, reattach_token)
        self._chips.add(chip)
        if time_to_live:
            chip._keep_alive(time_to_live)
        await chip.describe()
        return chip


def _choice(argument: str, enum: str, value: str | None) -> int:
    if value is None:
        return 0
    kinds = {
        "Engine": ("reference", "compiled"),
        "NocFidelity": ("analytic", "flit"),
        "LatePolicy": ("reject", "next_step", "drop"),
        "OverflowPolicy": ("block", "drop", "fail"),
    }[enum]
    prefix = {
        "Engine": "ENGINE_",
        "NocFidelity": "NOC_FIDELITY_",
        "LatePolicy": "LATE_POLICY_",
        "OverflowPolicy": "OVERFLOW_POLICY_",
    }[enum]
    if value not in kinds:
        raise InvalidArgument(f"{argument}: {value} (expected: one of {', '.join(kinds)})")
    return _messages.number(enum, prefix + value.upper())


class _Played:
    """What came back from a play."""

    def __init__(self, answers: model.Ints, votes: npt.NDArray[np.uint32] | None, end: Any) -> None:
        self.answers = answers
        self.votes = votes
        self.end = end


class _Tally:
    """Counts right answers of an epoch, and tells how far it has come."""

    def __init__(
        self,
        epoch: int,
        epochs: int,
        labels: npt.NDArray[Any],
        progress: Callable[[model.Progress], None] | None,
    ) -> None:
        self.answers = 0
        self.right = 0
        self._epoch = epoch
        self._epochs = epochs
        self._labels = labels
        self._progress = progress
        self._start = time.monotonic()

    def add(self, answers: Sequence[int]) -> None:
        end = self.answers + len(answers)
        self.right += int(np.count_nonzero(np.asarray(answers) == self._labels[self.answers : end]))
        self.answers = end
        if self._progress is not None:
            self._progress(
                model.Progress(
                    self._epoch,
                    self._epochs,
                    end,
                    len(self._labels),
                    self.right / end,
                    time.monotonic() - self._start,
                )
            )


class Chip:
    """A chip: leased, so that it can be driven, or watched. Made by ``connect`` and ``Connection``."""

    def __init__(self, connection: Connection, number: int, lease: str, reattach_token: str) -> None:
        self.connection = connection
        #: Name of the lease, by which others can watch the chip.
        self.lease = lease
        #: Secret that takes up the lease after a lost connection; ``""`` if the chip is only watched.
        self.reattach_token = reattach_token
        self._link = connection._link
        self._number = number
        self._info: model.ChipInfo | None = None
        self._step = 0
        self._owns_connection = False
        self._closed = False
        self._keeper: asyncio.Task[None] | None = None
        self._streams: WeakSet[Stream] = WeakSet()

    # --- Life ---

    @property
    def info(self) -> model.ChipInfo:
        """What the chip holds, as of the last load or ``describe``."""
        assert self._info is not None
        return self._info

    @property
    def step(self) -> int:
        """Number of the step that comes next, as of the last answer that told it."""
        return self._step

    def __repr__(self) -> str:
        info = self._info
        what = f"network {info.network}, step {self._step}" if info and info.network else "empty"
        state = ", closed" if self._closed or self._link.lost else ""
        return f"<engram chip {info.preset if info else ''} as {self.lease}, {what}{state}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>" + (self._info._repr_html_() if self._info else "")

    async def __aenter__(self) -> Chip:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the chip's streams and gives the chip back: its run is stopped, its content forgotten.

        A chip that is only watched goes on, and so does the connection.
        """
        if not self._closed:
            self._end()
            for stream in list(self._streams):
                await stream.close()
            if not self._link.lost:
                request = self.connection._request(self._number)
                request.release.SetInParent()
                try:
                    await self._call(request)
                except EngramError:
                    # The lease has ended otherwise.
                    pass
        if self._owns_connection:
            await self.connection.close()

    async def detach(self) -> str:
        """Ends the connection, not the lease: a run goes on, and ``reattach`` takes the chip up again.

        Returns:
            the reattach token
        """
        self._end()
        await self.connection._link.close()
        return self.reattach_token

    def _end(self) -> None:
        self._closed = True
        self.connection._chips.discard(self)
        if self._keeper is not None:
            self._keeper.cancel()

    def _keep_alive(self, time_to_live: int) -> None:
        async def keep() -> None:
            try:
                while True:
                    await asyncio.sleep(time_to_live / 3)
                    request = self._link.request(self._number, time_to_live)
                    request.keep_alive.SetInParent()
                    await self._link.call(request, time_to_live)
            except DeadlineExceeded:
                self._link.abort(f"no sign of life for {time_to_live} s")
            except EngramError:
                # The lease or the connection is gone: the next call says so.
                return

        self._keeper = self._link.loop.create_task(keep())

    # --- What it holds ---

    async def describe(self) -> model.ChipInfo:
        """What the chip is and holds."""
        request = self._request()
        request.describe.SetInParent()
        self._info = model.chip_info(await self._call(request))
        self._at(self._info.step)
        return self._info

    async def load(
        self,
        network: str | os.PathLike[str],
        programs: Mapping[str, str] | os.PathLike[str] | None = None,
    ) -> model.LoadReport:
        """Loads a network; the server maps it. What is refused leaves the chip as it was.

        Args:
            network: path of a description in YAML, or its text, which has more than one line
            programs: sources of the programs that the description names as ``./NAME``, by NAME, or the
                folder of the files ``NAME.s``; left out, the folder of the description

        Raises:
            InvalidArgument: something is wrong with the network; ``reasons`` lists all of it
        """
        return await self._load(self._network(network, programs))

    async def verify(
        self,
        network: str | os.PathLike[str],
        programs: Mapping[str, str] | os.PathLike[str] | None = None,
    ) -> model.LoadReport:
        """Says whether a network would be taken, and what would be left. The chip stays as it is."""
        request = self._network(network, programs)
        request.load.verify_only = True
        return _load_report(await self._call(request))

    async def load_recipe(
        self,
        name: str,
        *,
        inputs: int,
        classes: int,
        hidden: Sequence[int] | None = None,
        seed: int = 1,
        **settings: object,
    ) -> model.LoadReport:
        """Loads a network of SSNN-BP by a recipe that comes with the server.

        Args:
            name: of the recipe, such as ``mnist``
            inputs: values of a sample
            classes: number of classes
            hidden: neurons of each hidden layer; left out, the recipe's
            seed: of initial weights and draws
            settings: other settings than the recipe's, such as ``steps=16`` or ``weight_bits=12``
        """
        request = self._request()
        recipe = request.load.recipe
        recipe.name = name
        recipe.inputs = inputs
        recipe.classes = classes
        recipe.seed = seed
        if hidden is not None:
            settings["hidden"] = ",".join(str(neurons) for neurons in hidden)
        for key, value in settings.items():
            recipe.settings[key.replace("_", "-")] = str(value)
        return await self._load(request)

    async def load_image(self, image: bytes) -> model.LoadReport:
        """Loads a chip image."""
        request = self._request()
        request.load.image = bytes(image)
        return await self._load(request)

    async def load_stored(self, name: str) -> model.LoadReport:
        """Loads a chip image that is a file in the server's store."""
        request = self._request()
        request.load.stored_image = name
        return await self._load(request)

    async def reset(self) -> None:
        """Sets all activity back to its start: fields, events, the step. Weights and tags stay."""
        request = self._request()
        request.reset.SetInParent()
        await self._call(request)
        self._at(0)

    async def _load(self, request: Any) -> model.LoadReport:
        report = _load_report(await self._call(request))
        await self.describe()
        return report

    def _network(
        self, network: str | os.PathLike[str], programs: Mapping[str, str] | os.PathLike[str] | None
    ) -> Any:
        yaml, sources = _read_network(network, programs)
        request = self._request()
        request.load.network.yaml = yaml
        for name, source in sources.items():
            request.load.network.programs[name] = source
        return request

    # --- Time ---

    async def run(
        self,
        steps: int | None = None,
        *,
        to_step: int | None = None,
        until: model.EventCount | model.RegisterEquals | None = None,
        most_steps: int = 0,
        step_time: float = 0.0,
        timeout: float | None = None,
    ) -> model.RunResult:
        """Runs timesteps and waits for the end. A run without an end is for ``start``.

        Args:
            steps: how many
            to_step: the step that comes next after the run
            until: what ends the run
            most_steps: steps after which it ends whatever happens; 0 for no such number
            step_time: seconds of the wall clock a step, in microseconds' resolution; 0 as fast as can be
            timeout: seconds of the wall clock after which the run is cancelled

        Raises:
            FailedPrecondition: nothing is loaded, a run is on its way, or the chip stopped by its own rules
            DeadlineExceeded: the time is over
        """
        if steps is None and to_step is None and until is None and not most_steps and timeout is None:
            raise InvalidArgument("run: no end (expected: steps, to_step, until, most_steps or timeout)")
        run = await self.start(
            steps, to_step=to_step, until=until, most_steps=most_steps, step_time=step_time, timeout=timeout
        )
        try:
            return await run.wait(None if timeout is None else timeout + _STOPPING)
        except (asyncio.CancelledError, DeadlineExceeded):
            if not run.done():
                self._link.cancel_softly(run._request_id)
                await asyncio.wait([run._future], timeout=_STOPPING)
            raise

    async def start(
        self,
        steps: int | None = None,
        *,
        to_step: int | None = None,
        until: model.EventCount | model.RegisterEquals | None = None,
        most_steps: int = 0,
        step_time: float = 0.0,
        timeout: float | None = None,
    ) -> Run:
        """Starts a run and returns at once. Arguments are those of ``run``; without an end it runs freely."""
        if sum(given is not None for given in (steps, to_step, until)) > 1:
            raise InvalidArgument("run: more than one end (expected: one of steps, to_step and until)")
        request = self._long(timeout)
        run = request.run
        run.SetInParent()
        if steps is not None:
            run.steps = _count("steps", steps)
        elif to_step is not None:
            run.step = _count("to_step", to_step)
        elif isinstance(until, model.EventCount):
            run.events.population = until.population
            run.events.stream = until.stream
            run.events.count = _count("count", until.count)
        elif until is not None:
            run.register.name = until.name
            run.register.value = until.value
        run.most_steps = _count("most_steps", most_steps)
        run.step_us = _count("step_time", round(step_time * 1e6))
        if step_time and not run.step_us:
            raise InvalidArgument(f"step_time: {step_time:g} s (expected: 0, or at least 1e-06 s)")
        return Run(self._link, request, self._at)

    async def stop(self) -> bool:
        """Ends the run or training that is on its way, whoever began it, and waits until the chip rests.

        ``Run.stop`` does so for a run of one's own, and tells how far it came.

        Returns:
            there was something to end
        """
        request = self._request()
        request.stop.SetInParent()
        answer = await self._call(request)
        self._at(answer.step)
        return bool(answer.found)

    # --- Events ---

    async def inject(
        self,
        population: str,
        events: npt.ArrayLike,
        *,
        step: int | None = None,
        late: Late = "reject",
    ) -> model.Injection:
        """Lets neurons of an external population emit.

        Args:
            population: its name
            events: an array with the dtype ``EVENT``, or with only some of its fields, at least
                ``neuron``; or indices of neurons. A payload that is left out is 1.
            step: step at which events without a field ``step`` are due; left out, the next one
            late: what becomes of events whose step has gone by: ``reject`` refuses all with OutOfRange,
                ``next_step`` moves them, ``drop`` drops them; the answer counts them

        Events travel in order of their steps, in as few requests as the server's frames allow, and each
        request is taken whole or refused whole. Of two events of a neuron in a step the later one holds.

        Raises:
            NotFound: no population has that name
            OutOfRange: an event is late, or a neuron is out of range
            ResourceExhausted: the chip's queue is full
        """
        neurons, payloads, steps = _events.split(events)
        if steps is not None and step is not None:
            raise InvalidArgument("inject: step and a field step (expected: one of them)", subject=population)
        if steps is not None and np.any(steps[1:] < steps[:-1]):
            order = np.argsort(steps, kind="stable")
            neurons, steps = neurons[order], steps[order]
            payloads = None if payloads is None else payloads[order]
        policy = _choice("late", "LatePolicy", late)
        frame = (self._link.hello.max_frame_bytes or _MOST_EVENTS * _EVENT_BYTES) - _OVERHEAD
        most = max(1, min(frame // _EVENT_BYTES, _MOST_EVENTS))
        accepted = late_ones = dropped = 0
        under_way: deque[tuple[Any, asyncio.Future[Any]]] = deque()
        begin = 0
        try:
            while begin == 0 or begin < len(neurons) or under_way:
                if begin == 0 or (begin < len(neurons) and len(under_way) < _INJECTIONS):
                    end = begin + most
                    request = self._request()
                    m = request.inject
                    m.population = population
                    m.neurons = neurons[begin:end].tobytes()
                    if payloads is not None:
                        m.payloads = payloads[begin:end].tobytes()
                    if steps is not None:
                        m.steps = steps[begin:end].tobytes()
                    elif step is not None:
                        m.step = _count("step", step)
                    m.late = policy
                    under_way.append((request, self._link.ask(request)))
                    begin = end
                    await self._link.drain()
                else:
                    answer = await self._link.answered(*under_way.popleft(), self.connection._timeout)
                    accepted += answer.accepted
                    late_ones += answer.late
                    dropped += answer.dropped
                    self._at(answer.step)
        finally:
            for _, future in under_way:
                future.cancel()
        return model.Injection(accepted, late_ones, dropped, self._step)

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
    ) -> Opening[Subscription]:
        """Streams the events of a neuron stream to this client.

        Args:
            population: its name
            stream: its stream; left out, its only one, or ``spike``
            core: only neurons on this core
            overflow: what happens when ``credit`` is used up: ``drop`` drops and counts events, ``block``
                lets the chip wait (for its driver only; take events while it runs), ``fail`` ends the stream
            credit: events that may be under way and not yet taken; taking them renews it
            batch_events: most events of a message; 0 for the server's choice
            batch_steps: most steps that events wait for their message to fill; 0 sends after each step
            timeout: seconds that iterating and ``next`` wait

        Raises:
            NotFound: no population or stream has that name
            PermissionDenied: ``block`` by a client that only watches
        """
        return Opening(
            self._subscribe(population, stream, core, overflow, credit, batch_events, batch_steps, timeout)
        )

    async def _subscribe(
        self,
        population: str,
        stream: str,
        core: int | None,
        overflow: Overflow,
        credit: int,
        batch_events: int,
        batch_steps: int,
        timeout: float | None,
    ) -> Subscription:
        request = self._long()
        m = request.subscribe
        m.population = population
        m.stream = stream
        if core is not None:
            m.core = _count("core", core)
        m.overflow = _choice("overflow", "OverflowPolicy", overflow)
        m.credit = _positive("credit", credit)
        m.batch_events = _count("batch_events", batch_events)
        m.batch_steps = _count("batch_steps", batch_steps)
        return await self._opened(Subscription(self._link, request, credit, timeout))

    def probe(
        self,
        what: model.Field | model.Weights | model.Register | model.Counters,
        *,
        every: int = 1,
        on_change: bool = False,
        overflow: Overflow = "drop",
        credit: int = 64,
        timeout: float | None = None,
    ) -> Opening[Probe]:
        """Streams what it reads after steps to this client. A probe never changes a result.

        Args:
            what: ``Field``, ``Weights``, ``Register`` or ``Counters``
            every: steps from one reading to the next
            on_change: only readings that differ from what was sent last
            overflow: as for ``subscribe``
            credit: readings that may be under way and not yet taken; taking them renews it
            timeout: seconds that iterating and ``next`` wait

        Raises:
            NotFound: nothing has that name
        """
        return Opening(self._probe(what, every, on_change, overflow, credit, timeout))

    async def _probe(
        self,
        what: model.Field | model.Weights | model.Register | model.Counters,
        every: int,
        on_change: bool,
        overflow: Overflow,
        credit: int,
        timeout: float | None,
    ) -> Probe:
        request = self._long()
        m = request.probe
        if isinstance(what, model.Field):
            m.field.population = what.population
            m.field.field = what.field
        elif isinstance(what, model.Weights):
            m.synapses.projection = what.projection
            m.synapses.tag = what.tag
            m.synapses.first_source = _count("first_source", what.first_source)
            m.synapses.sources = _count("sources", what.sources)
        elif isinstance(what, model.Register):
            m.register = what.name
        else:
            m.counters.SetInParent()
        m.every_steps = _positive("every", every)
        m.on_change = on_change
        m.overflow = _choice("overflow", "OverflowPolicy", overflow)
        m.credit = _positive("credit", credit)
        return await self._opened(Probe(self._link, request, credit, timeout))

    async def _opened(self, stream: _S) -> _S:
        # Requests to a chip take effect in their order: when this one is answered the stream has been
        # opened, or its error has come.
        self._streams.add(stream)
        try:
            await self.describe()
        except BaseException:
            await stream.close()
            raise
        if stream._error is not None:
            raise stream._error
        return stream

    # --- Words ---

    async def read(self, population: str, field: str) -> model.Ints:
        """Words of a field, parameter or accumulator, one a neuron, as the last step left them.

        Raises:
            NotFound: nothing has that name
        """
        request = self._request()
        request.read.field.population = population
        request.read.field.field = field
        return np.frombuffer((await self._read(request)).values, "<i4")

    async def weights(self, projection: str) -> model.Ints:
        """Weights as stored, by source and target; 0 where no synapse is.

        ``info.projection(name).fraction_bits`` tells how many bits are behind the binary point.

        Raises:
            NotFound: no projection has that name
        """
        return await self.tags(projection, "")

    async def tags(self, projection: str, tag: str) -> model.Ints:
        """Words beside the weights, by source and target; 0 where no synapse is.

        Raises:
            NotFound: nothing has that name
        """
        parts: list[model.Ints] = []
        first = 0
        while True:
            answer = await self._synapses(projection, tag, first)
            parts.append(np.frombuffer(answer.values, "<i4").reshape(answer.rows, answer.columns))
            first += answer.rows
            if answer.rows == 0 or first >= answer.sources:
                return parts[0] if len(parts) == 1 else np.concatenate(parts)

    async def _synapses(self, projection: str, tag: str, first: int, sources: int = 0) -> Any:
        request = self._request()
        m = request.read.synapses
        m.projection = projection
        m.tag = tag
        m.first_source = first
        m.sources = sources
        m.most_bytes = _PIECE
        return await self._read(request)

    async def register(self, name: str) -> int:
        """Value of a global register.

        Raises:
            NotFound: no register has that name
        """
        request = self._request()
        request.read.register = name
        return int(np.frombuffer((await self._read(request)).values, "<i4")[0])

    async def write(self, population: str, field: str, values: npt.ArrayLike, *, first: int = 0) -> None:
        """Writes words of a field or parameter before the step that comes next.

        Args:
            values: one a neuron, or a single one
            first: neuron that the first of them is for

        Raises:
            NotFound: nothing has that name
            InvalidArgument: a value is none that the field can hold
        """
        request = self._request()
        m = request.write.field
        m.population = population
        m.field = field
        m.first = _count("first", first)
        m.values = _events.column(f"{population}.{field}", values, "<i4").reshape(-1).tobytes()
        await self._write(request)

    async def write_weights(self, projection: str, values: npt.ArrayLike) -> None:
        """Writes the weights of a projection and its mirrors, as stored, by source and target.

        Those of a large one travel in pieces, each of which is taken or refused for itself.
        """
        column = _events.column(projection, values, "<i4").reshape(-1)
        piece = min(_PIECE, (self._link.hello.max_frame_bytes or _PIECE) - _OVERHEAD)
        if column.nbytes <= piece:
            await self._write_weights(projection, column, None)
            return
        shape = await self._synapses(projection, "", 0, 1)
        if len(column) != shape.sources * shape.columns:
            raise InvalidArgument(
                f"weights of {projection}: {len(column)} (expected: {shape.sources * shape.columns})",
                subject=projection,
            )
        rows = max(1, piece // (4 * shape.columns))
        for first in range(0, shape.sources, rows):
            some = column[first * shape.columns : (first + rows) * shape.columns]
            await self._write_weights(projection, some, first)

    async def _write_weights(self, projection: str, values: model.Ints, first: int | None) -> None:
        request = self._request()
        m = request.write.weights
        m.projection = projection
        m.values = values.tobytes()
        if first is not None:
            m.first_source = first
        await self._write(request)

    async def set_register(self, name: str, value: int) -> None:
        """Writes a global register before the step that comes next.

        Raises:
            NotFound: no register has that name
            OutOfRange: it can't hold the value
        """
        request = self._request()
        request.write.register.name = name
        request.write.register.value = value
        await self._write(request)

    async def set_clock(self, clock: int) -> None:
        """Writes the clock that draws are keyed with: number of the sample in the upper 32 bits."""
        request = self._request()
        request.write.clock = _count("clock", clock)
        await self._write(request)

    # --- Faults ---

    async def inject_faults(self, *faults: _faults.Fault) -> int:
        """Adds faults to those of the chip, all or, if one is refused, none.

        They hold until ``clear_faults`` or until another network is loaded: a reset keeps them, a saved
        state carries them.

        Args:
            faults: ``BitFlip``, ``RandomFlips``, ``DeadCore``, ``PacketLoss``

        Returns:
            the step that sees them first

        Raises:
            NotFound: nothing has that name
            InvalidArgument: there is no such word, bit, core or step
        """
        request = self._request()
        request.inject_faults.SetInParent()
        _faults.message(request.inject_faults, faults)
        m = await self._call(request)
        self._at(m.step)
        return int(m.step)

    async def faults(self) -> tuple[_faults.Fault, ...]:
        """The chip's faults in the order in which they came, with all steps given.

        A flip that took place at once is none of them.
        """
        request = self._request()
        request.faults.SetInParent()
        m = await self._call(request)
        self._at(m.step)
        return _faults.read(m)

    async def clear_faults(self) -> int:
        """Takes all faults away; what they did stays.

        Returns:
            number of faults that the chip had
        """
        request = self._request()
        request.clear_faults.SetInParent()
        return int((await self._call(request)).cleared)

    async def cost(self) -> model.Cost:
        """Counts, cycles and energy so far."""
        request = self._request()
        request.cost.SetInParent()
        return model.cost((await self._call(request)).cost)

    async def activity(self) -> model.Activity:
        """How the chip is doing: how paced runs keep their time, events that came late or were dropped, the
        streams that are open and their credit.
        """
        request = self._request()
        request.activity.SetInParent()
        activity = model.activity(await self._call(request))
        self._at(activity.step)
        return activity

    async def digests(self) -> model.Digests:
        """Digests of state and cost."""
        request = self._request()
        request.digest.SetInParent()
        m = await self._call(request)
        self._at(m.step)
        return model.Digests(m.state, m.cost, m.step)

    async def _read(self, request: Any) -> Any:
        m = await self._call(request)
        self._at(m.step)
        return m

    async def _write(self, request: Any) -> None:
        self._at((await self._call(request)).step)

    # --- Samples ---

    async def train(
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
        """Trains on samples, as ``./engram train`` does: to the same digest.

        Args:
            x: samples of non-negative integers; the first axis counts samples, the others are flattened
            y: class of each sample
            epochs: passes over the samples
            rate: learning rate of the first epoch, 1.0 for the rule's own
            rate_decay: factor on the rate after each epoch
            first_epoch: number of the first epoch, from 0, to go on with a training
            shuffle: present the samples in an order that depends on seed and epoch; otherwise as they are
            seed: of that order; left out, the network's
            steps: timesteps of a sample; 0 for as many as the network was made for
            registers: global registers to write before each epoch
            progress: told after each portion of answers

        Raises:
            InvalidArgument: samples or classes don't fit the network
            FailedPrecondition: the network takes no samples, or a run is on its way
        """
        port = self._port()
        values, labels = self._samples(x, y)
        register = self.info.registers.get("rate")
        has_rate = register is not None and register.max >= _UNITY_RATE
        if not has_rate and (rate != 1.0 or rate_decay != 1.0):
            raise InvalidArgument(
                f"rate: network {self.info.network} has no register rate that holds {_UNITY_RATE}",
                subject="rate",
            )
        history = []
        total = len(values)
        for epoch in range(first_epoch, first_epoch + epochs):
            order = sample_order(self.info.seed if seed is None else seed, epoch, total) if shuffle else None
            writes = dict(registers or {})
            if has_rate:
                writes.setdefault("rate", max(1, int(_UNITY_RATE * rate * rate_decay**epoch + 0.5)))
            tally = _Tally(
                epoch + 1, first_epoch + epochs, labels if order is None else labels[order], progress
            )
            played = await self._play(
                values,
                labels,
                order,
                steps=steps or port.steps,
                learn=True,
                on_copy=False,
                first_number=epoch * total % TEST_NUMBERS,
                registers=writes,
                answered=tally.add,
            )
            end = played.end
            history.append(
                model.Epoch(
                    epoch + 1, end.samples, tally.right / total, end.seconds, end.events, model.cost(end.cost)
                )
            )
        return model.History(tuple(history))

    async def evaluate(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        steps: int = 0,
        first_number: int = TEST_NUMBERS,
        registers: Mapping[str, int] | None = None,
    ) -> model.Evaluation:
        """Classifies samples whose class is known, on a copy of the chip: the chip stays as it is.

        Args:
            x: samples, as for ``train``
            y: class of each sample
            steps: timesteps of a sample; 0 for as many as the network was made for
            first_number: number of the first sample, by which its chance is keyed
            registers: global registers to write into the copy
        """
        port = self._port()
        values, labels = self._samples(x, y)
        played = await self._test(values, steps or port.steps, first_number, registers, votes=False)
        answers = played.answers
        known = answers >= 0
        confusion = np.zeros((port.classes, port.classes), np.int64)
        np.add.at(confusion, (labels[known], answers[known]), 1)
        return model.Evaluation(
            accuracy=float(np.mean(answers == labels)) if len(labels) else 0.0,
            confusion=confusion,
            unanswered=int(np.count_nonzero(~known)),
            answers=answers,
            seconds=played.end.seconds,
            cost=model.cost(played.end.cost),
        )

    async def predict(
        self,
        x: npt.ArrayLike,
        *,
        steps: int = 0,
        first_number: int = TEST_NUMBERS,
        registers: Mapping[str, int] | None = None,
    ) -> model.Ints:
        """Classifies samples on a copy of the chip.

        Returns:
            class with most votes of each sample, the lowest of equals, -1 without votes
        """
        values, _ = self._samples(x, None)
        return (await self._test(values, steps, first_number, registers, votes=False)).answers

    async def votes(
        self,
        x: npt.ArrayLike,
        *,
        steps: int = 0,
        first_number: int = TEST_NUMBERS,
        registers: Mapping[str, int] | None = None,
    ) -> npt.NDArray[np.uint32]:
        """Votes by sample and class, counted on a copy of the chip."""
        values, _ = self._samples(x, None)
        votes = (await self._test(values, steps, first_number, registers, votes=True)).votes
        assert votes is not None
        return votes

    async def _test(
        self,
        values: npt.NDArray[Any],
        steps: int,
        first_number: int,
        registers: Mapping[str, int] | None,
        *,
        votes: bool,
    ) -> _Played:
        return await self._play(
            values,
            None,
            None,
            steps=steps,
            learn=False,
            on_copy=True,
            first_number=first_number,
            registers=registers or {},
            votes=votes,
        )

    def _port(self) -> model.SamplePort:
        port = self.info.samples
        if port is None:
            raise FailedPrecondition(
                f"network {self.info.network} takes no samples" if self.info.network else "nothing is loaded"
            )
        return port

    def _samples(
        self, x: npt.ArrayLike, y: npt.ArrayLike | None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Samples as unsigned integers of 1, 2 or 4 bytes, by sample and value, and their classes."""
        port = self._port()
        given = np.asarray(x)
        if given.ndim == 0 or len(given) == 0:
            raise InvalidArgument("x: no samples")
        if given.dtype.kind not in "iub":
            raise InvalidArgument(
                f"x: {given.dtype} (expected: integers, 0 to {port.max_value}; scale and round them first)",
                subject=port.data,
            )
        values = given.reshape(len(given), -1)
        if values.shape[1] != port.values:
            raise InvalidArgument(
                f"x: {values.shape[1]} values a sample (expected: {port.values}, the neurons of {port.data})",
                subject=port.data,
            )
        least, most = int(values.min()), int(values.max())
        if least < 0 or most > port.max_value:
            raise InvalidArgument(
                f"x: {least if least < 0 else most} (expected: 0 to {port.max_value})", subject=port.data
            )
        kind = "<u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<u4"
        values = values.astype(kind, copy=False)
        if y is None:
            return values, np.empty(0, np.int32)
        labels = _events.column("y", y, "<i4").reshape(-1)
        if len(labels) != len(values):
            raise InvalidArgument(f"y: {len(labels)} classes (expected: {len(values)}, as many as samples)")
        if int(labels.min()) < -1 or int(labels.max()) >= port.classes:
            wrong = int(labels.min()) if int(labels.min()) < -1 else int(labels.max())
            raise InvalidArgument(f"y: {wrong} (expected: -1 to {port.classes - 1})")
        return values, labels

    async def _play(
        self,
        values: npt.NDArray[Any],
        labels: npt.NDArray[Any] | None,
        order: npt.NDArray[np.int64] | None,
        *,
        steps: int,
        learn: bool,
        on_copy: bool,
        first_number: int,
        registers: Mapping[str, int],
        votes: bool = False,
        answered: Callable[[Sequence[int]], None] | None = None,
    ) -> _Played:
        request = self._long()
        m = request.play
        m.steps = steps
        m.learn = learn
        m.on_copy = on_copy
        m.first_number = first_number
        m.votes = votes
        for name, value in registers.items():
            m.registers[name] = value
        responses = Responses()
        self._link.open(request, responses)
        count = len(values)
        frame = min(_PIECE, (self._link.hello.max_frame_bytes or _PIECE) - _OVERHEAD)
        most = max(1, frame // (values.shape[1] * values.itemsize + _LABEL_BYTES))
        sent = room = 0
        answers: list[int] = []
        ballots: list[bytes] = []
        try:
            while (response := await responses.next()) is not None:
                room += response.room
                if response.answers:
                    answers.extend(response.answers)
                    if answered is not None:
                        answered(response.answers)
                if response.votes:
                    ballots.append(response.votes)
                if response.HasField("cost"):
                    self._at(self._step if on_copy else response.step)
                    return self._played(response, answers, ballots, count)
                while sent < count and room > 0:
                    end = min(sent + room, sent + most, count)
                    self._link.tell(self._portion(request.id, values, labels, order, sent, end, end == count))
                    room -= end - sent
                    sent = end
                    await self._link.drain()
        except BaseException:
            if not responses.ended:
                self._link.cancel_softly(request.id)
                await asyncio.wait([asyncio.ensure_future(ended(responses))], timeout=_STOPPING)
            raise
        raise Internal("play: ended without a result")

    def _portion(
        self,
        play: int,
        values: npt.NDArray[Any],
        labels: npt.NDArray[Any] | None,
        order: npt.NDArray[np.int64] | None,
        begin: int,
        end: int,
        last: bool,
    ) -> Any:
        chosen: Any = slice(begin, end) if order is None else order[begin:end]
        request = self._long()
        m = request.samples
        m.play = play
        m.count = end - begin
        m.values = values[chosen].tobytes()
        m.value_bytes = values.itemsize
        if labels is not None:
            m.labels.extend(labels[chosen].tolist())
        m.last = last
        return request

    def _played(self, end: Any, answers: list[int], ballots: list[bytes], count: int) -> _Played:
        if end.cancelled:
            raise Cancelled(f"play: cancelled after {end.samples} of {count} samples")
        if len(answers) != count:
            raise Internal(f"play: {len(answers)} answers (expected: {count})")
        votes = np.frombuffer(b"".join(ballots), "<u4").reshape(count, -1) if ballots else None
        return _Played(np.array(answers, np.int32), votes, end)

    # --- The store ---

    async def save(self, name: str, note: str = "") -> model.StoredFile:
        """Writes the chip's state into the server's store, whole or not at all.

        Args:
            name: of the file; one that is there is replaced
            note: text to find beside the state
        """
        request = self._request()
        request.save.name = name
        request.save.note = note
        m = await self._call(request)
        self._at(m.step)
        return model.StoredFile(name, m.bytes)

    async def restore(self, name: str) -> str:
        """Takes a state from the server's store; its network comes with it.

        Returns:
            the note that was saved beside it
        """
        request = self._request()
        request.restore.name = name
        note = str((await self._call(request)).note)
        await self.describe()
        return note

    async def upload(self, name: str, data: bytes | os.PathLike[str]) -> None:
        """Puts a file into the server's store, as ``Connection.upload`` does."""
        await self.connection.upload(name, data)

    async def download(self, name: str, path: str | os.PathLike[str] | None = None) -> bytes:
        """Gets a file from the server's store, as ``Connection.download`` does."""
        return await self.connection.download(name, path)

    # --- Below ---

    def _at(self, step: int) -> None:
        self._step = step

    def _request(self) -> Any:
        return self._long(self.connection._timeout)

    def _long(self, timeout: float | None = None) -> Any:
        """A request that may take its time."""
        if self._closed:
            raise FailedPrecondition(f"chip {self.lease}: closed")
        return self._link.request(self._number, timeout)

    async def _call(self, request: Any) -> Any:
        return await self.connection._call(request)


async def _within(timeout: float | None, coming: Awaitable[Any]) -> Any:
    try:
        return await asyncio.wait_for(coming, timeout)
    except asyncio.TimeoutError:
        raise DeadlineExceeded(f"no answer (expected: within {timeout:g} s)") from None


def _count(name: str, value: int) -> int:
    if value < 0:
        raise InvalidArgument(f"{name}: {value} (expected: 0 or more)")
    return value


def _positive(name: str, value: int) -> int:
    if value < 1:
        raise InvalidArgument(f"{name}: {value} (expected: 1 or more)")
    return value


def _load_report(m: Any) -> model.LoadReport:
    return model.LoadReport(m.report, tuple(m.warnings), tuple(m.remarks))


_OWN_PROGRAM = re.compile(r"(?<![\w./])\./([\w-]+(?:/[\w-]+)*)")


def _read_network(
    network: str | os.PathLike[str], programs: Mapping[str, str] | os.PathLike[str] | None
) -> tuple[str, dict[str, str]]:
    """Text of a network, and sources of the programs of its own that it names."""
    folder: Path | None = None
    if isinstance(network, os.PathLike) or "\n" not in network:
        path = Path(network)
        yaml = path.read_text(encoding="utf-8")
        folder = path.parent
    else:
        yaml = network
    if isinstance(programs, Mapping):
        return yaml, dict(programs)
    if programs is not None:
        folder = Path(programs)
    sources = {}
    for name in sorted(set(_OWN_PROGRAM.findall(yaml))):
        file = folder / f"{name}.s" if folder is not None else None
        # What is missing the server names, together with all else that is wrong.
        if file is not None and file.is_file():
            sources[name] = file.read_text(encoding="utf-8")
    return yaml, sources
