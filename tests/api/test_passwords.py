"""Passwords: what is accepted, that hashing is bounded, and that nobody costs as much as somebody."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from api.errors import ApiError
from api.passwords import MOST_CHARACTERS, THREADS, Passwords, check_strength
from syslogger.errors import UnfitError

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def run(work: Coroutine[Any, Any, None]) -> None:
    """In a loop of its own."""
    asyncio.run(work)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short1!",
        "aaaaaaaaaaaa",
        "abababababab",
        "1234567890",
        "0987654321",
        "abcdefghijkl",
        "qwertyuiopas",
        "password123!",
        "P@ssw0rd2024!!",
        "changeme1234",
        "Administrator1",
        "anna-is-my-name",
        "x" * (MOST_CHARACTERS + 1),
    ],
)
def test_what_is_guessed_early_is_refused(password: str) -> None:
    """Too short, too long, in a row, common, or one's own name."""
    with pytest.raises(UnfitError):
        check_strength(password, "anna")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "Zr8#qLw2mP", "пароль-из-слов", "\x00\x01 tab\t and more"]
)
def test_what_is_not_is_accepted(password: str) -> None:
    """Length matters, classes of characters do not."""
    check_strength(password, "anna")


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_hash_is_of_its_password_alone(one: str, other: str) -> None:
    """Whatever the text, its own hash matches; another text's does where both are the same in NFKC."""

    async def work() -> None:
        passwords = Passwords(QUICK)
        try:
            hashed = await passwords.hashed(one)
            assert await passwords.matches(hashed, one)
            assert not await passwords.matches(hashed, other + "\x00x")
            assert not await passwords.matches(None, one)
        finally:
            passwords.close()

    run(work())


def test_two_spellings_of_a_character_are_one() -> None:
    """A composed and a decomposed letter are the same password."""

    async def work() -> None:
        passwords = Passwords(QUICK)
        try:
            assert await passwords.matches(await passwords.hashed("caf\u00e9-au-lait"), "cafe\u0301-au-lait")
        finally:
            passwords.close()

    run(work())


def test_other_parameters_are_outdated() -> None:
    """A hash of weaker parameters is known as such, one of today's is not."""

    async def work() -> None:
        passwords = Passwords()
        try:
            assert passwords.outdated(QUICK.hash("whatever it is"))
            assert not passwords.outdated(await passwords.hashed("whatever it is"))
            assert (await passwords.hashed("whatever it is")).startswith("$argon2id$")
        finally:
            passwords.close()

    run(work())


def test_a_broken_hash_is_nobodys() -> None:
    """What is no hash at all matches nothing and raises nothing."""

    async def work() -> None:
        passwords = Passwords(QUICK)
        try:
            assert not await passwords.matches("!", "whatever it is")
        finally:
            passwords.close()

    run(work())


def test_beyond_the_bound_one_is_told_to_come_again() -> None:
    """Two work, one waits, the next is refused with Retry-After, and a turn that is over makes room."""

    async def work() -> None:
        passwords = Passwords(QUICK, most_waiting=1)
        go = asyncio.Event()

        async def hold() -> None:
            async with passwords.turn():
                await go.wait()

        tasks = [asyncio.create_task(hold()) for _ in range(THREADS + 1)]
        await asyncio.sleep(0)
        with pytest.raises(ApiError) as refused:
            async with passwords.turn():
                pass
        assert (429, "2") == (refused.value.status, refused.value.headers["Retry-After"])
        go.set()
        await asyncio.gather(*tasks)
        async with passwords.turn():
            pass
        passwords.close()

    run(work())
