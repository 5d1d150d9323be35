from __future__ import annotations

from engram._order import sample_order


def test_shuffles_as_java_does() -> None:
    # From engram.firmware.recipe.SampleOrder.
    assert sample_order(1, 0, 10).tolist() == [1, 2, 6, 5, 4, 3, 8, 9, 0, 7]
    assert sample_order(-3, 2, 16).tolist() == [2, 4, 6, 7, 15, 14, 5, 1, 8, 0, 10, 12, 9, 11, 13, 3]
    assert sample_order(123456789012345, 99, 7).tolist() == [1, 4, 0, 2, 3, 5, 6]


def test_shuffles_a_whole_data_set_as_java_does() -> None:
    order = sample_order(7, 5, 60_000).tolist()
    assert order[:2] == [30450, 7593]
    # java.util.Arrays.hashCode
    code = 1
    for index in order:
        code = (31 * code + index) & 0xFFFF_FFFF
    assert code == -612899321 & 0xFFFF_FFFF
