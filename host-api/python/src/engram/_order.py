"""The order in which an epoch presents its samples: that of ``./engram train``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_MULTIPLIER = 0x5DEECE66D
_MASK = (1 << 48) - 1


def sample_order(seed: int, epoch: int, count: int) -> npt.NDArray[np.int64]:
    """A permutation of 0 to ``count - 1`` that depends on seed and epoch alone.

    It is shuffled with the generator of ``java.util.Random``, whose algorithm Java's specification
    gives, so that the same samples meet the same chance whatever the client is written in.
    """
    state = ((seed * 1_000_003 + epoch) ^ _MULTIPLIER) & _MASK
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        bound = i + 1
        state = (state * _MULTIPLIER + 0xB) & _MASK
        bits = state >> 17
        if bound & i == 0:
            j = (bound * bits) >> 31
        else:
            j = bits % bound
            while bits - j + i >= 1 << 31:
                state = (state * _MULTIPLIER + 0xB) & _MASK
                bits = state >> 17
                j = bits % bound
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.int64)
