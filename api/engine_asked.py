"""What is asked about engines and their clients.

What is asked has the form of the file's ENGINES; what a value may be is the factory's to say, in the file's words. Here
are the kinds and how long a thing may be, and for the document what the factory takes.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue


def _named(least: int, most: int) -> dict[str, JsonValue]:
    return {"pattern": "^[a-z][a-z0-9_]*$", "minLength": least, "maxLength": most}


def _whole(least: int, most: int) -> Any:
    """A number that JSON holds; the document says what the factory takes, and the factory says what is wrong."""
    shown: dict[str, JsonValue] = {"minimum": least, "maximum": most}
    return Field(ge=-(1 << 53), le=1 << 53, json_schema_extra=shown)


OF_ENGINE, OF_NAME = _named(4, 30), _named(1, 40)

Label = Annotated[str, Field(max_length=200, json_schema_extra={"maxLength": 100})]
ClientName = Annotated[
    str, Field(max_length=200, json_schema_extra={"minLength": 1, "maxLength": 100}, examples=["branch"])
]
Address = Annotated[str, Field(max_length=100, examples=["127.0.0.1"])]
EngineName = Annotated[str, Field(max_length=100, json_schema_extra=OF_ENGINE, examples=["main"])]
ClassName = Annotated[str, Field(max_length=100, json_schema_extra=OF_NAME, examples=["mikrotik"])]
Line = Annotated[str, Field(max_length=65_000, examples=["<14>user=anna from 10.0.0.7"])]
Port = Annotated[int, _whole(1, 65_535)]

# parts of a path
OneEngine = Annotated[str, Path(alias="name", max_length=100, json_schema_extra=OF_ENGINE, examples=["main"])]
OneClass = Annotated[str, Path(alias="name", max_length=100, json_schema_extra=OF_NAME, examples=["mikrotik"])]


class Asked(BaseModel):
    """A part of a request; what nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    def sent(self) -> dict[str, Any]:
        """What was sent, under the names of the file."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class ClientAsked(Asked):
    """Who may send: a range, and a name that stands in the rows; without one the range is the name."""

    address: Annotated[str, Field(max_length=100, examples=["10.20.0.0/16"])]
    name: ClientName | None = Field(None, exclude_if=lambda name: name is None)


class ChangesAsked(Asked):
    """What can be changed of an engine: what is sent is changed, the rest stays."""

    port: Port = 5140
    title: Label = ""
    addresses: Annotated[list[Address], Field(max_length=64)] = []
    clients: Annotated[list[ClientAsked], Field(max_length=10_000)] = []
    keep_original: bool = True
    workers: Annotated[int, _whole(1, 64)] | None = None
    auto_delete_days: Annotated[int, _whole(2, 36_500)] | None = None
    auto_delete_bytes: Annotated[int, _whole(1 << 20, 1 << 50)] | None = None


class EngineAsked(ChangesAsked):
    """A new engine; only `name`, `class` and `port` have no default."""

    name: EngineName
    class_name: ClassName = Field(alias="class")
    port: Port = Field(examples=[5140])
    running: bool = True


class CreateAsked(Asked):
    """autostart: whether the factory starts it again when it starts itself."""

    engine: EngineAsked
    autostart: bool = True


class EditAsked(Asked):
    """restart: whether it may be restarted, should a change need it."""

    changes: ChangesAsked = ChangesAsked()
    autostart: bool | None = None
    restart: bool = False


class EffectsAsked(Asked):
    """Changes that are not made yet."""

    changes: ChangesAsked


class PauseAsked(Asked):
    """Why it rests; it stores again when every reason is taken away."""

    reason: Annotated[str, Field(max_length=100, json_schema_extra=OF_NAME, examples=["maintenance"])] = "operator"


class LineAsked(Asked):
    """A line to send to an engine as one real datagram."""

    line: Line


class SenderAsked(Asked):
    """An unknown sender that is to be a client; without a name its address is the name."""

    address: Annotated[str, Field(max_length=100, examples=["203.0.113.7"])]
    name: ClientName | None = Field(None, exclude_if=lambda name: name is None)


class IgnoreAsked(Asked):
    """An unknown sender that is not to be shown any more; without `ignore` it is shown again."""

    address: Annotated[str, Field(max_length=100, examples=["203.0.113.7"])]
    ignore: bool = True
