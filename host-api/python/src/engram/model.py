"""What a chip tells: plain values, each with the text and the table that a notebook shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from . import _messages
from .errors import NotFound

T = TypeVar("T")

#: Words as they are stored: 32 bits, signed.
Ints = npt.NDArray[np.int32]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = "".join(f"<th>{escape(h)}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


@dataclass(frozen=True)
class Symbol:
    """A word that each neuron of a population has.

    Attributes:
        fraction_bits: bits behind the binary point: a word of ``2**fraction_bits`` means 1.0
        writable: a host can write it
    """

    name: str
    bits: int
    signed: bool
    fraction_bits: int
    writable: bool

    @property
    def type(self) -> str:
        """Its type as in a source file, such as ``s16 q(8)``."""
        fraction = f" q({self.fraction_bits})" if self.fraction_bits else ""
        return f"{'s' if self.signed else 'u'}{self.bits}{fraction}"


@dataclass(frozen=True)
class PopulationInfo:
    """A population of neurons.

    Attributes:
        external: hosts inject its events; it has no program
        symbols: what can be read of it
        streams: what can be subscribed to
        lag: steps by which it sees registers and clock later
    """

    name: str
    neurons: int
    external: bool
    program: str
    symbols: tuple[Symbol, ...]
    streams: tuple[str, ...]
    cores: tuple[int, ...]
    lag: int


@dataclass(frozen=True)
class ProjectionInfo:
    """Synapses from one population to another.

    Attributes:
        source: population and stream that its events come from
        target: population and accumulator that they add into
        weight_bits: bits of a weight
        fraction_bits: bits of a weight behind the binary point: a weight of ``2**fraction_bits`` means 1.0
        plastic: it learns
        tags: words beside the weight that can be read
        mirror_of: the projection that it is the mirror of, or ``""``
    """

    name: str
    source: str
    target: str
    weight_bits: int
    signed: bool
    fraction_bits: int
    plastic: bool
    tags: tuple[str, ...]
    mirror_of: str


@dataclass(frozen=True)
class RegisterInfo:
    """A global register, with its lowest and highest value."""

    name: str
    min: int
    max: int


@dataclass(frozen=True)
class SamplePort:
    """How samples are presented.

    Attributes:
        data: population that holds the sample's values
        values: values of a sample
        max_value: highest value
        classes: number of classes
        steps: timesteps of a sample that the network was made for
    """

    data: str
    values: int
    max_value: int
    classes: int
    steps: int


@dataclass(frozen=True)
class ChipInfo:
    """What a chip is and holds.

    Attributes:
        preset: kind of the chip
        network: name of the network; ``""`` if nothing is loaded, and all that follows is empty too
        step: number of the step that comes next
        seed: seed of all draws
        samples: how samples are presented; ``None`` if the network takes none
        cores: cores in use
        remarks: what a user should know of how programs run
        running: a run or a play is on its way
    """

    preset: str
    network: str
    step: int
    seed: int
    populations: Mapping[str, PopulationInfo]
    projections: Mapping[str, ProjectionInfo]
    registers: Mapping[str, RegisterInfo]
    samples: SamplePort | None
    cores: tuple[int, ...]
    remarks: tuple[str, ...]
    running: bool

    def population(self, name: str) -> PopulationInfo:
        """The population of a name.

        Raises:
            NotFound: there is none
        """
        return _named("population", name, self.populations)

    def projection(self, name: str) -> ProjectionInfo:
        """The projection of a name.

        Raises:
            NotFound: there is none
        """
        return _named("projection", name, self.projections)

    def __repr__(self) -> str:
        if not self.network:
            return f"<{self.preset}, empty>"
        lines = [
            f"<{self.preset}, network {self.network}, step {self.step}{', running' if self.running else ''}>"
        ]
        lines += [f"  {row[0]}: {', '.join(str(c) for c in row[1:] if c)}" for row in self._populations()]
        lines += [f"  {row[0]}: {', '.join(str(c) for c in row[1:] if c)}" for row in self._projections()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self.network:
            return f"<p><b>{escape(self.preset)}</b>, empty</p>"
        return (
            f"<p><b>{escape(self.preset)}</b>, network <b>{escape(self.network)}</b>, step {self.step}"
            f"{', running' if self.running else ''}, {len(self.cores)} cores</p>"
            + _table(("population", "neurons", "program", "streams"), self._populations())
            + _table(("projection", "synapses", "weights", ""), self._projections())
        )

    def _populations(self) -> list[tuple[str, str, str, str]]:
        return [
            (p.name, f"{p.neurons} neurons", "external" if p.external else p.program, " ".join(p.streams))
            for p in self.populations.values()
        ]

    def _projections(self) -> list[tuple[str, str, str, str]]:
        return [
            (
                p.name,
                f"{p.source} to {p.target}",
                Symbol("", p.weight_bits, p.signed, p.fraction_bits, False).type,
                f"mirror of {p.mirror_of}" if p.mirror_of else "plastic" if p.plastic else "",
            )
            for p in self.projections.values()
        ]


def _named(what: str, name: str, among: Mapping[str, T]) -> T:
    if name not in among:
        names = ", ".join(among) or "none, as nothing is loaded"
        raise NotFound(f"{what}: {name} (expected: one of {names})", subject=name)
    return among[name]


def chip_info(m: Any) -> ChipInfo:
    """Reads a DescribeResponse."""
    return ChipInfo(
        preset=m.preset,
        network=m.network,
        step=m.step,
        seed=m.seed,
        populations={
            p.name: PopulationInfo(
                p.name,
                p.neurons,
                p.external,
                p.program,
                tuple(Symbol(s.name, s.bits, s.signed, s.fraction_bits, s.writable) for s in p.symbols),
                tuple(p.streams),
                tuple(p.cores),
                p.lag,
            )
            for p in m.populations
        },
        projections={
            p.name: ProjectionInfo(
                p.name,
                p.source,
                p.target,
                p.weight_bits,
                p.signed,
                p.fraction_bits,
                p.plastic,
                tuple(p.tags),
                p.mirror_of,
            )
            for p in m.projections
        },
        registers={r.name: RegisterInfo(r.name, r.min, r.max) for r in m.registers},
        samples=SamplePort(
            m.samples.data, m.samples.values, m.samples.max_value, m.samples.classes, m.samples.steps
        )
        if m.HasField("samples")
        else None,
        cores=tuple(m.cores),
        remarks=tuple(m.remarks),
        running=m.running,
    )


@dataclass(frozen=True)
class Pool:
    """A kind of chip: how many there are, how many of them are free, how many leases wait."""

    preset: str
    chips: int
    free: int
    queued: int


@dataclass(frozen=True)
class LeaseInfo:
    """A lease that runs.

    Attributes:
        name: by which it can be watched
        network: name of the network that is loaded, or ``""``
        step: number of the step that comes next
        attached: its client is connected
        watchers: clients that watch
    """

    name: str
    preset: str
    network: str
    step: int
    running: bool
    attached: bool
    watchers: int


@dataclass(frozen=True)
class Listing:
    """What a server has: kinds of chips, and leases that the token may watch."""

    pools: tuple[Pool, ...]
    leases: tuple[LeaseInfo, ...]

    def _repr_html_(self) -> str:
        return _table(
            ("chips", "number", "free", "queued"), [(p.preset, p.chips, p.free, p.queued) for p in self.pools]
        ) + _table(
            ("lease", "chip", "network", "step", "running", "watchers"),
            [(x.name, x.preset, x.network, x.step, x.running, x.watchers) for x in self.leases],
        )


def listing(m: Any) -> Listing:
    """Reads a ListResponse."""
    return Listing(
        tuple(Pool(p.preset, p.chips, p.free, p.queued) for p in m.pools),
        tuple(
            LeaseInfo(x.name, x.preset, x.network, x.step, x.running, x.attached, x.watchers)
            for x in m.leases
        ),
    )


@dataclass(frozen=True)
class LoadReport:
    """What was loaded.

    Attributes:
        report: placement and headroom, for a person
        warnings: deadlines that a step is predicted to miss
        remarks: what a user should know of how programs run
    """

    report: str
    warnings: tuple[str, ...]
    remarks: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join((self.report.rstrip("\n"), *self.warnings, *self.remarks))


@dataclass(frozen=True)
class Cost:
    """Counts, cycles and energy, as the chip would count them.

    Attributes:
        counts: by name, such as ``forward-operations``
        cycles: cycles of all steps
        network_cycles: of them, in the network-on-chip
        core_cycles: cycles by core in use and phase
        link_flits: flits by router and direction: east, west, south, north
        energy: joules; ``None`` if a figure is missing
        energy_missing: terms that no public figure is known for
        energy_known: joules of the other terms
    """

    counts: Mapping[str, int]
    cycles: int
    network_cycles: int
    core_cycles: npt.NDArray[np.uint64] = field(repr=False)
    link_flits: npt.NDArray[np.uint64] = field(repr=False)
    energy: float | None
    energy_missing: tuple[str, ...]
    energy_known: float

    def _repr_html_(self) -> str:
        rows: list[tuple[str, object]] = [*self.counts.items()]
        rows += [("cycles", self.cycles), ("network cycles", self.network_cycles)]
        if self.energy is not None:
            rows.append(("energy", f"{self.energy:.4g} J"))
        else:
            rows.append((f"energy without {', '.join(self.energy_missing)}", f"{self.energy_known:.4g} J"))
        return _table(("cost", ""), rows)


def cost(m: Any) -> Cost:
    """Reads a Cost."""
    return Cost(
        counts=dict(sorted(m.counts.items())),
        cycles=m.cycles,
        network_cycles=m.network_cycles,
        core_cycles=np.array(m.core_cycles, np.uint64).reshape(-1, 5),
        link_flits=np.array(m.link_flits, np.uint64).reshape(-1, 4),
        energy=m.energy_joules if m.HasField("energy_joules") else None,
        energy_missing=tuple(m.energy_missing),
        energy_known=m.energy_known_joules,
    )


@dataclass(frozen=True)
class Pace:
    """How paced runs of a chip kept their time, since its lease began.

    Attributes:
        step_time: of the run that is on its way: seconds a step; 0.0 if none is, or it is not paced
        steps: steps of paced runs
        missed_deadlines: of them, those that began after the end of the time that was theirs
        lateness: seconds that they began late, the sum of all
        worst_lateness: the most that a step of the last paced run began late, in seconds
        busy: seconds that the chip took for them, the sum of all
    """

    step_time: float
    steps: int
    missed_deadlines: int
    lateness: float
    worst_lateness: float
    busy: float


@dataclass(frozen=True)
class StreamInfo:
    """A stream that is open on a chip.

    Attributes:
        kind: ``events``, ``probe``, ``udp_input`` or ``udp_output``
        about: a population or projection, with its stream, field or tag behind a dot; a register;
            ``counters``
        overflow: what happens when its credit is used up: ``block``, ``drop`` or ``fail``
        credit: events or readings that may be sent before the client grants more
        lost: what was dropped so far
        blocks: the chip waits for it
        drives: it belongs to the connection that drives the chip
    """

    kind: str
    about: str
    overflow: str
    credit: int
    lost: int
    blocks: bool
    drives: bool


@dataclass(frozen=True)
class Activity:
    """How a chip is doing. Counts begin with its lease.

    Attributes:
        step: number of the step that comes next
        running: a run or a training is on its way
        waits: it waits: for a stream that blocks, for samples
        pace: how paced runs kept their time
        waiting_events: injected events that wait for their step
        late_events: injected events that came after their step
        dropped_events: of them, dropped
        coalesced_events: injected events of a neuron that had emitted in the step already
        lost: what streams have dropped, those that have ended too
        streams: streams that are open
    """

    step: int
    running: bool
    waits: bool
    pace: Pace
    waiting_events: int
    late_events: int
    dropped_events: int
    coalesced_events: int
    lost: int
    streams: tuple[StreamInfo, ...]

    def _repr_html_(self) -> str:
        return _table(
            ("stream", "of", "credit", "lost", "overflow", ""),
            [
                (s.kind, s.about, s.credit, s.lost, s.overflow, "holds the chip up" if s.blocks else "")
                for s in self.streams
            ],
        )


def activity(m: Any) -> Activity:
    """Reads an ActivityResponse."""
    return Activity(
        step=m.step,
        running=m.running,
        waits=m.waits,
        pace=Pace(
            m.pace.step_us * 1e-6,
            m.pace.steps,
            m.pace.missed_deadlines,
            m.pace.lateness_us * 1e-6,
            m.pace.worst_lateness_us * 1e-6,
            m.pace.busy_us * 1e-6,
        ),
        waiting_events=m.waiting_events,
        late_events=m.late_events,
        dropped_events=m.dropped_events,
        coalesced_events=m.coalesced_events,
        lost=m.lost,
        streams=tuple(
            StreamInfo(
                _messages.label("StreamKind", s.kind),
                s.about,
                _messages.label("OverflowPolicy", s.overflow),
                s.credit,
                s.lost,
                s.blocks,
                s.drives,
            )
            for s in m.streams
        ),
    )


@dataclass(frozen=True)
class Digests:
    """Digests, SHA-256 in hexadecimal.

    Attributes:
        state: of all that the future depends on: equal for engines, threads, placements, machines
        cost: of all counts and cycles: equal for engines and threads
        step: number of the step that comes next
    """

    state: str
    cost: str
    step: int


@dataclass(frozen=True)
class Injection:
    """What became of injected events.

    Attributes:
        accepted: events taken, late ones that moved to the next step included
        late: events that were late
        dropped: of them, dropped
        step: number of the step that comes next
    """

    accepted: int
    late: int
    dropped: int
    step: int


@dataclass(frozen=True)
class EventCount:
    """Ends a run after the step in which a stream has emitted so many events since the run began."""

    population: str
    stream: str = "spike"
    count: int = 1


@dataclass(frozen=True)
class RegisterEquals:
    """Ends a run after the step that left a register with a value."""

    name: str
    value: int


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Attributes:
        end: ``done``, ``cancelled``, ``most_steps`` or ``released``
        steps: steps that were run
        step: number of the step that comes next
        missed_deadlines: steps of a paced run that began after the end of the time that was theirs
        worst_lateness: the most that a step of a paced run began late, in seconds
        late_events: events of all clients that came too late for their step during the run
        coalesced_events: events that fell on a neuron and a step that had one already, and became one
        seconds: of the wall clock
        lost_events: events that faults lost on their way during the run, once for every row that missed one
        dropped_events: events that were due in a dead core during the run, counted in the same way
    """

    end: str
    steps: int
    step: int
    missed_deadlines: int
    worst_lateness: float
    late_events: int
    coalesced_events: int
    seconds: float
    lost_events: int = 0
    dropped_events: int = 0


def run_result(m: Any) -> RunResult:
    """Reads a RunResponse."""
    return RunResult(
        end=_messages.label("RunEnd", m.end),
        steps=m.steps,
        step=m.step,
        missed_deadlines=m.missed_deadlines,
        worst_lateness=m.worst_lateness_us * 1e-6,
        late_events=m.late_events,
        coalesced_events=m.coalesced_events,
        seconds=m.seconds,
        lost_events=m.lost_events,
        dropped_events=m.dropped_events,
    )


@dataclass(frozen=True)
class Field:
    """Words of the neurons of a population, for a probe."""

    population: str
    field: str


@dataclass(frozen=True)
class Weights:
    """Weights of a projection, or with ``tag`` the words beside them, for a probe.

    Attributes:
        first_source: first neuron of the source
        sources: neurons of the source; 0 for all behind the first
    """

    projection: str
    tag: str = ""
    first_source: int = 0
    sources: int = 0


@dataclass(frozen=True)
class Register:
    """A global register, for a probe."""

    name: str


@dataclass(frozen=True)
class Counters:
    """Counts, cycles and energy, for a probe."""


@dataclass(frozen=True)
class Reading:
    """What a probe read.

    Attributes:
        step: number of the step that comes next
        values: words: one a neuron, a matrix of weights by source and target, or one for a register;
            ``None`` if the probe reads counters
        cost: what the counters say; ``None`` if the probe reads words
    """

    step: int
    values: Ints | None
    cost: Cost | None


@dataclass(frozen=True)
class Progress:
    """How far training has come.

    Attributes:
        epoch: number of the epoch, from 1
        epochs: epochs in all
        samples: samples of this epoch that have been answered
        total: samples of an epoch
        accuracy: share of them that were answered right, while the network learned
        seconds: of the wall clock since the epoch began
    """

    epoch: int
    epochs: int
    samples: int
    total: int
    accuracy: float
    seconds: float

    @property
    def samples_per_second(self) -> float:
        return self.samples / self.seconds if self.seconds > 0 else 0.0

    def __str__(self) -> str:
        return (
            f"epoch {self.epoch} of {self.epochs}: {self.samples} of {self.total} samples, "
            f"{self.accuracy:.1%} right, {self.samples_per_second:.0f} samples/s"
        )


@dataclass(frozen=True)
class Epoch:
    """A pass over the samples.

    Attributes:
        number: from 1
        samples: samples that were presented
        accuracy: share that was answered right, while the network learned
        seconds: of the chip's wall clock
        events: events that neurons emitted meanwhile
        cost: what it cost
    """

    number: int
    samples: int
    accuracy: float
    seconds: float
    events: int
    cost: Cost = field(repr=False)

    @property
    def samples_per_second(self) -> float:
        return self.samples / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class History(Sequence[Epoch]):
    """The epochs of a training."""

    epochs: tuple[Epoch, ...]

    @property
    def accuracy(self) -> npt.NDArray[np.float64]:
        """Accuracy while the network learned, by epoch."""
        return np.array([e.accuracy for e in self.epochs])

    def __getitem__(self, index: Any) -> Any:
        return self.epochs[index]

    def __len__(self) -> int:
        return len(self.epochs)

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def _repr_html_(self) -> str:
        return _table(
            ("epoch", "samples", "right", "samples/s"),
            [(e.number, e.samples, f"{e.accuracy:.2%}", f"{e.samples_per_second:.0f}") for e in self.epochs],
        )


@dataclass(frozen=True)
class Evaluation:
    """How a network classified samples whose class is known.

    Attributes:
        accuracy: share that was answered right; a sample without a vote was not
        confusion: samples by class and answer
        unanswered: samples without a vote
        answers: class with most votes by sample, the lowest of equals, -1 without votes
        seconds: of the chip's wall clock
        cost: what it cost
    """

    accuracy: float
    confusion: npt.NDArray[np.int64] = field(repr=False)
    unanswered: int
    answers: Ints = field(repr=False)
    seconds: float
    cost: Cost = field(repr=False)

    def _repr_html_(self) -> str:
        classes = range(len(self.confusion))
        return f"<p>{self.accuracy:.2%} right, {self.unanswered} unanswered</p>" + _table(
            ("class", *(str(c) for c in classes)), [(c, *self.confusion[c]) for c in classes]
        )


@dataclass(frozen=True)
class StoredFile:
    """A file in the server's store."""

    name: str
    bytes: int
