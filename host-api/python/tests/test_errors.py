from __future__ import annotations

import copy
import pickle

import pytest

from engram import EngramError, _messages, errors
from engram.errors import of_status

CODES = {number: _messages.label("Code", number) for number in range(1, 17)}


@pytest.mark.parametrize("number", CODES)
def test_every_code_has_a_class_of_its_name(number: int) -> None:
    error = of_status(_messages.Status(code=number, message="what", subject="cell", reasons=["why"]))
    assert error.code.lower() == CODES[number]
    assert type(error).__name__.lower() == CODES[number].replace("_", "")
    assert str(error) == "cell: what\n  why"
    assert (error.message, error.subject, error.reasons) == ("what", "cell", ("why",))


def test_a_code_that_is_new_is_of_unknown_kind() -> None:
    assert type(of_status(_messages.Status(code=99, message="new"))) is errors.Unknown


@pytest.mark.parametrize(
    ("kind", "standard"),
    [
        (errors.InvalidArgument, ValueError),
        (errors.DeadlineExceeded, TimeoutError),
        (errors.NotFound, LookupError),
        (errors.PermissionDenied, PermissionError),
        (errors.OutOfRange, IndexError),
        (errors.Unimplemented, NotImplementedError),
        (errors.Unavailable, ConnectionError),
    ],
)
def test_is_one_of_pythons_own_too(kind: type[EngramError], standard: type[Exception]) -> None:
    with pytest.raises(standard, match="text"):
        raise kind("text", subject="text", retry_after=2)


def test_a_subject_that_the_message_names_is_not_said_twice() -> None:
    assert str(errors.NotFound("population: cells (expected: cell)", subject="cells")).count("cells") == 1


@pytest.mark.parametrize("kind", [errors.NotFound, errors.Unavailable, errors.Internal])
def test_survives_pickling(kind: type[EngramError]) -> None:
    error = kind("what", subject="cell", reasons=("a", "b"), retry_after=0.5)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is kind
        assert str(again) == str(error)
        assert (again.subject, again.reasons, again.retry_after) == ("cell", ("a", "b"), 0.5)
