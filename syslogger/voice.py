"""What an engine says: answers and events to its owner, and the state that follows from its reasons.

A line is a JSON object with `event` and `at` (microseconds since the epoch). Nobody waits for an owner that is gone.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from syslogger.events import EventKind
from syslogger.ledger import DropReason
from syslogger.lifecycle import Lifecycle, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syslogger.lines import Lines
    from syslogger.ring import Ring

NO_SPACE = "no_space"
_KINDS = {State.PAUSED: EventKind.PAUSED, State.DEGRADED: EventKind.DEGRADED, State.DRAINING: EventKind.DRAINING}


class Voice:
    """Speaks for one engine. `ring` is set once there is one: its workers are told there whether to store."""

    def __init__(self, owner: Lines) -> None:
        self._owner = owner
        self.life = Lifecycle()
        self.ring: Ring | None = None

    @property
    def draining(self) -> bool:
        """Whether the engine is ending."""
        return self.life.state is State.DRAINING

    def tell(self, message: Mapping[str, object]) -> None:
        """Say something to the owner; nobody waits for one that is gone."""
        self._owner.say(message)

    def event(self, kind: EventKind, message: str, **details: Any) -> None:
        """Say that something has happened."""
        self.tell({"event": kind, "message": message, **details})

    def answer(self, number: int, result: Mapping[str, object]) -> None:
        """Answer a command."""
        self.tell({"event": "answer", "number": number, "result": result})

    def refuse(self, number: int | None, message: str, code: int) -> None:
        """Answer a command that cannot be obeyed."""
        self.tell({"event": "answer", "number": number, "error": {"message": message, "exit_code": int(code)}})

    def move(self, to: State, why: str = "") -> None:
        """Go to a state that does not follow from reasons."""
        self.life.move(to, time.time(), why)

    def trouble(self, name: str, why: str | None) -> None:
        """Something is wrong, or (None) no longer."""
        if why is None:
            self.life.troubles.pop(name, None)
        else:
            self.life.troubles[name] = why
        self.settle()

    def pause(self, reason: str, why: str | None) -> None:
        """There is a reason to store nothing, or (None) no longer."""
        if why is None:
            self.life.pause_reasons.pop(reason, None)
        else:
            self.life.pause_reasons[reason] = why
        self.settle()

    def settle(self) -> None:
        """Let the state follow its reasons, and the workers the state."""
        reasons, before = self.life.pause_reasons, self.life.state
        paused = DropReason.PAUSED if reasons.keys() - {NO_SPACE} else DropReason.NO_SPACE if reasons else None
        if self.ring is not None and self.ring.paused() is not paused:
            self.ring.pause_for(paused)
        if self.life.settle(time.time()):
            back = EventKind.RESUMED if before is State.PAUSED else EventKind.RECOVERED
            self.event(_KINDS.get(self.life.state, back), self.life.why or f"it was {before}, and runs again")
