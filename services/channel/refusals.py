"""What can go wrong on the way to the office, each said as a sentence.

ChannelError
├── BadConfiguration   the file is not one that `beistand channel add` wrote
├── NotValid           the message does not fit the contract; nothing was sent
├── Unreachable        the bus does not answer
├── NotAllowed         it answers, and refuses: password, certificate or a right
├── NotDelivered       the bus did not confirm the message; send the same again
└── NoReceipt          delivered, but not answered yet; nothing is lost
"""


class ChannelError(Exception):
    """Something kept the channel from speaking; the text says what to do."""


class BadConfiguration(ChannelError):
    """The file is not one that `beistand channel add` wrote."""


class NotValid(ChannelError):
    """The message does not fit the contract. Nothing was sent."""


class Unreachable(ChannelError):
    """The bus does not answer."""


class NotAllowed(ChannelError):
    """The bus answers, and refuses: a wrong password, or a missing right."""


class NotDelivered(ChannelError):
    """The bus did not confirm the message: to send the same again is safe."""


class NoReceipt(ChannelError):
    """The message is on the bus, and no receipt has come in time."""
