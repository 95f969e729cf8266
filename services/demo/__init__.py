"""The demo: invented people in a synthetic realm, on the product's own ways."""

from services.demo.play import run
from services.demo.summary import Summary, lines

__all__ = ["Summary", "lines", "run"]
