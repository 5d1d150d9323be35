"""What goes wrong with a chip, on purpose. With the same faults a run gives the same digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from . import model
from .errors import InvalidArgument

#: Probability 1, as it is sent.
_CERTAIN = 1 << 32

#: A memory whose bits can flip: ``Field`` (a word a neuron) or ``Weights`` (a word a synapse, with ``tag``
#: the word beside the weight).
Memory = model.Field | model.Weights


@dataclass(frozen=True)
class BitFlip:
    """One stored bit turns over.

    Attributes:
        index: the word: neuron, or ``source * targets + target`` of a synapse that there is
        bit: of the word, 0 the lowest; the highest of a signed word is its sign
        step: before which it takes place; ``None``: at once, and then it is over
    """

    memory: Memory
    index: int
    bit: int
    step: int | None = None


@dataclass(frozen=True)
class RandomFlips:
    """Bits of one memory turn over, none twice, drawn when they do.

    Attributes:
        count: number of bits
        seed: of the draws
        step: before which it takes place; ``None``: at once, and then it is over
    """

    memory: Memory
    count: int
    seed: int = 0
    step: int | None = None


@dataclass(frozen=True)
class DeadCore:
    """A core takes no events, runs no program, emits nothing; what it holds stays.

    Attributes:
        from_step: first step; ``None``: the one that comes next
        until_step: the step behind the last one; ``None``: it does not end
    """

    core: int
    from_step: int | None = None
    until_step: int | None = None


@dataclass(frozen=True)
class PacketLoss:
    """Events get lost on their way.

    Attributes:
        probability: 0 to 1; rounded to a multiple of ``2**-32``
        seed: of the draws
        from_core: core whose events alone are meant; ``None``: all, and what hosts inject
        to_core: core that alone misses them; ``None``: all do
        from_step: first step whose emissions are meant; ``None``: the one that comes next
        until_step: the step behind the last one; ``None``: it does not end
    """

    probability: float
    seed: int = 0
    from_core: int | None = None
    to_core: int | None = None
    from_step: int | None = None
    until_step: int | None = None


Fault = BitFlip | RandomFlips | DeadCore | PacketLoss


def _set(m: Any, **values: int | None) -> None:
    """Sets what is given."""
    for name, value in values.items():
        if value is not None:
            try:
                setattr(m, name, value)
            except ValueError:
                raise InvalidArgument(f"{name}: {value} (expected: what the protocol can hold)") from None


def _memory(m: Any, memory: Memory) -> None:
    if isinstance(memory, model.Field):
        m.field.population = memory.population
        m.field.field = memory.field
    else:
        if memory.first_source or memory.sources:
            raise InvalidArgument(
                f"sources: {memory.first_source}, {memory.sources} (expected: all; index tells the synapse)"
            )
        m.synapses.projection = memory.projection
        m.synapses.tag = memory.tag


def message(m: Any, faults: Iterable[Fault]) -> None:
    """Writes faults into an InjectFaultsRequest."""
    for fault in faults:
        one = m.faults.add()
        if isinstance(fault, BitFlip):
            _memory(one.bit_flip.memory, fault.memory)
            _set(one.bit_flip, index=fault.index, bit=fault.bit, step=fault.step)
        elif isinstance(fault, RandomFlips):
            _memory(one.random_flips.memory, fault.memory)
            _set(one.random_flips, count=fault.count, seed=fault.seed, step=fault.step)
        elif isinstance(fault, DeadCore):
            one.dead_core.SetInParent()
            _set(
                one.dead_core,
                core=fault.core,
                from_step=fault.from_step,
                until_step=fault.until_step,
            )
        else:
            if not 0 <= fault.probability <= 1:
                raise InvalidArgument(f"probability: {fault.probability} (expected: 0 to 1)")
            one.packet_loss.SetInParent()
            _set(
                one.packet_loss,
                probability=round(fault.probability * _CERTAIN),
                seed=fault.seed,
                from_core=fault.from_core,
                to_core=fault.to_core,
                from_step=fault.from_step,
                until_step=fault.until_step,
            )


def _get(m: Any, name: str) -> int | None:
    return int(getattr(m, name)) if m.HasField(name) else None


def _read_memory(m: Any) -> Memory:
    if m.WhichOneof("what") == "field":
        return model.Field(m.field.population, m.field.field)
    return model.Weights(m.synapses.projection, m.synapses.tag)


def _read(m: Any) -> Fault:
    kind = m.WhichOneof("kind")
    if kind == "bit_flip":
        flip = m.bit_flip
        return BitFlip(_read_memory(flip.memory), flip.index, flip.bit, _get(flip, "step"))
    if kind == "random_flips":
        flips = m.random_flips
        return RandomFlips(_read_memory(flips.memory), flips.count, flips.seed, _get(flips, "step"))
    if kind == "dead_core":
        dead = m.dead_core
        return DeadCore(dead.core, _get(dead, "from_step"), _get(dead, "until_step"))
    loss = m.packet_loss
    return PacketLoss(
        loss.probability / _CERTAIN,
        loss.seed,
        _get(loss, "from_core"),
        _get(loss, "to_core"),
        _get(loss, "from_step"),
        _get(loss, "until_step"),
    )


def read(m: Any) -> tuple[Fault, ...]:
    """Reads a FaultsResponse."""
    return tuple(_read(fault) for fault in m.faults)
