"""People as the API reads and tells them: which names, addresses and passwords there can be."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, StringConstraints
from pydantic import Field as Setting

from api.errors import ApiError
from api.passwords import check_strength
from api.permissions import Role
from api.scope import EVERYTHING, Scope
from api.store.sessions import Session
from api.store.tokens import Token
from api.store.users import User
from api.tokens import DEFAULT_DAYS, MOST_DAYS
from syslogger.errors import UnfitError

LEAST_NAME, MOST_NAME = 3, 64
_SIGNS = "._-@+"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{1,30}[0-9]")


def user_name(text: str) -> str:
    """A name in NFKC: letters, marks and digits of any script, and `._-@+`. Raises ValueError."""
    name = unicodedata.normalize("NFKC", text)
    if not LEAST_NAME <= len(name) <= MOST_NAME:
        raise ValueError(f"a name has {LEAST_NAME} to {MOST_NAME} characters")
    if any(unicodedata.category(each)[0] not in "LMN" and each not in _SIGNS for each in name):
        raise ValueError(f"a name has letters, digits and {' '.join(_SIGNS)}")
    return name


def _printable(text: str) -> str:
    line = unicodedata.normalize("NFC", text).strip()
    if not line.isprintable():
        raise ValueError("one line of printable characters")
    return line


def _like(pattern: re.Pattern[str], right: str) -> AfterValidator:
    def check(text: str) -> str:
        if text and not pattern.fullmatch(text):
            raise ValueError(right)
        return text

    return AfterValidator(check)


Text100 = Annotated[str, StringConstraints(max_length=100), AfterValidator(_printable)]
UserName = Annotated[
    str, StringConstraints(max_length=4 * MOST_NAME), AfterValidator(user_name), Setting(examples=["anna"])
]
TokenName = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_printable)]
Email = Annotated[
    str, StringConstraints(max_length=254), AfterValidator(_printable), _like(_EMAIL, "an address: name@host")
]
Phone = Annotated[
    str,
    StringConstraints(max_length=32),
    AfterValidator(_printable),
    _like(_PHONE, "digits, with + before them or not"),
]
Secret = Annotated[SecretStr, Setting(max_length=1_024)]


class Body(BaseModel):
    """What is sent; a key that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


def _shown(example: dict[str, Any]) -> ConfigDict:
    """What the document shows of a body."""
    return ConfigDict(json_schema_extra={"examples": [example]})


class SetupBody(Body):
    """The first admin. code: what stands in the file `setup.code` of the data directory."""

    model_config = _shown({"code": "5f1d0c2e9b7a4d3c8e6f", "name": "anna", "password": "seven green bottles"})

    code: Annotated[str, Setting(max_length=200)]
    name: UserName
    password: Secret


class LoginBody(Body):
    """A sign-in."""

    model_config = _shown({"name": "anna", "password": "seven green bottles"})

    name: Annotated[str, Setting(max_length=256, examples=["anna"])]
    password: Secret


class PasswordBody(Body):
    """Another password, with the one until now."""

    model_config = _shown({"present": "seven green bottles", "password": "hanging on a wall"})

    present: Secret
    password: Secret


class ContactChange(Body):
    """What everybody may change of themselves; what is left out stays."""

    model_config = _shown({"display_name": "Anna Example", "email": "anna@example.org", "phone": "+49 30 123456"})

    display_name: Text100 | None = None
    email: Email | None = None
    phone: Phone | None = None


class NewUser(Body):
    """A user to make."""

    model_config = _shown(
        {"name": "bert", "password": "three french hens", "role": "analyst", "scope": {"engines": ["main"]}}
    )

    name: UserName
    password: Secret
    role: Role = Role.VIEWER
    scope: Scope = EVERYTHING
    display_name: Text100 = ""
    email: Email = ""
    phone: Phone = ""
    disabled: bool = False


class UserChange(ContactChange):
    """What an admin changes of a user; what is left out stays."""

    model_config = _shown({"role": "operator", "scope": {"engines": [], "clients": []}})

    name: UserName | None = None
    role: Role | None = None
    scope: Scope | None = None
    disabled: bool | None = None


class ResetBody(Body):
    """A password that an admin gives."""

    model_config = _shown({"password": "hanging on a wall"})

    password: Secret


class NewToken(Body):
    """A token to make; without a role or a scope it has its owner's."""

    model_config = _shown({"name": "nightly-report", "role": "analyst", "days": 365})

    name: TokenName
    role: Role | None = None
    scope: Scope | None = None
    days: Annotated[int, Setting(ge=1, le=MOST_DAYS)] = DEFAULT_DAYS


class UserBody(BaseModel):
    """A user. Times in microseconds since 1970, UTC."""

    id: int
    name: str
    display_name: str
    email: str
    phone: str
    role: Role
    scope: Scope
    disabled: bool
    created_at: int
    changed_at: int
    signed_in_at: int | None

    @classmethod
    def of(cls, user: User) -> UserBody:
        """The user without what nobody gets to see."""
        return cls(**{name: getattr(user, name) for name in cls.model_fields})


class SessionBody(BaseModel):
    """A session. current: the one that asks. Times in microseconds since 1970, UTC."""

    id: int
    created_at: int
    last_seen_at: int
    address: str
    agent: str
    current: bool

    @classmethod
    def of(cls, session: Session, current_id: int | None) -> SessionBody:
        """The session without its secrets."""
        told = {name: getattr(session, name) for name in cls.model_fields if name != "current"}
        return cls(**told, current=session.id == current_id)


class TokenBody(BaseModel):
    """A token without itself. starts: its first characters. Times in microseconds since 1970, UTC."""

    id: int
    name: str
    starts: str
    role: Role
    scope: Scope
    created_at: int
    expires_at: int
    last_used_at: int | None
    last_used_address: str

    @classmethod
    def of(cls, token: Token) -> TokenBody:
        """What its owner sees of it."""
        return cls(**{name: getattr(token, name) for name in cls.model_fields})


def fit_password(password: SecretStr, *names: str) -> str:
    """The password, where it is strong enough. Raises ApiError (422)."""
    text = password.get_secret_value()
    try:
        check_strength(text, *names)
    except UnfitError as error:
        raise ApiError(
            422, "invalid", f"this is no good password: {error.wrong}", field="body.password", hint=error.right
        ) from error
    return text
