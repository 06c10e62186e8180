"""The states of an engine, which may follow which, and why it is in the one it is in.

    stopped -> starting -> running <-> degraded
                           running, degraded <-> paused
               any of these -> draining -> stopped
               any of these -> failed; stopped, failed -> starting

Pure: the table is data. Reasons to pause and to be degraded are sets: an engine runs again when both are empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """What an engine is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    DEGRADED = "degraded"
    PAUSED = "paused"
    DRAINING = "draining"
    FAILED = "failed"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.STOPPED: frozenset({State.STARTING}),
    State.STARTING: frozenset({State.RUNNING, State.DRAINING, State.FAILED}),
    State.RUNNING: frozenset({State.DEGRADED, State.PAUSED, State.DRAINING, State.FAILED}),
    State.DEGRADED: frozenset({State.RUNNING, State.PAUSED, State.DRAINING, State.FAILED}),
    State.PAUSED: frozenset({State.RUNNING, State.DEGRADED, State.DRAINING, State.FAILED}),
    State.DRAINING: frozenset({State.STOPPED, State.FAILED}),
    State.FAILED: frozenset({State.STARTING}),
}
SERVING = frozenset({State.RUNNING, State.DEGRADED, State.PAUSED})


class TransitionError(ValueError):
    """A state that may not follow the one before."""


@dataclass(slots=True)
class Lifecycle:
    """The state of one engine. `since` and `now` are seconds since the epoch."""

    state: State = State.STOPPED
    since: float = 0.0
    why: str = ""
    pause_reasons: dict[str, str] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)

    def move(self, to: State, now: float, why: str = "") -> None:
        """Go to another state. Raises TransitionError."""
        if to not in TRANSITIONS[self.state]:
            raise TransitionError(f"an engine that is {self.state} cannot become {to}")
        self.state, self.since, self.why = to, now, why

    def settle(self, now: float) -> bool:
        """While it serves: paused if there is a reason to, else degraded if there is trouble, else running.

        Returns whether the state changed; `why` names the reasons in any case.
        """
        if self.state not in SERVING:
            return False
        reasons = self.pause_reasons or self.troubles
        self.why = "; ".join(reasons.values())
        wanted = State.PAUSED if self.pause_reasons else State.DEGRADED if self.troubles else State.RUNNING
        if wanted is self.state:
            return False
        self.move(wanted, now, self.why)
        return True
