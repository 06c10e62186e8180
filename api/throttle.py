"""Throttling of sign-in: failures are counted by address, by account and address, and by account.

Rules (all within 15 minutes, moving)
- An address with 50 failures has to wait, whoever it says it is. Of IPv6 a /64 is one address: one line has that many.
- An account with 5 failures from one address has to wait there.
- An account with 30 failures from everywhere is under attack: each address then has 2 failures with it instead of 5,
  never none. So nobody can lock a person out from an address where that person did nothing wrong, and many addresses
  together guess at most twice each.
- Success forgets the failures of this account at this address, not those of the address: whoever has one account
  must not be able to guess at the others for ever.
- Names that are nobody's count like the others: a refusal does not tell them apart.
- Failures are kept in memory: a restart forgets them, and nothing that strangers send is written for it.
"""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address
from math import ceil

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.errors import ApiError

MINUTES = 15
AN_ADDRESS, AN_ACCOUNT, HERE, HERE_UNDER_ATTACK = 50, 30, 5, 2


class Throttle:
    """Asked before a password is looked at, told what came of it."""

    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._address = RateLimitItemPerMinute(AN_ADDRESS, MINUTES, namespace="address")
        self._account = RateLimitItemPerMinute(AN_ACCOUNT, MINUTES, namespace="account")
        self._here = RateLimitItemPerMinute(HERE, MINUTES, namespace="here")
        self._attacked = RateLimitItemPerMinute(HERE_UNDER_ATTACK, MINUTES, namespace="attacked")

    async def check(self, account: str, address: str) -> None:
        """Raise ApiError (429, with Retry-After) when it is not the time to try this account from this address."""
        seconds = await self.wait_seconds(account, address)
        if seconds:
            hint = f"try again in {seconds} seconds"
            headers = {"Retry-After": str(seconds)}
            raise ApiError(429, "throttled", "too many failed sign-ins", hint=hint, headers=headers)

    async def wait_seconds(self, account: str, address: str) -> int:
        """How long this account cannot be tried from this address; 0: it can."""
        network = network_of(address)
        if not await self._windows.test(self._address, network):
            return await self._left(self._address, network)
        if not await self._windows.test(self._here, account, network):
            return await self._left(self._here, account, network)
        attacked = not await self._windows.test(self._account, account)
        if attacked and not await self._windows.test(self._attacked, account, network):
            return await self._left(self._attacked, account, network)
        return 0

    async def failed(self, account: str, address: str) -> None:
        """Count a failure. Beyond its limit a window counts no further: its oldest entry still has to leave it."""
        network = network_of(address)
        await self._windows.hit(self._address, network)
        await self._windows.hit(self._account, account)
        await self._windows.hit(self._here, account, network)
        await self._windows.hit(self._attacked, account, network)

    async def succeeded(self, account: str, address: str) -> None:
        """Forget what this account did wrong at this address."""
        network = network_of(address)
        await self._windows.clear(self._here, account, network)
        await self._windows.clear(self._attacked, account, network)

    async def _left(self, item: RateLimitItemPerMinute, *names: str) -> int:
        reset_at, _ = await self._windows.get_window_stats(item, *names)
        return max(1, ceil(reset_at - time.time()))


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, an IPv6 /64; a text that is neither (a socket's path) as it is."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)
