"""How a channel gets through to the bus, and the sentence when it does not.

kafka-python hides two kinds of no: a consumer without a right polls nothing for ever,
and a wrong password looks like silence, for it is only logged. Both are found here.
"""

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from kafka.errors import AuthorizationError, KafkaError, SaslAuthenticationFailedError
from kafka.net.compat import KafkaNetClient

from services.channel.config import Reached
from services.channel.refusals import ChannelError, NotAllowed, Unreachable

Client = TypeVar("Client")
SCRAM = "SCRAM-SHA-512"
OPENING = 10_000
"""Milliseconds in which the bus must have answered for the first time."""


def knock(kafka: Reached) -> None:
    """Raise at once where nobody opens, or a stranger: the library would try on."""
    trust = _trust(kafka)
    why = ""
    for server in _servers(kafka):
        try:
            _shake_hands(server, trust)
        except ssl.SSLCertVerificationError as error:
            raise NotAllowed(
                f"The certificate of the bus at {server} is not vouched for "
                f"({error.verify_message}); ask your office for the file of `ca`."
            ) from error
        except (OSError, ValueError) as error:
            why = f"{server}: {error}"
        else:
            return
    raise _silent(kafka.servers, why)


def _shake_hands(server: str, trust: ssl.SSLContext | None) -> None:
    host, _, port = server.rpartition(":")
    with socket.create_connection((host, int(port)), OPENING / 1000) as plain:
        if trust is not None:
            trust.wrap_socket(plain, server_hostname=host).close()


def _silent(told: str, why: object) -> Unreachable:
    return Unreachable(
        f"The bus at {told} does not answer ({why}); check that it runs, and "
        "`servers` and `security` in your configuration file."
    )


def opened(kind: Callable[..., Client], **told: object) -> Client:
    """Open a client of the library, which leaves its sockets open where that fails."""
    made: list[KafkaNetClient] = []

    def make(**config: object) -> KafkaNetClient:
        made.append(KafkaNetClient(**config))
        return made[-1]

    try:
        return kind(**told, kafka_client=make)
    except KafkaError:
        for left in made:
            left.close()
        raise


class _Overheard(logging.Handler):
    """Keeps the errors that the client library only logs while it tries again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        told = record.args if isinstance(record.args, tuple) else ()
        self.errors += [part for part in told if isinstance(part, BaseException)]


@contextmanager
def opening(kafka: Reached) -> Iterator[None]:
    """Turn what the library raises, or only logs, into one of our sentences."""
    logger, overheard = logging.getLogger("kafka.net.manager"), _Overheard()
    logger.addHandler(overheard)
    try:
        yield
    except KafkaError as error:
        raise _why(kafka, error, *overheard.errors) from error
    finally:
        logger.removeHandler(overheard)


@contextmanager
def sentences(told: str) -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        raise understood(error, told) or _silent(told, error) from error


def _why(kafka: Reached, *errors: BaseException) -> ChannelError:
    """Return what says most of why a line could not be opened."""
    told = told_of(kafka)
    for error in errors:
        if (known := understood(error, told)) is not None:
            return known
    if kafka.user is not None and any("disconnected" in str(one) for one in errors):
        # Whoever opens, and hangs up at once, has often not let its answer be read.
        return NotAllowed(
            f"The bus at {told} hangs up before it has said anything: it does not "
            "accept this user and password, or `security` is not what it speaks. Ask "
            "your office for a new configuration file."
        )
    return _silent(told, errors[0])


def understood(error: BaseException, told: str) -> ChannelError | None:
    match error:
        case SaslAuthenticationFailedError():
            return NotAllowed(
                f"The bus at {told} does not accept this user and password; ask your "
                "office for a new configuration file."
            )
        case AuthorizationError():
            return NotAllowed(
                f"The bus at {told} refuses: a right is missing ({error}). Ask your "
                "office to run `beistand channel add` again."
            )
        case _:
            return None


def reach_of(kafka: Reached) -> dict[str, object]:
    """Return what both clients of kafka-python are told."""
    reach: dict[str, object] = {
        "bootstrap_servers": _servers(kafka),
        "security_protocol": kafka.security,
    }
    if kafka.security != "PLAINTEXT":
        reach["sasl_mechanism"] = SCRAM
        reach["sasl_plain_username"] = kafka.user
        reach["sasl_plain_password"] = kafka.password
    if (trust := _trust(kafka)) is not None:
        reach["ssl_context"] = trust
    return reach


def _servers(kafka: Reached) -> list[str]:
    return [server.strip() for server in kafka.servers.split(",")]


def _trust(kafka: Reached) -> ssl.SSLContext | None:
    if kafka.security != "SASL_SSL":
        return None
    try:
        return ssl.create_default_context(cafile=kafka.ca)
    except OSError as error:
        raise NotAllowed(
            f"{kafka.ca} holds no certificate of an authority ({error}); ask your "
            "office for the file that `ca` names."
        ) from error


def told_of(kafka: Reached) -> str:
    return f"{kafka.servers} as {kafka.user}" if kafka.user else kafka.servers
