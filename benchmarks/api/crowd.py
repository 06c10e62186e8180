"""People with tails and people who search, until stdin is closed; then prints what they got.

Runs in: a process of its own, `python -m benchmarks.api.crowd URL TAILS`.
Reads: its arguments; the tokens of its people, a line each, then the end of stdin. Writes: one JSON object to stdout.
Ends when: stdin is closed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter

import aiohttp
import orjson
import uvloop

from benchmarks.api.figures import percentile

TAILS_A_PERSON = 10  # connections; the API lets nobody have more
THINKING_SECONDS = 1.0
QUERIES = (
    "",
    "chain:forward",
    "chain:forward severity:>=warning",
    "established",
    "established forward",
    "destination_ip:10.0.0.0/8",
    "-chain:forward",
    "pppoe:/^Mm[0-9]/",
    "sender:127.0.0.1",
    "zzrare7",
)


class Crowd:
    """What all of them got so far."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self.counts: Counter[str] = Counter()
        self.searches: list[float] = []

    async def tail(self, token: str, query: str) -> None:
        """Somebody who follows a query."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.ws_connect("/api/v1/live", headers=headers) as ws:
            await ws.send_str(orjson.dumps({"type": "subscribe", "id": "a", "kind": "tail", "query": query}).decode())
            self.counts["tails"] += 1
            async for message in ws:
                self._hear(orjson.loads(message.data))
        self.counts["closed"] += 1

    def _hear(self, said: dict[str, object]) -> None:
        self.counts[str(said["type"])] += 1
        for name in ("rows", "skipped", "unlooked"):
            self.counts[name] += int(str(said.get(name) or 0))

    async def search(self, token: str, query: str) -> None:
        """Somebody who searches, reads, and searches again."""
        headers, asked = {"Authorization": f"Bearer {token}"}, {"q": query, "limit": "100"}
        while True:
            began = time.perf_counter()
            async with self._session.get("/api/v1/logs", params=asked, headers=headers) as got:
                await got.read()
                self.counts[f"status {got.status}"] += 1
            self.searches.append(time.perf_counter() - began)
            await asyncio.sleep(THINKING_SECONDS)


async def main() -> None:
    """Until stdin is closed."""
    url, tails = sys.argv[1], int(sys.argv[2])
    tokens = [line.strip() for line in iter(sys.stdin.readline, "\n")]
    people = -(-tails // TAILS_A_PERSON)
    limits = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=limits) as session:
        crowd = Crowd(session)
        tasks = [
            asyncio.create_task(crowd.tail(tokens[number % people], QUERIES[number % len(QUERIES)]))
            for number in range(tails)
        ]
        tasks += [
            asyncio.create_task(crowd.search(token, QUERIES[number % len(QUERIES)]))
            for number, token in enumerate(tokens[people:])
        ]
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()
        failed = [each for each in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(each, Exception)]
    told: dict[str, object] = {
        **crowd.counts,
        "searches": len(crowd.searches),
        "search_p50": percentile(crowd.searches, 0.5),
    }
    told |= {"search_p95": percentile(crowd.searches, 0.95), "failed": [repr(each) for each in failed[:3]]}
    sys.stdout.write(orjson.dumps(told).decode())


if __name__ == "__main__":
    uvloop.run(main())
