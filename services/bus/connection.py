"""How Kafka is reached: where, as whom, and the sentence when it cannot be."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

from services.bus.errors import BusError, NoBus, NotAllowed, Unreachable
from services.bus.place import BusPlace
from services.settings import KafkaSecurity, Settings

SCRAM: Literal["SCRAM-SHA-512"] = "SCRAM-SHA-512"


class SignIn(TypedDict):
    """Who we are, in words that aiokafka and kafka-python share."""

    security_protocol: KafkaSecurity
    sasl_mechanism: NotRequired[Literal["SCRAM-SHA-512"]]
    sasl_plain_username: NotRequired[str]
    sasl_plain_password: NotRequired[str]
    ssl_context: NotRequired[ssl.SSLContext]


class Reach(SignIn):
    """What clients of both libraries are told; unpack it."""

    bootstrap_servers: list[str]


@dataclass(frozen=True)
class Bus:
    """A Kafka and who we are there; the password shows in no log."""

    servers: str
    security: KafkaSecurity = "PLAINTEXT"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None

    def __post_init__(self) -> None:
        signed = self.user is not None and self.password is not None
        if self.security != "PLAINTEXT" and not signed:
            raise NotAllowed(
                f"{self.security} needs a user and a password; set "
                "BEISTAND_KAFKA_USER and BEISTAND_KAFKA_PASSWORD."
            )

    def for_aiokafka(self) -> Reach:
        """Keyword arguments of aiokafka's producer, consumer and admin client."""
        return {"bootstrap_servers": self.servers.split(","), **self.sign_in()}

    def for_kafka_python(self) -> Reach:
        """Keyword arguments of kafka-python's producer, consumer and admin client."""
        return self.for_aiokafka()

    def sign_in(self) -> SignIn:
        """The same without servers, for one connection to one of them."""
        signed: SignIn = {"security_protocol": self.security}
        if self.security == "PLAINTEXT" or self.user is None or self.password is None:
            return signed
        signed["sasl_mechanism"] = SCRAM
        signed["sasl_plain_username"] = self.user
        signed["sasl_plain_password"] = self.password
        if (trust := self._trust()) is not None:
            signed["ssl_context"] = trust
        return signed

    def told(self) -> str:
        """Where it is and as whom, for a person: never the password."""
        return f"{self.servers} as {self.user}" if self.user else self.servers

    def _trust(self) -> ssl.SSLContext | None:
        if self.security != "SASL_SSL":
            return None
        try:
            return ssl.create_default_context(cafile=self.ca)
        except OSError as error:
            raise NotAllowed(
                f"{self.ca} holds no certificate of an authority ({error.strerror}); "
                "set BEISTAND_KAFKA_CA to the PEM file that vouches for Kafka."
            ) from error


def bus_of(settings: Settings) -> Bus:
    """Return the Kafka of the settings, else the one running in the home.

    It is not asked anything: clients find out whether it answers. Raises `NoBus`.
    """
    if settings.kafka is not None:
        hidden = settings.kafka_password
        return Bus(
            settings.kafka,
            settings.kafka_security,
            settings.kafka_user,
            None if hidden is None else hidden.get_secret_value(),
            settings.kafka_ca,
        )
    place = BusPlace(settings.home)
    if place.pid() is None:
        raise NoBus(
            "No Kafka runs in this home: run `beistand kafka start`, or set "
            "BEISTAND_KAFKA=host:port for one of your own."
        )
    return Bus(place.address())


__all__ = ["Bus", "BusError", "NoBus", "NotAllowed", "Unreachable", "bus_of"]
