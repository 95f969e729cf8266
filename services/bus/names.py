"""What topics, groups and users are called on the bus.

Channels and tools of others rely on these names, so they are part of the contract. The
realm stands in each of them: many municipalities may share one cluster.
"""

import re
from dataclasses import dataclass

CHANNEL = r"[a-z0-9][a-z0-9-]{0,39}"
"""A channel's name. Short, because Kafka ends a topic's name at 249 characters."""

_REALM = r"[a-z0-9][a-z0-9-]{1,39}"
_CHANNEL = re.compile(CHANNEL)


@dataclass(frozen=True)
class Names:
    """The names of one realm; `ValueError` for a realm or channel that has none."""

    realm: str

    def __post_init__(self) -> None:
        if not re.fullmatch(_REALM, self.realm):
            raise ValueError(f"{self.realm!r} is no realm: use a-z, 0-9 and -.")

    @property
    def facts(self) -> str:
        """The one topic that all facts leave by, in the ledger's order."""
        return f"{self._root}.facts"

    @property
    def intake_pattern(self) -> str:
        """A regular expression for every channel's topic, also of one added later."""
        # Written without braces, which FastStream would read as a parameter's name.
        return rf"^{re.escape(self._root)}\.intake\.[a-z0-9][a-z0-9-]*$"

    def intake(self, channel: str) -> str:
        """The topic that only this channel writes: it says who speaks."""
        return self.every_intake + _named(channel)

    def receipts(self, channel: str) -> str:
        """The topic that only this channel reads."""
        return self.every_receipts + _named(channel)

    @property
    def every_intake(self) -> str:
        """What the name of every intake topic begins with."""
        return f"{self._root}.intake."

    @property
    def every_receipts(self) -> str:
        """What the name of every topic of receipts begins with."""
        return f"{self._root}.receipts."

    def channel_of(self, topic: str) -> str | None:
        """Return the channel of an intake topic; None for any other topic."""
        name = topic.removeprefix(self.every_intake)
        return name if name != topic and is_channel(name) else None

    def group(self, part: str) -> str:
        """The consumer group, and the user, of a part like `intake` or `relay`."""
        return f"{self._root}.{part}"

    def user(self, channel: str) -> str:
        """The user by which a channel signs in, and the group that it reads with."""
        return f"{self._root}.channel.{_named(channel)}"

    @property
    def _root(self) -> str:
        return f"beistand.{self.realm}"


def is_channel(name: str) -> bool:
    """Say whether a topic can carry this name."""
    return _CHANNEL.fullmatch(name) is not None


def _named(channel: str) -> str:
    if not is_channel(channel):
        raise ValueError(f"{channel!r} is no channel: use a-z, 0-9 and -, at most 40.")
    return channel
