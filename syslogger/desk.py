"""The desk: the settings in force, the fields that are parked, and the changes of both while the engine runs.

A change goes to the writer first: it adds columns to the open files, and it alone knows whether a client's name is
free. Only then do the workers follow, each at the border of a batch; a piece carries the mark of the class that read
it, so rows before and after are told apart in `class_versions` whoever was faster. What anybody refuses is taken back
whole.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from syslogger.changes import live_part, sorted_effects
from syslogger.config import EngineSettings
from syslogger.crew import WRITER, worker_index
from syslogger.errors import ExitCode, SysloggerError
from syslogger.events import EventKind
from syslogger.quarantine import Quarantine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syslogger.process import Child
    from syslogger.quarantine import Parked
    from syslogger.voice import Voice

UNANSWERED = 0  # the number of an order whose answer nobody waits for
FOR_CHILDREN = {"clients", "fields", "keep_original"}
PARKED = "field "

Message = dict[str, Any]


@dataclass(slots=True)
class Edit:
    """A change that is under way, from `old` to `new`; `result` says what is live and what needs a restart."""

    number: int
    old: EngineSettings
    new: EngineSettings
    result: dict[str, list[str]]
    awaited: set[str] = field(default_factory=set)


class Desk:
    """The settings of one engine. `children` are those that live now, by role."""

    def __init__(self, settings: EngineSettings, voice: Voice, children: Mapping[str, Child]) -> None:
        self.settings = settings
        self._voice, self._children = voice, children
        self._edit: Edit | None = None
        self._quarantine: Quarantine | None = None

    def open(self) -> None:
        """Read what is parked; the engine's folder is ours now."""
        self._quarantine = Quarantine(self.settings.folder)
        self._show_parked()

    def parked(self) -> Parked:
        """The parked fields of the class as it is."""
        return {} if self._quarantine is None else self._quarantine.parked(self.settings.log_class)

    # -- settings ------------------------------------------------------------------------------------------------------

    def change(self, command: Message) -> Message | None:
        """Refused at once, done at once where no process need know, or answered (None) when all processes use it.

        Raises SysloggerError.
        """
        if self._edit is not None:
            raise SysloggerError("another change is under way: try again when it is done")
        wanted = EngineSettings.model_validate(command["settings"])
        result = sorted_effects(self.settings, wanted)
        edit = Edit(command["number"], self.settings, live_part(self.settings, wanted), result)
        if not FOR_CHILDREN & set(result["live"]):
            self.settings = edit.new
            self._changed(edit)
            return result
        writer = self._children.get(WRITER)
        if writer is None or not writer.ready:
            raise SysloggerError("the writer is being replaced: try again in a moment")
        self._edit = edit
        self._order(writer, edit.number, edit.new)
        return None

    def hear(self, role: str, message: Message) -> None:
        """A child uses what it was ordered to, or refuses."""
        edit = self._edit
        if edit is None or message["number"] != edit.number:
            return
        if message["event"] == "refused":
            self.abort(message["message"], message.get("exit_code", ExitCode.FAILED))
        elif role == WRITER:
            self.settings = edit.new  # from now on successors are forked with it
            edit.awaited = self._order_workers(edit.number)
            self._finish()
        else:
            edit.awaited.discard(role)
            self._finish()

    def lost(self, role: str) -> None:
        """A child has ended. Its successor is forked with the settings in force: nothing more is to be waited for."""
        if self._edit is None:
            return
        if role == WRITER and self.settings is self._edit.old:
            self.abort("the writer ended meanwhile: try again in a moment", ExitCode.FAILED)
        elif role in self._edit.awaited:
            self._edit.awaited.discard(role)
            self._finish()

    def abort(self, message: str, code: int) -> None:
        """Take the change that is under way back, if there is one, and say why."""
        edit, self._edit = self._edit, None
        if edit is None:
            return
        if self.settings is edit.new:
            self.settings = edit.old
            self._order_workers(UNANSWERED)
            if WRITER in self._children:
                self._order(self._children[WRITER], UNANSWERED, edit.old)
        self._voice.refuse(edit.number, message, code)

    def _finish(self) -> None:
        edit = self._edit
        if edit is not None and not edit.awaited:
            self._edit = None
            self._changed(edit)
            self._voice.answer(edit.number, edit.result)

    def _changed(self, edit: Edit) -> None:
        self._show_parked()
        if live := edit.result["live"]:
            kind = EventKind.CLASS_CHANGED if "fields" in live else EventKind.SETTINGS_CHANGED
            self._voice.event(kind, f"changed while running: {', '.join(live)}", **edit.result)

    def _order_workers(self, number: int) -> set[str]:
        workers = {role: child for role, child in self._children.items() if worker_index(role) is not None}
        for child in workers.values():
            self._order(child, number, self.settings)
        return set(workers)

    def _order(self, child: Child, number: int, settings: EngineSettings) -> None:
        known = settings.model_dump(mode="json", by_alias=True)
        child.order({"number": number, "settings": known, "parked": sorted(self.parked())})

    # -- parked fields -------------------------------------------------------------------------------------------------

    def park(self, name: str, line: bytes) -> None:
        """Take a field out of service: its pattern was at this line when it had taken too long."""
        patterns = {field.name: field.pattern for field in self.settings.log_class.fields}
        if name in patterns and name not in self.parked() and self._quarantine is not None:
            milliseconds = self.settings.limits.pattern_cpu_milliseconds
            why = f"its pattern took more than {milliseconds} ms of CPU time in one batch"
            park = partial(self._quarantine.park, name, patterns[name], line, time.time(), why)
            self._write_down(park)
            shown = line.decode("utf-8", "backslashreplace")
            self._voice.event(EventKind.FIELD_PARKED, f"field {name} is parked: {why}", field=name, line=shown)
            self._show_parked()
        self._order_workers(UNANSWERED)

    def release(self, command: Message) -> Message:
        """Search a parked field again. Raises SysloggerError."""
        name, log_class = command["field"], self.settings.log_class
        if name not in {field.name for field in log_class.fields}:
            raise SysloggerError(f"class {log_class.name} has no field {name!r}")
        if self._quarantine is None or name not in self.parked():
            raise SysloggerError(f"field {name} is not parked: there is nothing to release")
        self._write_down(partial(self._quarantine.release, name))
        self._order_workers(UNANSWERED)
        self._show_parked()
        self._voice.event(EventKind.FIELD_RELEASED, f"field {name} is searched again", field=name)
        return {"field": name}

    def _write_down(self, note: Callable[[], object]) -> None:
        try:
            note()
        except OSError as error:
            told = f"what is parked could not be written down ({error.strerror}): a restart forgets it"
            self._voice.event(EventKind.WARNING, told)

    def _show_parked(self) -> None:
        troubles = self._voice.life.troubles
        for name in [name for name in troubles if name.startswith(PARKED)]:
            del troubles[name]
        for name in self.parked():
            troubles[PARKED + name] = f"field {name} is parked, its pattern took too long"
        self._voice.settle()
