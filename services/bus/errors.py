"""Why the bus cannot be used, said so that a person knows what to do."""


class BusError(Exception):
    """The bus cannot be used; the text is for a person.

    ├── NoBus        none is configured and none runs in the home
    ├── NotFetched   the embedded Kafka is not on this machine and cannot be fetched
    ├── NotStarted   the embedded Kafka does not run
    ├── Unreachable  Kafka does not answer
    └── NotAllowed   Kafka answers and refuses: wrong password, or a missing right
    """


class NoBus(BusError):
    """No Kafka is configured and none runs in the home."""


class NotFetched(BusError):
    """The embedded Kafka is not on this machine and cannot be fetched."""


class NotStarted(BusError):
    """The embedded Kafka does not run."""


class Unreachable(BusError):
    """Kafka does not answer."""


class NotAllowed(BusError):
    """Kafka answers, and refuses: a wrong password, or a missing right."""
