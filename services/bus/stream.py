"""The same sign-in for FastStream, which wants it in a form of its own."""

from typing import TypedDict

from faststream.security import SASLScram512

from services.bus.connection import Bus


class StreamReach(TypedDict):
    """What a `KafkaBroker` of FastStream is told; unpack it."""

    bootstrap_servers: list[str]
    security: SASLScram512 | None


def for_faststream(bus: Bus) -> StreamReach:
    """Return how a `KafkaBroker` reaches the bus, with the bus's own sign-in."""
    reach = bus.for_aiokafka()
    signed = None
    if "sasl_mechanism" in reach:
        signed = SASLScram512(
            reach["sasl_plain_username"],
            reach["sasl_plain_password"],
            ssl_context=reach.get("ssl_context"),
        )
    return {"bootstrap_servers": reach["bootstrap_servers"], "security": signed}
