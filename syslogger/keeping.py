"""Keeping: everything that changes stored days other than the live ones, without the process it runs in.

Rules
1. Who keeps holds `<root>/_control/keeper.lock`: one for a data directory, the factory's keeper or `syslogger days`.
2. Work is generators (`storage.jobs`): a step is a day. What a run may spend is noted before it deletes anything, so
   that one who is killed again and again deletes no more than one who is not.
3. Days of a running engine are deleted by nobody when they are open or may be opened. An engine runs when its folder is
   locked; an operator's deletion holds that lock for each day, retention takes none: it would keep an engine from
   starting, and it never comes near the days that an engine opens.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from syslogger.control import control_folder
from syslogger.errors import LockError, StoreError, SysloggerError
from syslogger.events import EventKind
from syslogger.keeper_settings import KeeperSettings
from syslogger.lock import hold, lock_folder
from syslogger.notebook import Clock, Notebook, Tell
from syslogger.sealer import Sealer
from syslogger.storage import days
from syslogger.storage.day import day_of
from syslogger.storage.day_names import is_name, stored_days
from syslogger.storage.forecast import Forecast, forecast
from syslogger.storage.jobs import Work
from syslogger.storage.retention import LastRun, Limits, Plan, StoredDay, plan
from syslogger.thinning import Thinning

LOCK = "keeper.lock"


class Keeping:
    """The keeper of one data directory, while its lock is held (`open` to `close`).

    `notebook` knows the clock, `sealer` the days to seal. give_up: whether a day is to be left as it is for now.
    """

    notebook: Notebook
    sealer: Sealer

    def __init__(
        self,
        settings: KeeperSettings,
        tell: Tell,
        clock: Clock | None = None,
        give_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self.settings, self._give_up = settings, give_up
        self._tell = tell
        self._clock = clock or Clock()
        self._zone = ZoneInfo(settings.time_zone)
        self._lock = -1

    def open(self) -> None:
        """Take the lock, finish what a killed keeper began, judge the clock. Raises LockError, StoreError."""
        root = self.settings.root
        try:
            folder = control_folder(root)
        except OSError as error:
            raise StoreError(f"{root}: {error.strerror}: its user needs to write there") from error
        self._lock = hold(folder / LOCK, lambda holder: f"process {holder} keeps {root}: ask it, or stop it")
        try:
            for day in days.finish_deletions(root):
                self._tell(EventKind.DAY_DELETED, f"{day}: its deletion was begun before and is finished now", day=day)
            self.notebook = Notebook(root, folder, self._zone, self._tell, self._clock)
            self.sealer = Sealer(root, self.notebook, self._zone, self._tell, self._give_up)
        except SysloggerError:
            self.close()
            raise

    def close(self) -> None:
        """Let the lock go."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    # -- retention -----------------------------------------------------------------------------------------------------

    def plan(self, limits: Limits) -> Plan:
        """What retention would do now under these limits. Raises StoreError."""
        self.notebook.observe()
        noted = self.notebook.now
        verdict = noted.verdict
        today = day_of(verdict.wall_us, self._zone)
        stored = stored_days(self.settings.root)
        due = [days.with_stamps(each, self._zone) for each in stored if limits.is_due(each, today)]
        last_us = verdict.last_run_us
        last = None if last_us is None else LastRun(day_of(last_us, self._zone), noted.limits)
        return plan(due, limits, today, last, verdict.elapsed_us, self.notebook.waits)

    def retention(self) -> Work:
        """Delete the days that are due."""
        limits = self.settings.limits
        planned = self.plan(limits)
        total = len(planned.deletions)
        yield 0, total
        if planned.waits:
            self.notebook.change(lambda now: now)  # how long the clock has been steady shall survive a boot
            return f"retention waits ({planned.left} days are due by this clock): {planned.waits}"
        began_us = self.notebook.now.verdict.wall_us
        self.notebook.change(lambda now: replace(now, verdict=now.verdict.spend()))
        skipped, troubles = 0, []
        for number, deletion in enumerate(planned.deletions, 1):
            try:
                skipped += not self._delete_quiet(deletion.stored, deletion.reason)
            except StoreError as error:
                troubles.append(str(error))
            yield number, total
        self.notebook.change(lambda now: replace(now, verdict=now.verdict.ran(began_us), limits=limits))
        deleted = total - skipped - len(troubles)
        for _ in self._thin(troubles):
            deleted += 1
            yield deleted, max(total, deleted)
        if troubles:
            every = deleted + len(troubles)
            raise StoreError(f"retention could not delete {len(troubles)} of {every} days: {'; '.join(troubles[:3])}")
        left = planned.left + skipped
        told = f"retention deleted {deleted} days; {left} that are due wait for a later run"
        self._tell(EventKind.RETENTION_RUN, told, deleted=deleted, left=left)
        return told

    def _thin(self, troubles: list[str]) -> Iterator[StoredDay]:
        """Delete what is beyond the bounds of bytes and of free space, a day at a time."""
        thinning = self._thinning()
        while (deletion := thinning.next()) is not None:
            try:
                self._delete(deletion.stored, deletion.reason)
            except StoreError as error:
                troubles.append(str(error))
                thinning.stays(deletion.stored)
                continue
            thinning.is_gone(deletion.stored)
            yield deletion.stored

    def _thinning(self) -> Thinning:
        today = day_of(self.notebook.now.verdict.wall_us, self._zone)
        return Thinning(self.settings.root, self.settings.bounds, today, self._zone)

    def preview(self) -> Plan:
        """What a run would do now: of age, then of bytes and free space. Raises StoreError."""
        planned = self.plan(self.settings.limits)
        if planned.waits:
            return planned
        surplus = self._thinning().preview(list(planned.deletions))
        return replace(planned, deletions=(*planned.deletions, *surplus))

    def _delete_quiet(self, stored: StoredDay, reason: str) -> bool:
        """Delete a day that nobody has open; whether it was."""
        if days.is_open(stored.path):
            return False
        self._delete(stored, reason)
        return True

    def _delete(self, stored: StoredDay, reason: str) -> None:
        days.delete(stored.path)
        details = {"class": stored.class_name, "engine": stored.engine, "day": stored.day.isoformat()}
        self._tell(EventKind.DAY_DELETED, reason, **details, bytes=stored.byte_count)

    def forecast(self) -> Forecast:
        """When the disk will be full, and what makes it so. Raises StoreError."""
        return foretold(self.settings, self.notebook.now.verdict.wall_us)

    # -- sealing -------------------------------------------------------------------------------------------------------

    def seal(self, class_name: str | None = None, engine: str | None = None, days: Sequence[str] | str = "all") -> Work:
        """Seal days: those that are due, or days of an engine by name, or "all" of them.

        Raises SysloggerError when there is no such engine or day.
        """
        if class_name is None or engine is None:
            return self.sealer.work()
        return self.sealer.named(self._named(class_name, engine, days))

    # -- what an operator asks for -------------------------------------------------------------------------------------

    def delete_days(self, class_name: str, engine: str, days: Sequence[str] | str, author: str = "an operator") -> Work:
        """Delete days of an engine by name, or "all"; of a running one never its newest, or one that is open.

        Raises SysloggerError when there is no such engine or day.
        """
        return self._delete_days(self._named(class_name, engine, days), author)

    def _named(self, class_name: str, engine: str, wanted: Sequence[str] | str) -> list[StoredDay]:
        owned = [each for each in stored_days(self.settings.root) if each.owner == (class_name, engine)]
        if wanted == "all":
            return owned
        names = dict.fromkeys([wanted] if isinstance(wanted, str) else wanted)
        there = {each.day.isoformat(): each for each in owned}
        missing = [str(name) for name in names if name not in there]
        if missing:
            raise SysloggerError(
                f"{class_name}/{engine} has no day {', '.join(missing)}: `syslogger days list` shows them"
            )
        return [there[name] for name in names]

    def _delete_days(self, wanted: list[StoredDay], author: str) -> Work:
        live = []
        yield 0, len(wanted)
        for number, stored in enumerate(wanted, 1):
            with _engine_held(stored.path.parent) as held:
                if not held and self._may_be_live(stored):
                    live.append(str(stored))
                else:
                    self._delete(stored, f"{stored}: {author} asked for it")
            yield number, len(wanted)
        told = f"deleted {len(wanted) - len(live)} of {len(wanted)} days"
        if live:
            raise SysloggerError(f"{told}; {', '.join(live)}: the engine runs and may write there: stop it first")
        return told

    def _may_be_live(self, stored: StoredDay) -> bool:
        yesterday = day_of(self._clock.wall_us(), self._zone) - timedelta(days=1)
        newest = max(each.day for each in stored_days(self.settings.root) if each.owner == stored.owner)
        return stored.day >= min(newest, yesterday) or days.is_open(stored.path)

    def delete_engine(self, class_name: str, engine: str, author: str = "an operator") -> Work:
        """Delete all data of an engine that does not run. Raises SysloggerError when there is none."""
        folder = self.settings.root / class_name / engine
        if not is_name(class_name) or not is_name(engine) or not folder.is_dir():
            raise SysloggerError(
                f"there is no data of {class_name}/{engine}: `syslogger days list` shows what there is"
            )
        return self._delete_engine(folder, self._named(class_name, engine, "all"), author)

    def _delete_engine(self, folder: Path, owned: list[StoredDay], author: str) -> Work:
        with _engine_held(folder) as held:
            if not held:
                raise SysloggerError(f"{folder.parent.name}/{folder.name} runs: stop it before its data is deleted")
            yield 0, len(owned)
            for number, stored in enumerate(owned, 1):
                self._delete(stored, f"{stored}: {author} asked for all data of the engine to be deleted")
                yield number, len(owned)
            foreign = days.remove_folder(folder)
        kept = f"; {folder} stays, for it also holds {', '.join(foreign[:5])}" if foreign else ""
        return f"deleted {len(owned)} days{kept}"


def foretold(settings: KeeperSettings, now_us: int) -> Forecast:
    """The forecast for a data directory; needs no lock. Raises StoreError."""
    zone, stop_percent = ZoneInfo(settings.time_zone), settings.space_percentage_to_stop
    return forecast(settings.root, zone, settings.limits, settings.bounds, stop_percent, now_us)


@contextmanager
def _engine_held(folder: Path) -> Iterator[bool]:
    """Hold an engine's lock for the block, so that it does not start meanwhile; False when it runs."""
    try:
        descriptor = lock_folder(folder)
    except LockError:
        yield False
        return
    try:
        yield True
    finally:
        os.close(descriptor)
