"""A server of a chip that is simple enough to know all answers beforehand.

It speaks the real protocol over a real socket, in a thread of its own. A run of the chip's network lets
neuron 0 to ``rate - 1`` of ``cell`` emit in every step; a sample's class is its first value.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from ssl import SSLContext
from typing import Any

import numpy as np

from engram import _messages

RATE = 3
ROOM = 8


def describe(preset: str, network: str, step: int, running: bool) -> Any:
    response = _messages.Response()
    m = response.describe
    m.preset = preset
    if not network:
        return response
    m.network, m.step, m.seed, m.running = network, step, 7, running
    m.populations.add(name="key", neurons=4, external=True, streams=["spike"], cores=[0])
    cell = m.populations.add(name="cell", neurons=4, program="neurons/lif", streams=["spike"], cores=[1])
    cell.symbols.add(name="v", bits=16, signed=True, fraction_bits=6, writable=True)
    m.projections.add(
        name="wire",
        source="key.spike",
        target="cell.in",
        weight_bits=8,
        signed=True,
        fraction_bits=6,
        plastic=True,
        tags=["seen"],
    )
    m.registers.add(name="rate", min=0, max=131071)
    m.registers.add(name="learn", min=0, max=1)
    m.samples.data, m.samples.values, m.samples.max_value = "key", 4, 255
    m.samples.classes, m.samples.steps = 3, 16
    m.cores.extend([0, 1])
    return response


def error(
    code: str, message: str, *, subject: str = "", reasons: tuple[str, ...] = (), retry: int = 0
) -> Any:
    response = _messages.Response()
    response.error.code = _messages.number("Code", "CODE_" + code)
    response.error.message = message
    response.error.subject = subject
    response.error.reasons.extend(reasons)
    response.error.retry_after_ms = retry
    return response


class Tap:
    """A stream to a client."""

    def __init__(self, session: Session, request: Any) -> None:
        self.session = session
        self.id = request.id
        self.probe = request.probe if request.WhichOneof("call") == "probe" else None
        self.policy = (self.probe or request.subscribe).overflow
        self.credit = (self.probe or request.subscribe).credit
        self.lost = 0

    def step(self, chip: Chip) -> None:
        response = _messages.Response(id=self.id, more=True)
        if self.probe is not None:
            if (chip.step - 1) % (self.probe.every_steps or 1):
                return
            m, units = response.probe, 1
            m.step = chip.step
            m.words.values = np.full(4, chip.step, "<i4").tobytes()
            m.words.rows, m.words.columns = 1, 4
        else:
            m, units = response.events, chip.rate
            m.steps = np.full(units, chip.step - 1, "<u8").tobytes()
            m.neurons = np.arange(units, dtype="<u4").tobytes()
            m.step = chip.step
        if self.credit <= 0:
            if self.policy == _messages.number("OverflowPolicy", "OVERFLOW_POLICY_FAIL"):
                refusal = error("RESOURCE_EXHAUSTED", "cell: too slow", subject="cell")
                refusal.id = self.id
                chip.taps.remove(self)
                self.session.send(refusal)
                return
            self.lost += units
            return
        m.lost, self.lost = self.lost, 0
        self.credit -= units
        self.session.send(response)


class Chip:
    """A leased chip."""

    def __init__(self, name: str, preset: str) -> None:
        self.name = name
        self.preset = preset
        self.network = ""
        self.step = 0
        self.rate = RATE
        self.taps: list[Tap] = []
        self.running: asyncio.Task[None] | None = None
        self.stop = False
        self.registers = {"rate": 65536, "learn": 0}
        self.fields = {("cell", "v"): np.zeros(4, "<i4")}
        self.weights = np.arange(16, dtype="<i4").reshape(4, 4)
        self.keep_alives = 0
        self.ended = asyncio.Event()
        self.played: list[Any] = []
        self.faults: list[Any] = []


class Session(asyncio.Protocol):
    """A connection."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.chips: dict[int, Chip] = {}
        self.watched: set[int] = set()
        self.plays: dict[int, asyncio.Queue[Any]] = {}
        self.runs: dict[int, Chip] = {}
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.server.sessions.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.sessions.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            length = shift = at = 0
            while at < len(self.buffer):
                byte = self.buffer[at]
                at += 1
                length |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            else:
                return
            if len(self.buffer) < at + length:
                return
            request = _messages.Request.FromString(self.buffer[at : at + length])
            self.buffer = self.buffer[at + length :]
            self.server.requests.append(request)
            self.serve(request)

    def send(self, response: Any) -> None:
        self.transport.write(frame(response))

    def answer(self, request: Any, response: Any) -> None:
        response.id = request.id
        self.send(response)

    def serve(self, request: Any) -> None:
        kind = request.WhichOneof("call")
        override = self.server.overrides.get(kind)
        if override is not None:
            response = override(self, request)
            if response is not None:
                self.answer(request, response)
            return
        chip = self.chips.get(request.chip)
        if request.chip and chip is None:
            self.answer(request, error("NOT_FOUND", f"chip: {request.chip}"))
            return
        getattr(self, "serve_" + kind)(request, getattr(request, kind), chip)

    # --- Sessions ---

    def serve_hello(self, request: Any, m: Any, chip: Any) -> None:
        if m.token != self.server.token:
            self.answer(request, error("UNAUTHENTICATED", "token: unknown"))
            return
        response = _messages.Response()
        response.hello.protocol_major = 1
        response.hello.isa_version = "1"
        response.hello.server = "fake 1"
        response.hello.max_frame_bytes = self.server.max_frame_bytes
        response.hello.max_open_requests = 100
        self.answer(request, response)

    def serve_list(self, request: Any, m: Any, chip: Any) -> None:
        response = _messages.Response()
        response.list.pools.add(preset="engram-1", chips=2, free=1)
        for each in self.server.chips:
            response.list.leases.add(name=each.name, preset=each.preset, network=each.network, attached=True)
        self.answer(request, response)

    def serve_lease(self, request: Any, m: Any, chip: Any) -> None:
        if m.preset != "engram-1":
            self.answer(
                request, error("NOT_FOUND", f"preset: {m.preset} (expected: engram-1)", subject=m.preset)
            )
            return
        for place in self.server.queue if m.wait else ():
            response = _messages.Response(id=request.id, more=True)
            response.lease.queue_position = place
            self.send(response)
        chip = Chip(f"chip-{len(self.server.chips) + 1}", m.preset)
        self.server.chips.append(chip)
        response = _messages.Response()
        response.lease.chip = self.take(chip)
        response.lease.lease = chip.name
        response.lease.reattach_token = "secret-" + chip.name
        response.lease.time_to_live_s = m.time_to_live_s
        self.answer(request, response)

    def take(self, chip: Chip) -> int:
        number = len(self.chips) + 1
        self.chips[number] = chip
        return number

    def named(self, request: Any, name: str) -> Chip | None:
        for chip in self.server.chips:
            if chip.name == name:
                return chip
        self.answer(request, error("NOT_FOUND", f"lease: {name}", subject=name))
        return None

    def serve_reattach(self, request: Any, m: Any, chip: Any) -> None:
        found = self.named(request, m.reattach_token.removeprefix("secret-"))
        if found is not None:
            response = _messages.Response()
            response.reattach.chip = self.take(found)
            response.reattach.lease = found.name
            self.answer(request, response)

    def serve_watch(self, request: Any, m: Any, chip: Any) -> None:
        found = self.named(request, m.lease)
        if found is not None:
            response = _messages.Response()
            response.watch.chip = self.take(found)
            self.watched.add(response.watch.chip)
            self.answer(request, response)

    def serve_keep_alive(self, request: Any, m: Any, chip: Chip) -> None:
        chip.keep_alives += 1
        response = _messages.Response()
        response.keep_alive.time_to_live_s = 60
        self.answer(request, response)

    def serve_release(self, request: Any, m: Any, chip: Chip) -> None:
        if request.chip in self.watched:
            self.server.unwatched.append(chip.name)
        else:
            self.server.chips.remove(chip)
            self.server.released.append(chip.name)
        response = _messages.Response()
        response.release.SetInParent()
        self.answer(request, response)

    def serve_cancel(self, request: Any, m: Any, chip: Any) -> None:
        self.server.cancelled.append(m.request)
        if m.request in self.runs:
            self.runs[m.request].stop = True
        if m.request in self.plays:
            self.plays[m.request].put_nowait(None)
        for each in self.chips.values():
            each.taps = [tap for tap in each.taps if tap.id != m.request]
        response = _messages.Response()
        response.cancel.found = True
        self.answer(request, response)

    def serve_credit(self, request: Any, m: Any, chip: Any) -> None:
        for each in self.chips.values():
            for tap in each.taps:
                if tap.id == m.request:
                    tap.credit += m.units

    # --- Chips ---

    def serve_describe(self, request: Any, m: Any, chip: Chip) -> None:
        self.answer(request, describe(chip.preset, chip.network, chip.step, chip.running is not None))

    def serve_load(self, request: Any, m: Any, chip: Chip) -> None:
        if m.WhichOneof("what") == "network" and "network:" not in m.network.yaml:
            faults = ("network: missing", "populations: missing")
            self.answer(
                request, error("INVALID_ARGUMENT", "network: 2 faults", reasons=faults, subject="net")
            )
            return
        if not m.verify_only:
            chip.network, chip.step = "fake", 0
        response = _messages.Response()
        response.load.report = "key  0 to 3  on core 0\n"
        response.load.warnings.append("a warning")
        self.answer(request, response)

    def serve_reset(self, request: Any, m: Any, chip: Chip) -> None:
        chip.step = 0
        response = _messages.Response()
        response.reset.SetInParent()
        self.answer(request, response)

    def serve_read(self, request: Any, m: Any, chip: Chip) -> None:
        response = _messages.Response()
        what = m.WhichOneof("what")
        if what == "field":
            values = chip.fields.get((m.field.population, m.field.field))
            if values is None:
                name = m.field.population
                self.answer(
                    request, error("NOT_FOUND", f"population: {name} (expected: key, cell)", subject=name)
                )
                return
            rows, columns = 1, len(values)
        elif what == "synapses":
            first = m.synapses.first_source
            values = chip.weights[first : first + (m.synapses.sources or len(chip.weights))]
            if m.synapses.most_bytes:
                values = values[: max(1, m.synapses.most_bytes // (4 * values.shape[1]))]
            rows, columns = values.shape
            response.read.sources = len(chip.weights)
        else:
            values, rows, columns = np.array([chip.registers[m.register]], "<i4"), 1, 1
        response.read.step = chip.step
        response.read.values = values.tobytes()
        response.read.rows, response.read.columns = rows, columns
        self.answer(request, response)

    def serve_write(self, request: Any, m: Any, chip: Chip) -> None:
        what = m.WhichOneof("what")
        if what == "field":
            values = np.frombuffer(m.field.values, "<i4")
            chip.fields[m.field.population, m.field.field][m.field.first : m.field.first + len(values)] = (
                values
            )
        elif what == "weights":
            values = np.frombuffer(m.weights.values, "<i4").reshape(-1, chip.weights.shape[1])
            first = m.weights.first_source
            chip.weights = chip.weights.copy()
            chip.weights[first : first + len(values)] = values
        elif what == "register":
            chip.registers[m.register.name] = m.register.value
        response = _messages.Response()
        response.write.step = chip.step
        self.answer(request, response)

    def cost(self, m: Any, chip: Chip) -> None:
        m.counts["steps"] = chip.step
        m.cycles = 10 * chip.step
        m.core_cycles.extend(range(10))
        m.link_flits.extend(range(8))
        m.energy_missing.append("leakage")
        m.energy_known_joules = 0.5

    def serve_cost(self, request: Any, m: Any, chip: Chip) -> None:
        response = _messages.Response()
        self.cost(response.cost.cost, chip)
        self.answer(request, response)

    def serve_digest(self, request: Any, m: Any, chip: Chip) -> None:
        response = _messages.Response()
        response.digest.state, response.digest.cost, response.digest.step = "ab", "cd", chip.step
        self.answer(request, response)

    def serve_inject_faults(self, request: Any, m: Any, chip: Chip) -> None:
        response = _messages.Response()
        for fault in m.faults:
            kind = getattr(fault, fault.WhichOneof("kind"))
            if fault.HasField("dead_core") and kind.core > 1:
                self.answer(request, error("INVALID_ARGUMENT", f"core: {kind.core} (expected: < 2)"))
                return
        chip.faults.extend(m.faults)
        response.inject_faults.step = chip.step
        response.inject_faults.faults = len(chip.faults)
        self.answer(request, response)

    def serve_faults(self, request: Any, m: Any, chip: Chip) -> None:
        response = _messages.Response()
        response.faults.step = chip.step
        response.faults.faults.extend(chip.faults)
        self.answer(request, response)

    def serve_clear_faults(self, request: Any, m: Any, chip: Chip) -> None:
        response = _messages.Response()
        response.clear_faults.cleared = len(chip.faults)
        chip.faults.clear()
        self.answer(request, response)

    def serve_run(self, request: Any, m: Any, chip: Chip) -> None:
        if chip.running is not None:
            self.answer(request, error("FAILED_PRECONDITION", "a run is on its way"))
            return
        self.runs[request.id] = chip
        chip.stop = False
        chip.running = asyncio.get_running_loop().create_task(self.advance(request, m, chip))

    def serve_stop(self, request: Any, m: Any, chip: Chip) -> None:
        response = _messages.Response()
        response.stop.found = chip.running is not None
        response.stop.step = chip.step
        chip.stop = True
        self.answer(request, response)

    async def advance(self, request: Any, m: Any, chip: Chip) -> None:
        what = m.WhichOneof("until")
        begin = chip.step
        end = {"steps": begin + m.steps, "step": m.step}.get(what)
        if what == "events":
            end = begin + -(-(m.events.count or 1) // chip.rate)
        while (end is None or chip.step < end) and not chip.stop:
            chip.step += 1
            for tap in list(chip.taps):
                tap.step(chip)
            if end is None or chip.step % 64 == 0:
                await asyncio.sleep(0)
        chip.running = None
        response = _messages.Response()
        response.run.end = _messages.number("RunEnd", "RUN_END_CANCELLED" if chip.stop else "RUN_END_DONE")
        response.run.steps = chip.step - begin
        response.run.step = chip.step
        response.run.worst_lateness_us = 250
        self.answer(request, response)

    def serve_inject(self, request: Any, m: Any, chip: Chip) -> None:
        if m.population != "key":
            name = m.population
            self.answer(request, error("NOT_FOUND", f"population: {name} (expected: key)", subject=name))
            return
        response = _messages.Response()
        response.inject.accepted = len(m.neurons) // 4
        response.inject.step = chip.step
        self.answer(request, response)

    def serve_subscribe(self, request: Any, m: Any, chip: Chip) -> None:
        if m.population not in ("key", "cell"):
            name = m.population
            self.answer(
                request, error("NOT_FOUND", f"population: {name} (expected: key, cell)", subject=name)
            )
            return
        chip.taps.append(Tap(self, request))

    def serve_probe(self, request: Any, m: Any, chip: Chip) -> None:
        chip.taps.append(Tap(self, request))

    def serve_play(self, request: Any, m: Any, chip: Chip) -> None:
        self.plays[request.id] = asyncio.Queue()
        chip.played.append(request)
        asyncio.get_running_loop().create_task(self.play(request, m, chip))

    def serve_samples(self, request: Any, m: Any, chip: Chip) -> None:
        assert request.id == 0
        self.plays[m.play].put_nowait(m)

    async def play(self, request: Any, m: Any, chip: Chip) -> None:
        if not m.on_copy:
            chip.registers.update(m.registers)
        response = _messages.Response(id=request.id, more=True)
        response.play.room = room = ROOM
        self.send(response)
        done = 0
        cancelled = False
        while True:
            samples = await self.plays[request.id].get()
            if samples is None:
                cancelled = True
                break
            room -= samples.count
            assert room >= 0, "more samples than there was room for"
            values = np.frombuffer(samples.values, f"<u{samples.value_bytes}").reshape(samples.count, -1)
            self.server.samples.append((values, list(samples.labels)))
            response = _messages.Response(id=request.id, more=True)
            response.play.room = samples.count
            room += samples.count
            first = values[:, 0].astype(int)
            response.play.answers.extend(np.where(first < 3, first, -1).tolist())
            if m.votes:
                ballots = np.zeros((samples.count, 3), "<u4")
                ballots[np.arange(samples.count), np.minimum(first, 2)] = 16
                response.play.votes = ballots.tobytes()
            done += samples.count
            self.send(response)
            if samples.last:
                break
        response = _messages.Response()
        self.cost(response.play.cost, chip)
        response.play.samples, response.play.seconds, response.play.events = done, 2.0, 5
        response.play.cancelled = cancelled
        response.play.step = 16 * done
        if not m.on_copy:
            chip.step = 16 * done
        self.answer(request, response)

    # --- Files ---

    def serve_save(self, request: Any, m: Any, chip: Chip) -> None:
        self.server.files[m.name] = m.note.encode()
        response = _messages.Response()
        response.save.bytes, response.save.step = len(m.note), chip.step
        self.answer(request, response)

    def serve_restore(self, request: Any, m: Any, chip: Chip) -> None:
        chip.network = "fake"
        response = _messages.Response()
        response.restore.note = self.server.files[m.name].decode()
        self.answer(request, response)

    def serve_upload(self, request: Any, m: Any, chip: Any) -> None:
        before = self.server.files.get(m.name, b"") if m.offset else b""
        assert len(before) == m.offset
        self.server.files[m.name] = before + m.data
        response = _messages.Response()
        response.upload.bytes = len(before) + len(m.data)
        self.answer(request, response)

    def serve_download(self, request: Any, m: Any, chip: Any) -> None:
        if m.name not in self.server.files:
            self.answer(request, error("NOT_FOUND", f"file: {m.name}", subject=m.name))
            return
        content = self.server.files[m.name]
        response = _messages.Response()
        response.download.data = content[m.offset : m.offset + m.most_bytes]
        response.download.bytes = len(content)
        self.answer(request, response)

    def serve_files(self, request: Any, m: Any, chip: Any) -> None:
        response = _messages.Response()
        for name, content in sorted(self.server.files.items()):
            response.files.files.add(name=name, bytes=len(content))
        self.answer(request, response)

    def serve_remove(self, request: Any, m: Any, chip: Any) -> None:
        del self.server.files[m.name]
        response = _messages.Response()
        response.remove.SetInParent()
        self.answer(request, response)


def frame(message: Any) -> bytes:
    """A message behind its length."""
    data: bytes = message.SerializeToString()
    length, prefix = len(data), bytearray()
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    return bytes(prefix) + data


class FakeServer:
    """Serves on a free port of the loopback until it is closed."""

    def __init__(self, unix: str | None = None, ssl: SSLContext | None = None) -> None:
        self.token = ""
        self.max_frame_bytes = 1 << 24
        self.queue: tuple[int, ...] = ()
        self.overrides: dict[str, Callable[[Session, Any], Any]] = {}
        self.requests: list[Any] = []
        self.sessions: set[Session] = set()
        self.chips: list[Chip] = []
        self.released: list[str] = []
        self.unwatched: list[str] = []
        self.cancelled: list[int] = []
        self.samples: list[Any] = []
        self.files: dict[str, bytes] = {}
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="fake server")
        self._thread.start()
        if unix is None:
            making: Any = self.loop.create_server(lambda: Session(self), "127.0.0.1", 0, ssl=ssl)
        else:
            making = self.loop.create_unix_server(lambda: Session(self), unix)
        self._server = asyncio.run_coroutine_threadsafe(making, self.loop).result(100)
        if unix is None:
            self.uri = (
                f"{'engrams' if ssl else 'engram'}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
            )
        else:
            self.uri = f"engram+unix://{unix}"

    def calls(self, kind: str) -> list[Any]:
        """The requests of a kind so far."""
        return [getattr(r, kind) for r in self.requests if r.WhichOneof("call") == kind]

    def hang_up(self) -> None:
        """Cuts all connections."""
        self._do(lambda: [session.transport.abort() for session in list(self.sessions)])

    def close(self) -> None:
        self._do(self._server.close)
        self.hang_up()

        async def settle() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            while self.sessions:
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(settle(), self.loop).result(100)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(100)
        self.loop.close()

    def _do(self, what: Callable[[], Any]) -> None:
        async def do() -> None:
            what()

        asyncio.run_coroutine_threadsafe(do(), self.loop).result(100)
