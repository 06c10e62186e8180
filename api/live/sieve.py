"""The sieve: a process that follows engines and tells each subscription the rows that it is to get.

Runs in     a process of its own, at `nice 10`, started by `api.live.tails`
Reads       what to watch, from its owner's socket; the tails of engines
Writes      rows as JSON columns with counts to its owner's socket, a word each second
Ends when   its owner is gone

It is not the API's process: columns need Polars and Arrow, patterns may take for ever, and a search that holds the
interpreter would have everybody wait. A condition that takes too long is interrupted, and its subscriptions end.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from pathlib import Path

from api.live.arriving import Arriving
from api.live.watching import Watch, Watches, late
from syslogger.parcels import Parcels

NICE = 10
TURN_SECONDS = 0.25
BEAT_SECONDS = 1.0


class Sieve:
    """Everything that is watched, and where the rows come from."""

    def __init__(self, parcels: Parcels, root: Path) -> None:
        self._parcels, self._arriving, self._watches = parcels, Arriving(root), Watches()
        self._beat_at = 0.0
        self._fresh: list[int] = []

    def run(self) -> None:
        """Until the owner is gone."""
        poll = select.poll()
        poll.register(self._parcels.socket, select.POLLIN)
        poll.register(self._arriving, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll(TURN_SECONDS * 1000)}
            if self._parcels.socket.fileno() in ready and not self._hear():
                return
            self._welcome()
            if (come := self._arriving.next()) is not None:
                for head, body in self._watches.look(come):
                    self._parcels.send(head, body)
            self._beat()

    def _hear(self) -> bool:
        """Do what the owner says; False when it is gone."""
        heard = self._parcels.receive()
        if heard is None:
            return False
        head, _ = heard
        if "query" in head:
            self._watches.add(Watch(head))
            self._fresh.append(int(head["watch"]))
        else:
            self._watches.drop(int(head["watch"]))
        self._follow()
        return True

    def _welcome(self) -> None:
        """Tell the watches that are new that they miss nothing from now on."""
        if self._fresh and self._arriving.is_settled:
            for number in self._fresh:
                self._parcels.send({"watch": number, "in_force": True})
            self._fresh.clear()

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._beat_at < BEAT_SECONDS:
            return
        self._beat_at = now
        self._follow()
        for head, body in self._watches.counts():
            self._parcels.send(head, body)
        self._parcels.send({"beat": True})

    def _follow(self) -> None:
        self._arriving.follow(self._watches.engines(self._arriving.there()))


def main(descriptor: int, root: Path) -> None:
    """Until the owner is gone."""
    os.nice(NICE)
    signal.signal(signal.SIGVTALRM, late)
    with socket.socket(fileno=descriptor) as connection:
        try:
            Sieve(Parcels(connection), root).run()
        except BrokenPipeError:
            return  # it went while something was said to it


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(os.fsdecode(sys.argv[2])))
