"""The proof of a plan by itself, in few bytes: `plan-proof.v1`.

Whoever has the market and the stays needs no more to verify a bound than scale,
multipliers and prices. As rows of objects they are most of a plan; here they are
columns of differences, as compact JSON, packed as xz packs. Proofs of earlier releases
are deflated (RFC 1950) and still read.
"""

import json
import lzma
import zlib
from dataclasses import replace
from datetime import date
from itertools import accumulate, pairwise
from typing import Any, TypeAlias

from matcher.plan import Part, Plan, Price, Tier

FORMAT = "plan-proof.v1"
LARGEST = 1 << 26
"""So many bytes a proof may have when it is unpacked."""
MEMORY = 1 << 27
"""So many bytes its unpacking may take."""
_UNPACKED = lzma.LZMAError, zlib.error, UnicodeDecodeError, json.JSONDecodeError
_UNREADABLE = *_UNPACKED, LookupError, TypeError, AttributeError
XZ = b"\xfd7zXZ\x00"
Json: TypeAlias = dict[str, Any]


def proof_of(plan: Plan) -> bytes:
    """Return the proof of a plan; `with_proof` puts it back."""
    parts = [
        {"name": part.name, "tiers": [_packed(tier) for tier in part.tiers]}
        for part in plan.parts
    ]
    told = {"format": FORMAT, "market": plan.market, "parts": parts}
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


def with_proof(plan: Plan, proof: bytes) -> Plan:
    """Return the plan with this proof for its own; `ValueError` when it is none."""
    try:
        text, whole = _unpacked(proof)
        told: Json = json.loads(text) if whole else {"format": None}
        if told["format"] != FORMAT:
            raise ValueError("the proof is not a file of the format plan-proof.v1")
        parts = tuple(
            _part(part, row)
            for part, row in zip(plan.parts, told["parts"], strict=True)
        )
    except _UNREADABLE as error:
        raise ValueError(f"the proof cannot be read: {error}") from None
    if told["market"] != plan.market:
        raise ValueError("the proof is for another market than the plan")
    return replace(plan, parts=parts)


def _unpacked(proof: bytes) -> tuple[bytes, bool]:
    """Return what is in a proof, up to `LARGEST`, and if that is all of it."""
    if proof.startswith(XZ):
        packed = lzma.LZMADecompressor(memlimit=MEMORY)
        return packed.decompress(proof, LARGEST), packed.eof
    deflated = zlib.decompressobj()
    return deflated.decompress(proof, LARGEST), deflated.eof


def _packed(tier: Tier) -> Json:
    places = list(dict.fromkeys((row.offer, row.unit) for row in tier.prices))
    number = {place: n for n, place in enumerate(places)}
    days = [0 if row.day is None else row.day.toordinal() for row in tier.prices]
    return {
        "name": tier.name,
        "worth": tier.worth,
        "bound": tier.bound,
        "scale": tier.scale,
        "multipliers": tier.multipliers,
        "offers": [offer for offer, _ in places],
        "units": {n: unit for n, (_, unit) in enumerate(places) if unit is not None},
        "place": _steps([number[row.offer, row.unit] for row in tier.prices]),
        "day": _steps(days),
        "apart": {n: row.apart for n, row in enumerate(tier.prices) if row.apart},
        "price": [row.price for row in tier.prices],
    }


def _steps(values: list[int]) -> list[int]:
    return [after - before for before, after in pairwise([0, *values])]


def _part(part: Part, told: Json) -> Part:
    return replace(part, name=told["name"], tiers=tuple(map(_tier, told["tiers"])))


def _tier(told: Json) -> Tier:
    places = [
        (offer, told["units"].get(str(n))) for n, offer in enumerate(told["offers"])
    ]
    columns = accumulate(told["place"]), accumulate(told["day"]), told["price"]
    prices = tuple(
        Price(
            offer=places[place][0],
            unit=places[place][1],
            day=date.fromordinal(day) if day else None,
            apart=_two(told["apart"].get(str(n))),
            price=_whole(price),
        )
        for n, (place, day, price) in enumerate(zip(*columns, strict=True))
    )
    return Tier(
        name=str(told["name"]),
        worth=_whole(told["worth"]),
        bound=_whole(told["bound"]),
        scale=_whole(told["scale"]),
        multipliers=tuple(map(_whole, told["multipliers"])),
        prices=prices,
    )


def _two(names: list[str] | None) -> tuple[str, str] | None:
    if names is None:
        return None
    one, other = names
    return one, other


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{value!r} of the proof is no whole number")
    return value
