"""Events as structured arrays, and the columns in which they travel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import Internal, InvalidArgument

#: An event: the step that it belongs to, the neuron, and what it carries. Arrays that come from a
#: chip are ascending by step, and by neuron within a step.
EVENT: np.dtype[Any] = np.dtype([("step", "<u8"), ("neuron", "<u4"), ("payload", "<i2")])

#: An array with the dtype EVENT.
Events = npt.NDArray[np.void]

_LIMITS = {
    "<u8": (0, 2**64 - 1),
    "<u4": (0, 2**32 - 1),
    "<i2": (-(2**15), 2**15 - 1),
    "<i4": (-(2**31), 2**31 - 1),
}


def events(step: npt.ArrayLike, neuron: npt.ArrayLike, payload: npt.ArrayLike = 1) -> Events:
    """Puts columns together; a single number stands for as many as the others have.

    Raises:
        InvalidArgument: a number is none that the field can hold
    """
    columns = {
        "step": column("step", step, "<u8"),
        "neuron": column("neuron", neuron, "<u4"),
        "payload": column("payload", payload, "<i2"),
    }
    try:
        shape = np.broadcast_shapes(*(c.shape for c in columns.values()))
    except ValueError as e:
        lengths = ", ".join(f"{name} {c.size}" for name, c in columns.items())
        raise InvalidArgument(f"events: columns of different length: {lengths}") from e
    result = np.empty(shape, EVENT).reshape(-1)
    for name, values in columns.items():
        result[name] = values
    return result


def column(name: str, values: npt.ArrayLike, kind: str) -> npt.NDArray[Any]:
    """Values as a contiguous column of a kind such as ``"<u4"``.

    Raises:
        InvalidArgument: a value is no integer, or none that the kind can hold
    """
    array = np.asarray(values)
    if array.size == 0:
        return np.empty(array.shape, kind)
    if array.dtype.kind not in "iub":
        raise InvalidArgument(f"{name}: {array.dtype} (expected: integers)")
    if not np.can_cast(array.dtype, kind, "safe"):
        limits = np.iinfo(kind)
        low, high = int(limits.min), int(limits.max)
        least, most = int(array.min()), int(array.max())
        if least < low or most > high:
            raise InvalidArgument(f"{name}: {least if least < low else most} (expected: {low} to {high})")
    return np.asarray(array, kind, order="C")


def split(given: npt.ArrayLike) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None, npt.NDArray[Any] | None]:
    """Columns of events that a user gave: neurons, payloads, steps; ``None`` for what is left out.

    Args:
        given: a structured array with at least a field ``neuron``, or indices of neurons
    """
    array = np.asarray(given).reshape(-1)
    names = array.dtype.names
    if names is None:
        return column("neuron", array, "<u4"), None, None
    unknown = [name for name in names if name not in ("step", "neuron", "payload")]
    if unknown or "neuron" not in names:
        raise InvalidArgument(
            f"events: fields {', '.join(names)} (expected: neuron, and step and payload if wanted)"
        )
    return (
        column("neuron", array["neuron"], "<u4"),
        column("payload", array["payload"], "<i2") if "payload" in names else None,
        column("step", array["step"], "<u8") if "step" in names else None,
    )


def joined(batches: Sequence[Any]) -> Events:
    """The events of some SubscribeResponses, in their order, in one array."""
    steps = [batch.steps for batch in batches]
    neurons = [batch.neurons for batch in batches]
    payloads = [batch.payloads for batch in batches]
    counts = [len(n) // 4 for n in neurons]
    for s, n, p, count in zip(steps, neurons, payloads, counts, strict=True):
        if len(s) != 8 * count or len(n) != 4 * count or len(p) not in (0, 2 * count):
            raise Internal(
                f"events: columns of {len(s)}, {len(n)} and {len(p)} bytes (expected: 8, 4 and 2 an event)"
            )
    result = np.empty(sum(counts), EVENT)
    result["step"] = np.frombuffer(steps[0] if len(steps) == 1 else b"".join(steps), "<u8")
    result["neuron"] = np.frombuffer(neurons[0] if len(neurons) == 1 else b"".join(neurons), "<u4")
    if not any(payloads):
        result["payload"] = 1
    elif all(payloads):
        result["payload"] = np.frombuffer(payloads[0] if len(payloads) == 1 else b"".join(payloads), "<i2")
    else:
        end = 0
        for p, count in zip(payloads, counts, strict=True):
            begin, end = end, end + count
            result["payload"][begin:end] = np.frombuffer(p, "<i2") if p else 1
    return result
