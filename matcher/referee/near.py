"""Who would like to live near whom, and what was not earned by it: read once more."""

from collections.abc import Iterable

from matcher.plan import Stay
from matcher.referee.reading import Asked, Doc, Given
from matcher.referee.rules import Court
from matcher.referee.together import linked


class Links:
    """For each household those it is linked to: who waits too, and who has a home."""

    def __init__(self, document: Doc, needs: Iterable[Doc]) -> None:
        rows = list(needs)
        self.waiting: dict[str, set[str]] = {row["id"]: set() for row in rows}
        self.homes: dict[str, set[str]] = {row["id"]: set() for row in rows}
        home = {row["need"]: row["offer"] for row in document["held"]}
        whole = {
            part["id"]: row["id"] for row in rows for part in row.get("parts") or [row]
        }
        for row in rows:
            for part in row.get("parts") or [row]:
                for other in linked(part, "near"):
                    if other in whole:
                        self.waiting[row["id"]].add(whole[other])
                        self.waiting[whole[other]].add(row["id"])
                    elif other in home:
                        self.homes[row["id"]].add(home[other])
        for name, others in self.waiting.items():
            others.discard(name)


def close(court: Court, given: Given, other: Given) -> bool:
    """Say whether two homes are near: one offer, or few metres between them."""
    if given.id == other.id:
        return True
    near = court.policy["preferences"].get("near")
    far = court.metres(given.postcode, other.postcode)
    return near is not None and far is not None and far <= near["metres"]


def by_links(court: Court, asked: Asked, given: Given) -> int:
    """Return what a pair is counted for near households: of those who wait, all."""
    near = court.policy["preferences"].get("near")
    if near is None:
        return 0
    beside = sum(close(court, given, other) for other in asked.near_homes)
    return int(near["points"] * (asked.near_waiting + beside))


def lost_points(
    court: Court, links: Links, given: dict[str, Given], stays: Iterable[Stay]
) -> dict[str, int]:
    """Return for each stay the points of links whose other end is not near."""
    near = court.policy["preferences"].get("near")
    home = {stay.need: given[stay.offer] for stay in stays if stay.offer in given}
    if near is None:
        return {}
    return {
        need: near["points"]
        * sum(
            other not in home or not close(court, here, home[other])
            for other in links.waiting.get(need, ())
        )
        for need, here in home.items()
    }
