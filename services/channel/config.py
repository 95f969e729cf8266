"""The ready configuration file of a channel: written by the office, read by the SDK.

`beistand channel add NAME` writes it, once; whoever holds it can speak as that channel,
so only its owner may read it. TOML with two tables:

    [channel]
    name = "web-form"
    realm = "05111000"
    source = "/channels/web-form"
    topic = "beistand.05111000.intake.web-form"
    receipts = "beistand.05111000.receipts.web-form"

    [kafka]
    servers = "kafka.example.org:9093"
    security = "SASL_SSL"
    user = "channel-web-form"
    password = "…"
    ca = "ca.pem"

`ca` is a file beside this one, or an absolute path. Without SASL there is no user.
"""

import json
import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from events.values import Clean, Strict, Word
from services.channel.refusals import BadConfiguration

Line = Annotated[str, Field(min_length=1, max_length=500), Clean]
Security = Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL"]
HEAD = (
    "# How this channel reaches Beistand. Whoever has this file speaks for it:\n"
    "# keep it where only your program can read it.\n"
)


class Spoken(Strict):
    """Who the channel is: its topics, and the source that its messages name."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    realm: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
    source: Word
    topic: Line
    receipts: Line


class Reached(Strict):
    """Where the bus is, and what it wants to hear before it listens."""

    servers: Line
    security: Security = "PLAINTEXT"
    user: Line | None = None
    password: Annotated[Line | None, Field(repr=False)] = None
    ca: Line | None = None

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if self.security.startswith("SASL") and None in {self.user, self.password}:
            raise ValueError(f"{self.security} needs a user and a password")
        return self


class Configuration(Strict):
    """All of a channel's file."""

    channel: Spoken
    kafka: Reached


def read(path: Path) -> Configuration:
    """Read the file; raise `BadConfiguration` with a sentence."""
    try:
        found = Configuration.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise BadConfiguration(
            f"{path} cannot be read ({error.strerror}); ask your office for the file "
            "that `beistand channel add` wrote, and name its path."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadConfiguration(f"{path} is no TOML file: {error}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BadConfiguration(f"{path}: {where}: {first['msg']}.") from error
    return _beside(path, found)


def write(path: Path, configuration: Configuration) -> None:
    """Write the file so that only its owner can read it, from its first byte on."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        path.chmod(0o600)
        file.write(text(configuration))


def text(configuration: Configuration) -> str:
    """Return the file's text."""
    said = configuration.model_dump(exclude_none=True)
    tables = (
        f"[{table}]\n" + "".join(f"{key} = {_quoted(value)}\n" for key, value in rows)
        for table, rows in ((name, values.items()) for name, values in said.items())
    )
    return HEAD + "\n" + "\n".join(tables)


def _quoted(value: str) -> str:
    """Return a TOML string; its escapes are JSON's."""
    return json.dumps(value, ensure_ascii=False)


def _beside(path: Path, found: Configuration) -> Configuration:
    """Return the configuration with `ca` as a path that holds from anywhere."""
    if found.kafka.ca is None:
        return found
    ca = str(path.resolve().parent / Path(found.kafka.ca).expanduser())
    return found.model_copy(update={"kafka": found.kafka.model_copy(update={"ca": ca})})
