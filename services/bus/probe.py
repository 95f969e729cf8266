"""Ask before hoping: Kafka is there, knows us, and lets us do what we want.

kafka-python hides a wrong password behind thirty seconds and `KafkaTimeoutError`, and a
consumer without the right to read polls `{}` for ever. Both become a sentence here.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from socket import gaierror
from ssl import SSLError

from aiokafka.conn import AIOKafkaConnection
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from services.bus.connection import Bus
from services.bus.errors import BusError, NotAllowed, Unreachable
from services.bus.layout import Operation
from services.bus.refusals import understood

SECONDS = 5.0
GOODBYE_SECONDS = 2.0
_UNKNOWN, _FORBIDDEN = 3, 29


def probe(bus: Bus, seconds: float = SECONDS) -> None:
    """Sign in once; raise `Unreachable` or `NotAllowed` within some seconds."""
    asyncio.run(greet(bus, seconds))


async def greet(bus: Bus, seconds: float = SECONDS) -> None:
    """Do as `probe` does, for those who run in a loop already."""
    refused: list[BusError] = []
    for server in bus.servers.split(","):
        try:
            await _sign_in(bus, server, seconds)
        except (OSError, RuntimeError) as error:  # what aiokafka's own errors are
            if (said := understood(error, bus.told())) is None:
                raise
            refused.append(said)
        else:
            return
    # A server that refuses says more than another that is silent.
    raise next((one for one in refused if isinstance(one, NotAllowed)), refused[0])


def require(bus: Bus, topic: str, *operations: Operation) -> None:
    """Make sure that a topic is there and that we may do this with it.

    Raises `NotAllowed` for a missing right, `Unreachable` for a missing topic or none
    to ask.
    """
    with admin(bus) as client:
        (found,) = client.describe_topics([topic])
    if found["error_code"] == _UNKNOWN:
        raise Unreachable(
            f"Kafka at {bus.told()} has no topic {topic}; whoever runs Kafka makes it "
            "with `beistand topics apply`."
        )
    given = found["authorized_operations"] or []
    missing = [one for one in operations if one not in given]
    if found["error_code"] == _FORBIDDEN or missing:
        wanted = " and ".join(missing or operations)
        raise NotAllowed(
            f"Kafka at {bus.told()} does not let us {wanted} topic {topic}; whoever "
            "runs Kafka gives the rights with `beistand topics apply`."
        )


@contextmanager
def admin(bus: Bus) -> Iterator[KafkaAdminClient]:
    """Lend an administrator's client; whatever Kafka refuses becomes a sentence."""
    probe(bus)
    patience = {"bootstrap_timeout_ms": 5000, "request_timeout_ms": 10000}
    try:
        with KafkaAdminClient(**bus.for_kafka_python(), **patience) as client:
            yield client
    except (KafkaError, OSError) as error:
        if (said := understood(error, bus.told())) is None:
            raise
        raise said from error


async def _sign_in(bus: Bus, server: str, seconds: float) -> None:
    host, _, port = server.rpartition(":")
    patience = int(seconds * 1000)
    connection = AIOKafkaConnection(
        host, int(port), request_timeout_ms=patience, **bus.sign_in()
    )
    goodbye = GOODBYE_SECONDS
    try:
        async with asyncio.timeout(seconds):
            await connection.connect()
    except (ConnectionError, SSLError, gaierror):
        goodbye = 0.1  # nothing was opened, so nothing will say that it has ended
        raise
    finally:
        if (ended := connection.close()) is not None:
            await asyncio.wait({ended}, timeout=goodbye)
