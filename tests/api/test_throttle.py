"""Throttling: who has to wait, who must not, and what is one address."""

from __future__ import annotations

import asyncio

import pytest

from api.errors import ApiError
from api.throttle import AN_ACCOUNT, AN_ADDRESS, HERE, HERE_UNDER_ATTACK, Throttle, network_of


async def tries(throttle: Throttle, account: str, address: str, most: int = 100) -> int:
    """How many failures in a row are let through, `most` at most."""
    for count in range(most):
        if await refusal(throttle, account, address) is not None:
            return count
        await throttle.failed(account, address)
    return most


async def refusal(throttle: Throttle, account: str, address: str) -> ApiError | None:
    """What is said to whoever has to wait."""
    try:
        await throttle.check(account, address)
    except ApiError as error:
        return error
    return None


def test_an_account_is_tried_five_times_from_an_address() -> None:
    """Then it has to wait there; from another address, and another account from here, it does not."""

    async def work() -> None:
        throttle = Throttle()
        assert HERE == await tries(throttle, "anna", "192.0.2.1")
        await throttle.check("anna", "192.0.2.2")
        await throttle.check("bert", "192.0.2.1")

    asyncio.run(work())


def test_an_address_is_refused_whoever_it_says_it_is() -> None:
    """Names that change do not help."""

    async def work() -> None:
        throttle = Throttle()
        counts = [await tries(throttle, f"name{number}", "192.0.2.1", most=1) for number in range(AN_ADDRESS + 5)]
        assert sum(counts) == AN_ADDRESS

    asyncio.run(work())


def test_nobody_can_lock_a_person_out() -> None:
    """Under attack from many addresses a clean address has fewer tries, never none."""

    async def work() -> None:
        throttle = Throttle()
        for number in range(AN_ACCOUNT):
            await throttle.failed("admin", f"198.51.100.{number}")
        assert HERE_UNDER_ATTACK == await tries(throttle, "admin", "192.0.2.1")
        await throttle.check("admin", "192.0.2.2")

    asyncio.run(work())


def test_success_forgets_the_account_here_and_not_the_address() -> None:
    """Whoever has one account cannot guess at the others without end."""

    async def work() -> None:
        throttle = Throttle()
        total = 0
        for _ in range(AN_ADDRESS):
            total += await tries(throttle, "victim", "192.0.2.1", most=4)
            await throttle.succeeded("victim", "192.0.2.1")
            await throttle.succeeded("own", "192.0.2.1")
        assert total == AN_ADDRESS

    asyncio.run(work())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_what_counts_as_one_address(address: str, network: str) -> None:
    """An IPv4 address, also inside IPv6; an IPv6 /64."""
    assert network == network_of(address)


def test_a_retry_after_is_when_the_oldest_failure_leaves() -> None:
    """The wait is at most the window, and not below a second."""

    async def work() -> None:
        throttle = Throttle()
        await tries(throttle, "anna", "192.0.2.1")
        refused = await refusal(throttle, "anna", "192.0.2.1")
        assert refused is not None
        assert refused.status == 429
        assert 800 <= int(refused.headers["Retry-After"]) <= 900

    asyncio.run(work())
