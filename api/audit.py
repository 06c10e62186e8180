"""Audit: what is noted of whoever asks. The table itself is `store/audit.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from api.errors import ApiError
from api.store.audit import Entry, add
from api.store.connection import Store

if TYPE_CHECKING:
    import aiosqlite

    from api.identity import Caller

# Whether there was something to remove.
Removal = Callable[["aiosqlite.Connection"], Awaitable[bool]]


class Audit:
    """Notes, each a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def note(
        self,
        caller: Caller | None,
        action: str,
        target: str = "",
        details: Mapping[str, Any] | None = None,
        address: str = "",
    ) -> None:
        """Note what somebody does; None: nobody who is signed in. Raises StoreError."""
        entry = entry_of(caller, action, target, details, address)
        async with self._store.write() as connection:
            await add(connection, entry)

    async def removing(self, remove: Removal, entry: Entry, missing: ApiError) -> None:
        """Remove something and note it, both or neither. Raises StoreError, and `missing` where it is not there."""
        async with self._store.write() as connection:
            if not await remove(connection):
                raise missing
            await add(connection, entry)


def entry_of(
    caller: Caller | None,
    action: str,
    target: str = "",
    details: Mapping[str, Any] | None = None,
    address: str = "",
) -> Entry:
    """The entry for a transaction that holds what was done as well."""
    noted = Entry(action=action, target=target, details=dict(details or {}), address=address)
    if caller is None:
        return noted
    return Entry(
        action=action,
        user_name=caller.name,
        user_id=caller.user_id,
        kind=caller.kind,
        key_id=caller.key_id,
        target=target,
        details=noted.details,
        address=address or caller.address,
    )
