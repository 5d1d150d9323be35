"""What a call can fail with. Each class stands for one code of the protocol.

Where Python has an exception for the same thing, the class is one of those too: ``NotFound`` is a
``LookupError``, ``DeadlineExceeded`` a ``TimeoutError``, ``Unavailable`` a ``ConnectionError``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class EngramError(Exception):
    """A call failed.

    Attributes:
        code: the kind of failure, as in ``google.rpc.Code``, such as ``"NOT_FOUND"``
        message: what, where, the two numbers, what to do
        reasons: each single fault, where a description or an image has several
        subject: the network's own name for what is at fault, such as that of a population; or ``""``
        retry_after: seconds after which the same call may succeed; ``None`` if that is not known
    """

    code: ClassVar[str] = "UNKNOWN"

    def __init__(
        self,
        message: str,
        *,
        reasons: Sequence[str] = (),
        subject: str = "",
        retry_after: float | None = None,
    ) -> None:
        text = message
        if subject and subject not in message:
            text = f"{subject}: {text}"
        for reason in reasons:
            if reason != message:
                text += f"\n  {reason}"
        super().__init__(text)
        self.message = message
        self.reasons = tuple(reasons)
        self.subject = subject
        self.retry_after = retry_after
        self._text = text

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._text!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.message, self.reasons, self.subject, self.retry_after)


class Cancelled(EngramError):
    """The call was cancelled, by this client or because the lease ended."""

    code = "CANCELLED"


class Unknown(EngramError):
    """A failure of unknown kind."""


class InvalidArgument(EngramError, ValueError):
    """The call is wrong, whatever the chip's state. Also raised before anything is sent."""

    code = "INVALID_ARGUMENT"


class DeadlineExceeded(EngramError, TimeoutError):
    """The time that the call had is over."""

    code = "DEADLINE_EXCEEDED"


class NotFound(EngramError, LookupError):
    """Nothing has that name."""

    code = "NOT_FOUND"


class AlreadyExists(EngramError):
    """Something has that name already."""

    code = "ALREADY_EXISTS"


class PermissionDenied(EngramError, PermissionError):
    """The token does not allow it, or the chip is driven by somebody else."""

    code = "PERMISSION_DENIED"


class ResourceExhausted(EngramError):
    """A quota, a queue or a window is full."""

    code = "RESOURCE_EXHAUSTED"


class FailedPrecondition(EngramError):
    """Not in this state: nothing is loaded, a run is on its way, the chip has stopped."""

    code = "FAILED_PRECONDITION"


class Aborted(EngramError):
    """Given up in the middle; try again higher up."""

    code = "ABORTED"


class OutOfRange(EngramError, IndexError):
    """A step, neuron or word that is out of range in the state that the chip is in."""

    code = "OUT_OF_RANGE"


class Unimplemented(EngramError, NotImplementedError):
    """This server can't do it."""

    code = "UNIMPLEMENTED"


class Internal(EngramError):
    """A fault of the server's own, or bytes that are not the protocol."""

    code = "INTERNAL"


class Unavailable(EngramError, ConnectionError):
    """There is no connection, or the server is going down."""

    code = "UNAVAILABLE"


class DataLoss(EngramError):
    """Bytes in the store are damaged."""

    code = "DATA_LOSS"


class Unauthenticated(EngramError):
    """No token, or an unknown one."""

    code = "UNAUTHENTICATED"


# In the order of the codes, from 1.
_BY_CODE: tuple[type[EngramError], ...] = (
    Cancelled,
    Unknown,
    InvalidArgument,
    DeadlineExceeded,
    NotFound,
    AlreadyExists,
    PermissionDenied,
    ResourceExhausted,
    FailedPrecondition,
    Aborted,
    OutOfRange,
    Unimplemented,
    Internal,
    Unavailable,
    DataLoss,
    Unauthenticated,
)


def of_status(status: Any) -> EngramError:
    """The exception for a Status of the protocol."""
    known = 1 <= status.code <= len(_BY_CODE)
    return (_BY_CODE[status.code - 1] if known else Unknown)(
        status.message,
        reasons=list(status.reasons),
        subject=status.subject,
        retry_after=status.retry_after_ms / 1000 if status.retry_after_ms else None,
    )


def _again(
    kind: type[EngramError],
    message: str,
    reasons: Sequence[str],
    subject: str,
    retry_after: float | None,
) -> EngramError:
    return kind(message, reasons=reasons, subject=subject, retry_after=retry_after)
