"""The way to the factory: a client for each author, all of them over the same connections."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from interfaces.client import TOKEN_FILE, FactoryClient
from interfaces.errors import Unavailable
from syslogger.control import FOLDER

CONNECTIONS = 32


class Factories:
    """Clients by author, made when they are asked for, and anew when the factory has another token.

    For one event loop; `close` ends every connection.
    """

    def __init__(self, root: Path, port: int) -> None:
        self._root, self._port = root, port
        self._token = root / FOLDER / TOKEN_FILE
        self._seen = 0
        self._connector: aiohttp.TCPConnector | None = None
        self._clients: dict[str, _Client] = {}
        self._retired: list[_Client] = []  # with an old token; somebody may be asking through them still

    def of(self, author: str) -> FactoryClient:
        """The client of `api:<user>`. Raises Unavailable where there is no factory, Unauthorized."""
        try:
            found = self._token.stat().st_mtime_ns
        except OSError as error:
            raise Unavailable("there is no factory here", hint="start it with `syslogger run`") from error
        if found != self._seen:
            self._retire()
            self._seen = found
        if self._connector is None:
            self._connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        if author not in self._clients:
            client = _Client.from_root(self._root, self._port, author)
            client.share(self._connector)
            self._clients[author] = client
        return self._clients[author]

    async def close(self) -> None:
        """End them all."""
        self._retire()
        for client in self._retired:
            await client.__aexit__()
        if self._connector is not None:
            await self._connector.close()

    def _retire(self) -> None:
        self._retired += self._clients.values()
        self._clients = {}


class _Client(FactoryClient):
    """One whose connections are shared with others."""

    def share(self, connector: aiohttp.TCPConnector) -> None:
        """Use these connections; only the session is closed with it."""
        jar = aiohttp.DummyCookieJar()
        self._session = aiohttp.ClientSession(
            headers=self._headers, cookie_jar=jar, connector=connector, connector_owner=False
        )
