"""`N_` marks a message for the catalogues without translating it where it stands."""

from collections.abc import Mapping

Family = Mapping[str, str]
"""Code → message."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    return message
