from __future__ import annotations

import numpy as np
import pytest

import engram
from engram import EVENT, _messages
from engram.events import column, joined, split


def batch(steps: list[int], neurons: list[int], payloads: list[int]) -> object:
    m = _messages.Response().events
    m.steps = np.array(steps, "<u8").tobytes()
    m.neurons = np.array(neurons, "<u4").tobytes()
    m.payloads = np.array(payloads, "<i2").tobytes()
    return m


def test_an_event_has_14_bytes_little_endian() -> None:
    given = np.array([(0x0102030405060708, 0x0A0B0C0D, -2)], EVENT)
    assert given.tobytes() == bytes([8, 7, 6, 5, 4, 3, 2, 1, 0x0D, 0x0C, 0x0B, 0x0A, 0xFE, 0xFF])


def test_a_single_number_stands_for_all() -> None:
    assert engram.events([1, 2], 3).tolist() == [(1, 3, 1), (2, 3, 1)]
    assert engram.events(4, [5, 6], [-7, 8]).tolist() == [(4, 5, -7), (4, 6, 8)]
    assert len(engram.events([], [])) == 0
    with pytest.raises(engram.InvalidArgument, match="step 2, neuron 3, payload 1"):
        engram.events([1, 2], [1, 2, 3])
    with pytest.raises(engram.InvalidArgument, match=r"payload: 32768 \(expected: -32768 to 32767\)"):
        engram.events(0, 0, 32768)


@pytest.mark.parametrize("kind", ["<u1", "<i2", ">i4", "<u4", "<i8", "<u8", "?"])
def test_takes_integers_of_every_width_that_fit(kind: str) -> None:
    values = column("neuron", np.array([0, 1], kind), "<u4")
    assert values.dtype == np.dtype("<u4")
    assert values.tolist() == [0, 1]


def test_names_the_value_that_does_not_fit() -> None:
    with pytest.raises(engram.InvalidArgument, match=r"neuron: 4294967296 \(expected: 0 to 4294967295\)"):
        column("neuron", np.array([0, 2**32]), "<u4")
    with pytest.raises(engram.InvalidArgument, match=r"step: -1 \(expected: 0 to 18446744073709551615\)"):
        column("step", [-1], "<u8")
    assert column("step", np.array([2**64 - 1], np.uint64), "<u8")[0] == 2**64 - 1


def test_splits_what_a_user_gives() -> None:
    neurons, payloads, steps = split(np.array([(1, 2, 3)], EVENT))
    assert (neurons.tolist(), payloads, steps) == ([2], [3], [1])
    assert neurons.flags.c_contiguous
    neurons, payloads, steps = split(7)
    assert (neurons.tolist(), payloads, steps) == ([7], None, None)
    with pytest.raises(engram.InvalidArgument, match="fields neuron, when"):
        split(np.zeros(1, [("neuron", "<u4"), ("when", "<u8")]))
    with pytest.raises(engram.InvalidArgument, match="fields step"):
        split(np.zeros(1, [("step", "<u8")]))


def test_joins_batches_with_and_without_payloads() -> None:
    plain, graded = batch([1, 1], [0, 2], []), batch([2], [1], [-5])
    assert joined([plain]).tolist() == [(1, 0, 1), (1, 2, 1)]
    assert joined([graded, graded]).tolist() == [(2, 1, -5)] * 2
    assert joined([plain, graded, plain]).tolist() == [(1, 0, 1), (1, 2, 1), (2, 1, -5), (1, 0, 1), (1, 2, 1)]
    assert joined([batch([], [], [])]).dtype == EVENT


def test_what_is_joined_can_be_written() -> None:
    joined([batch([1], [0], [])])["neuron"] = 3


@pytest.mark.parametrize(
    "columns", [([1], [0, 1], []), ([1, 2], [0], []), ([1, 2], [0, 1], [1]), ([1], [0], [1, 2])]
)
def test_refuses_columns_of_different_length(columns: tuple[list[int], list[int], list[int]]) -> None:
    with pytest.raises(engram.Internal, match="expected: 8, 4 and 2 an event"):
        joined([batch([0], [0], []), batch(*columns)])
