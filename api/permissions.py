"""Who may do what: the table of roles, as data.

A family is a group of routes with one rule. A person with a scope sees some engines or clients only: the families in
`WHOLE` show more than that, so they are closed to them.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is here for, each with the rights of the one before."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    OPERATOR = "operator"
    ADMIN = "admin"


class Access(StrEnum):
    """Looking, or changing."""

    READ = "read"
    WRITE = "write"


class Family(StrEnum):
    """A group of routes with one rule."""

    AUTH = "auth"
    ENGINES = "engines"
    SENDERS = "senders"
    DAY_FILES = "day_files"
    JOBS = "jobs"
    CLASSES = "classes"
    LOGS = "logs"
    TOKENS = "tokens"
    HOST = "host"
    CONFIG = "config"
    USERS = "users"
    AUDIT = "audit"


_VIEWER, _ANALYST, _OPERATOR, _ADMIN = Role

# family: the least role that may read, and the least that may write
RIGHTS = MappingProxyType(
    {
        Family.AUTH: (_VIEWER, _VIEWER),
        Family.ENGINES: (_VIEWER, _OPERATOR),
        Family.SENDERS: (_OPERATOR, _OPERATOR),
        Family.DAY_FILES: (_OPERATOR, _OPERATOR),
        Family.JOBS: (_OPERATOR, _OPERATOR),
        Family.CLASSES: (_ANALYST, _OPERATOR),
        Family.LOGS: (_ANALYST, _ANALYST),
        Family.TOKENS: (_ANALYST, _ANALYST),
        Family.HOST: (_VIEWER, _ADMIN),
        Family.CONFIG: (_OPERATOR, _ADMIN),
        Family.USERS: (_ADMIN, _ADMIN),
        Family.AUDIT: (_ADMIN, _ADMIN),
    }
)

# What shows the whole machine or every sender, whoever asks.
WHOLE = frozenset(
    {Family.SENDERS, Family.DAY_FILES, Family.JOBS, Family.HOST, Family.CONFIG, Family.USERS, Family.AUDIT}
)

_RANK = {role: rank for rank, role in enumerate(Role)}


def least_role(family: Family, access: Access) -> Role:
    """The least role with this right."""
    reads, writes = RIGHTS[family]
    return reads if access is Access.READ else writes


def allowed(role: Role, family: Family, access: Access, *, scoped: bool = False) -> bool:
    """Whether a person of this role may, with a scope or without."""
    return _RANK[role] >= _RANK[least_role(family, access)] and not (scoped and family in WHOLE)
