"""A plan in memory, with its prices, while one thing after the other changes."""

from matcher.standing.news import News, between
from matcher.standing.standing import Answer, Standing, Tally

__all__ = ["Answer", "News", "Standing", "Tally", "between"]
