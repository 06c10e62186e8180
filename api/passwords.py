"""Passwords: argon2id away from the event loop, a bounded queue before it, and rules for what a password may be.

Rules
- A sign-in for a name that is not there costs the same hash as one with a wrong password.
- Two threads hash (a hash takes 64 MiB and argon2 gives the interpreter back while it runs); so many may wait for them
  and no more: beyond that a sign-in is told to come again, and the loop is never behind.
- Passwords are compared in NFKC: what two keyboards write for the same character is the same.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.errors import ApiError
from syslogger.errors import UnfitError

THREADS = 2
MOST_WAITING = 32
LEAST_CHARACTERS, MOST_CHARACTERS = 10, 256
LEAST_DIFFERENT = 5
RETRY_AFTER_SECONDS = 2

# What guessing begins with, without the digits and signs that people put around it.
_COMMON = frozenset(
    """
password passwords passwort motdepasse contrasena administrator adminadmin admin root rootroot toor letmein welcome
qwerty qwertyuiop qwertz qwertzuiop azerty azertyuiop asdfghjkl asdfasdf zxcvbnm iloveyou sunshine princess football
baseball superman trustno dragon monkey master shadow changeme changeit changemenow secret topsecret default guest test
testtest testing user login access mikrotik syslog syslogger server router network cisco raspberry postgres oracle
company business internet computer samsung abcdefgh abc abcabc hello helloworld
""".split()  # noqa: SIM905 a word a line would be seventy lines
)
_LEET = str.maketrans("@4013$57", "aaoiesst")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)


def normal(password: str) -> str:
    """The password as it is hashed."""
    return unicodedata.normalize("NFKC", password)


def check_strength(password: str, *names: str) -> None:
    """Raise UnfitError for a password that is guessed early; names: the person's own, which it may not hold."""
    text = normal(password)
    if len(text) > MOST_CHARACTERS:
        raise UnfitError(f"it has more than {MOST_CHARACTERS} characters", f"at most {MOST_CHARACTERS} characters")
    if len(text) < LEAST_CHARACTERS:
        raise UnfitError(f"it has {len(text)} characters", f"at least {LEAST_CHARACTERS}: a few words are easy to keep")
    low = text.casefold()
    if any(len(name) >= 3 and name.casefold() in low for name in names):
        raise UnfitError("it holds the name of its owner", "something that does not follow from who you are")
    if len(set(low)) < LEAST_DIFFERENT or _in_a_row(low):
        raise UnfitError("it repeats or counts", f"at least {LEAST_DIFFERENT} different characters, in no row")
    if _is_common(low):
        raise UnfitError("it is among the first that are tried", "a few words that do not belong together")


def _in_a_row(text: str) -> bool:
    return any(text in row * 2 or text in row[::-1] * 2 for row in _ROWS)


def _is_common(text: str) -> bool:
    bare = text.strip("0123456789 !?.,;:-_#*+$%&/()=@")
    return bare in _COMMON or bare.translate(_LEET) in _COMMON


class Passwords:
    """The two threads that hash; close() waits for them."""

    def __init__(self, hasher: PasswordHasher | None = None, *, most_waiting: int = MOST_WAITING) -> None:
        self._hasher = hasher or PasswordHasher()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
        self._free = asyncio.Semaphore(THREADS)
        self._most = THREADS + most_waiting
        self._inside = 0
        self._nobody = self._hasher.hash("")

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One's turn to have something hashed. Raises ApiError (429) when too many wait already."""
        if self._inside >= self._most:
            raise ApiError(
                429,
                "busy",
                "too many people sign in at this moment",
                hint=f"try again in {RETRY_AFTER_SECONDS} seconds",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )
        self._inside += 1
        try:
            async with self._free:
                yield
        finally:
            self._inside -= 1

    async def hashed(self, password: str) -> str:
        """The argon2id hash of a password, with its parameters and salt in it."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._hash, password)

    async def matches(self, hashed: str | None, password: str) -> bool:
        """Whether this is the password of the hash; None (nobody) costs the same and is never it."""
        against = self._nobody if hashed is None else hashed
        same = await asyncio.get_running_loop().run_in_executor(self._pool, self._verify, against, password)
        return same and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _hash(self, password: str) -> str:
        return self._hasher.hash(normal(password))

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, normal(password))
        except (VerificationError, InvalidHashError):
            return False
