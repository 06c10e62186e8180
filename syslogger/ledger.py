"""The loss ledger: the counters and the equation that ties them together.

    offered  = kernel_dropped + received
    received = stored + refused + empty + sum(dropped) + in_flight

Every term is counted where it happens and none is computed as a rest, so that what the equation cannot explain can be
shown: `unexplained`, which is 0 unless we have a bug.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class DropReason(StrEnum):
    """Why a datagram that was received is not in a day file. A closed list; `sentence` says it to people."""

    ABANDONED = "abandoned"
    PAUSED = "paused"
    NO_SPACE = "no_space"

    @property
    def sentence(self) -> str:
        """What happened, for an operator."""
        return _SENTENCES[self]


_SENTENCES = {
    DropReason.ABANDONED: "The engine ended before these could be stored: a drain's deadline passed or a process died.",
    DropReason.PAUSED: "An operator had paused the engine; datagrams were read and counted, not stored.",
    DropReason.NO_SPACE: "The disk was fuller than SPACE_PERCENTAGE_TO_STOP allows; datagrams were read and counted.",
}
DROP_REASONS = tuple(DropReason)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of received messages; adds up by `+`, differs by `-`."""

    stored: int = 0
    refused: int = 0
    empty: int = 0
    truncated: int = 0
    dropped: tuple[int, ...] = (0,) * len(DROP_REASONS)

    @property
    def settled(self) -> int:
        """Messages whose fate is known (`truncated` is a mark on a message, not a fate)."""
        return self.stored + self.refused + self.empty + sum(self.dropped)

    def __add__(self, other: Counts) -> Counts:
        return Counts.of(a + b for a, b in zip(self.numbers(), other.numbers(), strict=True))

    def __sub__(self, other: Counts) -> Counts:
        return Counts.of(a - b for a, b in zip(self.numbers(), other.numbers(), strict=True))

    def numbers(self) -> tuple[int, ...]:
        """All counters in the order in which they lie in shared memory."""
        return (self.stored, self.refused, self.empty, self.truncated, *self.dropped)

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Counts:
        """The inverse of `numbers`."""
        stored, refused, empty, truncated, *dropped = (int(number) for number in numbers)
        return cls(stored, refused, empty, truncated, tuple(dropped))

    @classmethod
    def drop(cls, reason: DropReason, count: int) -> Counts:
        """`count` messages lost for one reason."""
        return cls(dropped=tuple(count if each is reason else 0 for each in DROP_REASONS))


COUNTERS = len(Counts().numbers())


@dataclass(frozen=True, slots=True)
class Ledger:
    """One consistent moment of the ledger."""

    received: int = 0
    kernel_dropped: int = 0
    counts: Counts = field(default_factory=Counts)
    in_flight: int = 0

    @property
    def offered(self) -> int:
        """What arrived at the socket, taken or not."""
        return self.kernel_dropped + self.received

    @property
    def unexplained(self) -> int:
        """What the equation leaves over."""
        return self.received - self.counts.settled - self.in_flight

    def as_json(self) -> dict[str, object]:
        """The ledger under its public keys."""
        return {
            "offered": self.offered,
            "kernel_dropped": self.kernel_dropped,
            "received": self.received,
            "stored": self.counts.stored,
            "refused": self.counts.refused,
            "empty": self.counts.empty,
            "dropped": dropped_json(self.counts),
            "in_flight": self.in_flight,
            "unexplained": self.unexplained,
            "truncated": self.counts.truncated,
        }


def dropped_json(counts: Counts) -> dict[str, int]:
    """The drops by reason."""
    return {reason.value: count for reason, count in zip(DROP_REASONS, counts.dropped, strict=True)}
