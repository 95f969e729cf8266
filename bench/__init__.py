"""Seeded instances and yardsticks: `python -m bench` lists them."""
