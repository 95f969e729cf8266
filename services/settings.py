"""What can be set, and from where: the only reader of the environment.

What is given in code (a command's `--home`) wins over the environment, the
environment over `beistand.toml` in the home, and that over the defaults here.
"""

import os
import ssl
from collections.abc import Mapping
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

SHARE = Path("~/.local/share")
LOCALHOST = IPv4Address("127.0.0.1")
KafkaSecurity = Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL"]


class Settings(BaseSettings):
    """Every setting of Beistand. `docs/operate.md` tells them to the operator."""

    model_config = SettingsConfigDict(
        env_prefix="BEISTAND_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        validate_default=True,
    )
    toml: ClassVar[str] = "beistand.toml"

    home: Annotated[
        Path, Field(description="Where database, keys and uploads of one realm live.")
    ] = SHARE / "beistand"
    realm: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9][a-z0-9-]{1,39}$",
            description="The official municipality key; one realm is one ledger.",
        ),
    ] = "05111000"
    name: Annotated[
        str, Field(max_length=120, description="The office's name, as pages show it.")
    ] = "Koordinierungsstelle"
    today: Annotated[
        date | None,
        Field(description="Business today of a demo; otherwise the calendar's."),
    ] = None
    port: Annotated[
        int, Field(ge=1, le=65535, description="Where the desk listens on 127.0.0.1.")
    ] = 8722
    host: Annotated[
        IPv4Address,
        Field(description="The desk's address; others only in a container."),
    ] = LOCALHOST
    published: Annotated[
        IPv4Address | None,
        Field(description="Where a container's port is reached from: this machine."),
    ] = None
    health_port: Annotated[
        int | None,
        Field(ge=1, le=65535, description="Where health and figures are told, if set."),
    ] = None
    health_host: Annotated[
        IPv4Address, Field(description="The address of the health port.")
    ] = LOCALHOST
    database_url: Annotated[
        SecretStr | None,
        Field(
            validation_alias=AliasChoices("DATABASE_URL", "BEISTAND_DATABASE_URL"),
            description="A PostgreSQL of your own (17 or newer), not the embedded one.",
        ),
    ] = None
    kek_file: Annotated[
        Path | None,
        Field(description="The key that wraps all keys; by default in the home."),
    ] = None
    kafka: Annotated[
        str | None,
        Field(
            pattern=r"^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$",
            description="A Kafka of your own, host:port with commas; not the embedded.",
        ),
    ] = None
    kafka_port: Annotated[
        int | None,
        Field(ge=1, le=65535, description="Where the embedded Kafka listens, if set."),
    ] = None
    kafka_security: Annotated[
        KafkaSecurity,
        Field(description="How to speak with Kafka; SASL is SCRAM-SHA-512."),
    ] = "PLAINTEXT"
    kafka_user: Annotated[
        str | None, Field(description="Who signs in at Kafka, with SASL.")
    ] = None
    kafka_password: Annotated[
        SecretStr | None, Field(description="The password of that user.")
    ] = None
    kafka_ca: Annotated[
        Path | None,
        Field(description="Who vouches for Kafka's certificate; else the system's."),
    ] = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=_toml(init_settings)),
        )

    @model_validator(mode="after")
    def _no_stranger_reaches_the_desk(self) -> Self:
        """The desk has no login yet: whoever reaches it can use it."""
        published = self.published is not None and self.published.is_loopback
        if not self.host.is_loopback and not published:
            raise ValueError(
                f"The desk has no login, so it does not listen on {self.host}, where "
                "others reach it. In a container whose port is published on this "
                "machine alone, say so with BEISTAND_PUBLISHED=127.0.0.1."
            )
        return self

    @property
    def kek(self) -> Path:
        """The file of the key-encryption key."""
        return self.kek_file or self.home / "keys" / "kek"


def load(home: Path | None = None, **given: object) -> Settings:
    """Read the settings; whatever is given here wins. Raises `ValidationError`."""
    place = (home or _Home().home).expanduser().absolute()
    known = {name: value for name, value in given.items() if value is not None}
    return Settings.model_validate({"home": place, **known})


def cache() -> Path:
    """Return where lies what can be fetched again, shared by all homes of a user."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path("~/.cache").expanduser()) / "beistand"


def trust_this_machine() -> None:
    """Let libraries that bring certificates of their own trust this machine's instead.

    Offices often stand behind a proxy with a certificate of theirs. What somebody set
    stays; a machine without certificates keeps the libraries' own.
    """
    known = ssl.get_default_verify_paths()
    folder = Path(known.capath or "")
    if known.cafile is not None:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", known.cafile)
    elif known.capath is not None and any(folder.iterdir()):
        os.environ.setdefault("REQUESTS_CA_BUNDLE", known.capath)


class _Home(BaseSettings):
    """The home alone: it must be known before its own file can be read."""

    model_config = SettingsConfigDict(
        env_prefix="BEISTAND_", env_ignore_empty=True, extra="ignore"
    )
    home: Path = SHARE / "beistand"


def _toml(given: PydanticBaseSettingsSource) -> Path | None:
    values: Mapping[str, object] = given()
    home = values.get("home")
    return home / Settings.toml if isinstance(home, Path) else None
