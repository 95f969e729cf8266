"""The facts: what happened, and what it adds up to."""
