"""Permissions: the table of the roles, word for word, and what a scope closes."""

from __future__ import annotations

import pytest

from api.permissions import WHOLE, Access, Family, Role, allowed, least_role

# viewer, analyst, operator, admin: as the product's table has them
TABLE = {
    Family.AUTH: ("rw", "rw", "rw", "rw"),
    Family.ENGINES: ("r", "r", "rw", "rw"),
    Family.SENDERS: ("", "", "rw", "rw"),
    Family.DAY_FILES: ("", "", "rw", "rw"),
    Family.JOBS: ("", "", "rw", "rw"),
    Family.CLASSES: ("", "r", "rw", "rw"),
    Family.LOGS: ("", "rw", "rw", "rw"),
    Family.TOKENS: ("", "rw", "rw", "rw"),
    Family.HOST: ("r", "r", "r", "rw"),
    Family.CONFIG: ("", "", "r", "rw"),
    Family.USERS: ("", "", "", "rw"),
    Family.AUDIT: ("", "", "", "rw"),
}


def test_every_family_is_in_the_table() -> None:
    """None is forgotten."""
    assert set(Family) == TABLE.keys()


@pytest.mark.parametrize("family", Family)
def test_the_table_holds(family: Family) -> None:
    """Each role may what its column says, and no more."""
    found = []
    for role in Role:
        reads, writes = (allowed(role, family, access) for access in (Access.READ, Access.WRITE))
        found.append("r" * reads + "w" * writes)

    assert TABLE[family] == tuple(found)


@pytest.mark.parametrize("family", Family)
def test_a_scope_closes_what_shows_the_whole(family: Family) -> None:
    """With a scope the families of the whole machine are shut for all, the others as they are without one."""
    for role in Role:
        for access in Access:
            expected = allowed(role, family, access) and family not in WHOLE
            assert expected == allowed(role, family, access, scoped=True)


def test_what_a_scope_closes_is_known() -> None:
    """Day files, unknown senders, host-wide figures, and what belongs to admins."""
    closed = {Family.SENDERS, Family.DAY_FILES, Family.JOBS, Family.HOST, Family.CONFIG, Family.USERS, Family.AUDIT}

    assert closed == WHOLE


def test_a_role_has_the_rights_of_the_one_before() -> None:
    """The least role of a right and all after it have it."""
    roles = list(Role)
    for family in Family:
        for access in Access:
            first = roles.index(least_role(family, access))
            assert [False] * first + [True] * (4 - first) == [allowed(role, family, access) for role in roles]
