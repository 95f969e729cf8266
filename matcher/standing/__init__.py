"""A plan in memory, with its prices, while one thing after the other changes."""

from matcher.standing.news import News, between
from matcher.standing.scales import TooFarApart
from matcher.standing.standing import Answer, HeldPlace, Standing, Tally

__all__ = ["Answer", "HeldPlace", "News", "Standing", "Tally", "TooFarApart", "between"]
