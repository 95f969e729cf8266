"""Seeded messages of a channel, as the channel's own SDK makes them."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from aiokafka import AIOKafkaProducer

from services.bus.connection import Bus
from services.channel.message import Message, Name, submission

CHANNEL = "web"
SOURCE = "/bench/web"
_FIRST = date(2022, 3, 18)
_STREETS = ("Ahornweg", "Birkenallee", "Corneliusstraße", "Dorotheenplatz")
_NAMES = ("Ada", "Bohdan", "Cem", "Daria", "Emil", "Franziska")


def messages(seed: int, count: int, stem: str = "m") -> Iterator[Message]:
    """Yield offers of homes and, as often, needs of households, each a new case."""
    dice = random.Random(f"messages {seed} {stem}")
    for number in range(count):
        kind = ("offer", "need")[number % 2]
        details = _home(dice) if kind == "offer" else _family(dice)
        name = f"{stem}-{number}"
        data = {
            "details": details,
            "contact": {
                "name": f"{dice.choice(_NAMES)} {name}",
                "mail": f"{name}@example.org",
                "phone": f"0211 {dice.randint(1_000_000, 9_999_999)}",
            },
            "address": {
                "street": dice.choice(_STREETS),
                "house_number": str(dice.randint(1, 240)),
            },
            "message": "Wir freuen uns und sind abends gut zu erreichen.",
        }
        yield submission(
            f"{kind}.submitted.v1", SOURCE, Name.of(name, None, None), data
        )


async def publish(bus: Bus, topic: str, sent: Sequence[Message]) -> None:
    """Put messages on a channel's topic, and wait until it has them all."""
    async with AIOKafkaProducer(
        **bus.for_aiokafka(), enable_idempotence=True, acks="all", linger_ms=5
    ) as producer:
        answers = [
            await producer.send(
                topic, one.value, key=one.key, headers=list(one.headers)
            )
            for one in sent
        ]
        for answer in answers:
            await answer


def _home(dice: random.Random) -> dict[str, object]:
    first = _FIRST + timedelta(days=dice.randint(0, 60))
    return {
        "kind": "housing",
        "dwelling": dice.choice(["room", "flat", "house"]),
        "beds": dice.randint(1, 8),
        "m2": dice.randint(12, 160),
        "available": {
            "from": first.isoformat(),
            "to": (first + timedelta(days=dice.randint(14, 365))).isoformat(),
        },
        "location": {"postcode": str(40_210 + dice.randint(0, 36))},
    }


def _family(dice: random.Random) -> dict[str, object]:
    return {
        "kind": "housing",
        "persons": dice.randint(1, 7),
        "horizon": dice.choice(["acute", "long_term"]),
        "near": str(40_210 + dice.randint(0, 36)),
    }
