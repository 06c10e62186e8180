"""Making: the exports at work and in line, their progress, and the end of those that nobody fetches.

Rules
- Four are made at once over all, two of one person; the others wait in line.
- What was not made to its end is gone on with when the API starts again.
- An export that has ended is deleted when nobody has read it for `keep_minutes`; so is a file that is nobody's.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from api.exports import spool
from api.exports.spool import UnwantedError
from api.store import exports as kept
from api.store.connection import Store
from api.store.exports import Export
from api.store.users import now_us
from syslogger.__main__ import version
from syslogger.errors import StoreError, SysloggerError
from syslogger.reader import LogReader

AT_ONCE, OF_A_USER = 4, 2
LOOK_SECONDS = 30.0
MINUTE_US = 60_000_000

_log = logging.getLogger("syslogger.api")


class Making:
    """An export that is in line or at work, as the loop knows it."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self.rows = self.bytes = 0
        self.at_work = self.deleted = False
        self._total = self._left = 0
        self._unwanted = threading.Event()
        self._moved = asyncio.Event()

    @property
    def percent(self) -> float:
        """How much was looked at, as far as it is known."""
        return 100.0 * (self._total - self._left) / self._total if self._total else 0.0

    @property
    def is_unwanted(self) -> bool:
        """Whether to come to an end."""
        return self._unwanted.is_set()

    def give_up(self) -> None:
        """Have it come to an end."""
        self._unwanted.set()

    def tell(self, rows: int, bytes_: int, left: int | None) -> None:
        """It has come so far."""
        self.rows, self.bytes = rows, bytes_
        if left is not None:
            self._left = left
            self._total = max(self._total, rows + left)
        self.move()

    def move(self) -> None:
        """Wake everybody who waits for more."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def moved(self, seconds: float) -> None:
        """Wait until there is more, or it has ended, or so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()


class Exports:
    """Every export of this API; opened and closed with it."""

    def __init__(self, store: Store, reader: LogReader, root: Path, keep_minutes: int) -> None:
        """Raises StoreError."""
        self.folder = spool.spool_of(root)
        self.keep_us = keep_minutes * MINUTE_US
        self._store, self._reader, self._root = store, reader, root
        self._making: dict[str, Making] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._turns_of: dict[int, asyncio.Semaphore] = {}
        self._reading: Counter[str] = Counter()
        self._threads = ThreadPoolExecutor(AT_ONCE, "export")
        self._looking: asyncio.Task[None] | None = None
        self.closing = False

    async def open(self) -> None:
        """Go on with what was interrupted. Raises StoreError."""
        await self.look()
        self._looking = asyncio.create_task(self._look_again())

    async def close(self) -> None:
        """Interrupt what is made; it is gone on with later."""
        self.closing = True
        tasks = [task for task in (self._looking, *self._tasks.values()) if task is not None]
        for making in self._making.values():
            self._give_up(making)
        if self._looking is not None:
            self._looking.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._threads.shutdown()

    def of(self, export_id: str) -> Making | None:
        """The one that is in line or at work; None when it has ended."""
        return self._making.get(export_id)

    def begin(self, export: Export) -> None:
        """Have one made that is kept in the store."""
        if export.id in self._making or self.closing:
            return
        self._making[export.id] = making = Making(export)
        self._tasks[export.id] = task = asyncio.create_task(self._live(making))
        task.add_done_callback(lambda _: self._ended(making))  # also when it was cancelled before it began

    async def delete(self, export_id: str) -> None:
        """Forget one, made or not. Raises StoreError."""
        await kept.remove(self._store, export_id)
        making = self._making.get(export_id)
        if making is None:
            await asyncio.to_thread(spool.delete, self.folder, export_id)
        else:
            making.deleted = True
            self._give_up(making)

    def _give_up(self, making: Making) -> None:
        making.give_up()
        if not making.at_work:
            self._tasks[making.export.id].cancel()

    @contextmanager
    def reading(self, export_id: str) -> Iterator[None]:
        """While the block reads its file it is not too old to keep."""
        self._reading[export_id] += 1
        try:
            yield
        finally:
            self._reading[export_id] -= 1
            self._reading += Counter()  # forget what is zero

    def readers(self, export_id: str) -> int:
        """How many read its file."""
        return self._reading[export_id]

    # -- one export ---------------------------------------------------------------------------------------------------

    async def _live(self, making: Making) -> None:
        export_id = making.export.id
        turns = self._turns_of.setdefault(making.export.user_id, asyncio.Semaphore(OF_A_USER))
        try:
            async with turns, self._turns:
                making.at_work = True
                await self._make(making)
        except StoreError as error:
            _log.error("what became of export %s could not be noted: %s", export_id, error)

    def _ended(self, making: Making) -> None:
        del self._making[making.export.id], self._tasks[making.export.id]
        making.move()
        if making.deleted:
            spool.delete(self.folder, making.export.id)

    async def _make(self, making: Making) -> None:
        """Raises StoreError: what became of it could not be noted."""
        export, loop = making.export, asyncio.get_running_loop()
        await kept.note(self._store, export.id, "running")

        def tell(rows: int, bytes_: int, left: int | None) -> None:
            loop.call_soon_threadsafe(making.tell, rows, bytes_, left)

        made = partial(spool.write, self._reader, self.folder, export, version(), tell, lambda: making.is_unwanted)
        try:
            manifest = await loop.run_in_executor(self._threads, made)
        except UnwantedError:
            return
        except Exception as error:  # noqa: BLE001 it is told to whoever waits for it, and logged when nobody expected it
            if not self.closing:
                await kept.note(self._store, export.id, "failed", error=self._why(export, error))
            return
        await kept.note(self._store, export.id, "done", rows=manifest.rows, bytes_=manifest.bytes)

    def _why(self, export: Export, error: Exception) -> str:
        if isinstance(error, SysloggerError):
            return str(error).replace(f"{self._root}/", "")
        _log.error("export %s has failed", export.id, exc_info=error)
        return "it has failed; the log of the API has the rest under its id"

    # -- all exports --------------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Begin what is to be made and is not, delete what is too old or nobody's. Raises StoreError."""
        for export_id in await kept.over(self._store, now_us() - self.keep_us):
            if not self.readers(export_id):
                await self.delete(export_id)
        # in this order: whatever lies there or is made has had its row before
        files, making = await asyncio.to_thread(spool.ids_in, self.folder), list(self._making.values())
        known = {export.id: export for export in await kept.every(self._store)}
        for each in making:
            if each.export.id not in known:  # its owner is gone
                each.deleted = True
                self._give_up(each)
        for export in known.values():
            await self._settle(export)
        for export_id in files - known.keys() - self._making.keys():
            await asyncio.to_thread(spool.delete, self.folder, export_id)

    async def _settle(self, export: Export) -> None:
        """One whose end was not noted, or whose file is gone."""
        if export.id in self._making or export.state == "failed":
            return
        manifest = await asyncio.to_thread(spool.manifest, self.folder, export.id)
        if export.state == "done":
            if manifest is None:
                await self.delete(export.id)
        elif manifest is not None:
            await kept.note(self._store, export.id, "done", rows=manifest.rows, bytes_=manifest.bytes)
        else:
            self.begin(export)

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except (StoreError, OSError) as error:
                _log.error("exports could not be looked after: %s", error)
