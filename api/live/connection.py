"""One WebSocket: it listens, sends, and looks every second whether its person may still be here.

Rules
- Signed out, expired or disabled: it is closed with 4401. Other rights: what they do not allow ends, the rest goes on
  with them.
- Whoever does not read for thirty seconds is closed with 4408; until then subscriptions are thinned.
- Nothing that the client says ends it but too much of it: what is wrong is answered.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from api.acting import Acting
from api.errors import ApiError, defect, not_found, told, too_many
from api.identity import Caller, check_right, still
from api.live.board import Board
from api.live.outbox import Outbox
from api.live.subscriptions import OnBoard, OnTail, Subscription, acting_as
from api.live.tails import Tails
from api.live.words import Subscribe, heard, query_of, said, said_error
from syslogger.errors import SysloggerError

MOST_SUBSCRIPTIONS = 20
LOOK_SECONDS = 1.0
BEAT_SECONDS = 10.0
STUCK_SECONDS = 30.0
CLOSE_SECONDS = 10.0  # for a reader that was stuck to hear why

_log = logging.getLogger("syslogger.api")


@dataclass(frozen=True, slots=True)
class Closing:
    """Why a connection is closed by us."""

    code: int
    reason: str


SIGNED_OUT = Closing(4401, "nobody is signed in any more")
STUCK = Closing(4408, "nothing was read for too long")
TOO_MUCH = Closing(4429, "too many answers wait to be read")
FAILED = Closing(1011, "the API has failed; its log says how")


class Connection:
    """A WebSocket that was accepted, and everything that it has subscribed to."""

    def __init__(self, websocket: WebSocket, acting: Acting, tails: Tails, board: Board) -> None:
        self._websocket, self._acting, self._tails, self._board = websocket, acting, tails, board
        self._outbox = Outbox()
        self._subscriptions: dict[str, Subscription] = {}
        self._sending_since: float | None = None

    async def run(self) -> None:
        """Until the client goes, or has to."""
        tasks = [asyncio.create_task(each()) for each in (self._listen, self._send, self._watch)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            closing = next((found for found in map(_outcome, done) if found is not None), None)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for each in list(self._subscriptions.values()):
                await each.end()
        if closing is not None:
            await self._close(closing)

    async def _close(self, closing: Closing) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._websocket.close(closing.code, closing.reason)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            _log.debug("nobody heard why a connection was closed: %s", closing.reason)

    # -- hearing -------------------------------------------------------------------------------------------------------

    async def _listen(self) -> Closing | None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            if not self._outbox.answer(await self._answered(message)):
                return TOO_MUCH

    async def _answered(self, message: Any) -> bytes:
        """What is answered to a message."""
        asked = None
        try:
            asked = heard(message.get("text"))
            if isinstance(asked, Subscribe):
                await self._subscribe(asked)
                return said("subscribed", id=asked.id)
            await self._unsubscribe(asked.id)
            return said("unsubscribed", id=asked.id)
        except SysloggerError as error:
            refused = told(error)
        except Exception:  # noqa: BLE001 what one message has set off does not end what the others began
            _log.exception("a message on a live connection has failed")
            refused = defect()
        return said_error("error", refused, id=None if asked is None else asked.id)

    async def _subscribe(self, asked: Subscribe) -> None:
        self._subscriptions = {name: each for name, each in self._subscriptions.items() if not each.is_over}
        if asked.id in self._subscriptions:
            raise ApiError(409, "exists", f"there is a subscription {asked.id!r} already", field="id")
        if len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            raise too_many(f"a connection has at most {MOST_SUBSCRIPTIONS} subscriptions", code="subscriptions")
        made = await self._made(asked)
        check_right(self._acting.caller, *made.right)
        self._subscriptions[asked.id] = made
        try:
            await made.begin()
        except BaseException:  # whatever it was goes on; only what has half begun must not stay behind
            await self._unsubscribe(asked.id)
            raise
        self._outbox.lines[asked.id] = made.line  # only now: the answer comes before what it answers

    async def _made(self, asked: Subscribe) -> Subscription:
        if asked.kind == "tail":
            return OnTail(asked, await query_of(asked), self._acting, self._outbox, self._tails)
        return OnBoard(asked, self._acting, self._outbox, self._board)

    async def _unsubscribe(self, name: str) -> None:
        found = self._subscriptions.pop(name, None)
        self._outbox.lines.pop(name, None)
        if found is None:
            raise not_found(f"subscription {name!r}", field="id")
        await found.end()

    # -- sending -------------------------------------------------------------------------------------------------------

    async def _send(self) -> Closing | None:
        while True:
            await self._outbox.wait()
            for text in self._outbox.take():
                self._sending_since = time.monotonic()
                await self._websocket.send_text(text.decode())
                self._sending_since = None

    # -- watching ------------------------------------------------------------------------------------------------------

    async def _watch(self) -> Closing | None:
        beat_at = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = time.monotonic()
            if self._sending_since is not None and now - self._sending_since > STUCK_SECONDS:
                return STUCK
            if now - beat_at >= BEAT_SECONDS:
                beat_at = now
                self._outbox.answer(said("heartbeat", at=time.time_ns() // 1_000))
            try:
                caller = await still(self._acting.services, self._acting.caller)
            except ApiError:
                return SIGNED_OUT
            if caller != self._acting.caller:
                await self._changed(caller)

    async def _changed(self, caller: Caller) -> None:
        """Go on with the rights that the caller has now."""
        self._acting = acting_as(self._acting, caller)
        for name, each in list(self._subscriptions.items()):
            try:
                check_right(caller, *each.right)
                each.narrow(self._acting)
            except SysloggerError as error:
                await self._unsubscribe(name)
                self._outbox.answer(said_error("ended", told(error), id=name))


def _outcome(task: asyncio.Task[Closing | None]) -> Closing | None:
    """What a task has ended with; a client that is gone needs no word."""
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, WebSocketDisconnect):
        return None
    _log.error("a live connection has failed", exc_info=error)
    return FAILED
