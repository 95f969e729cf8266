"""The channel SDK: publish offers and needs, and hear what became of them.

    from services.channel import Channel

    with Channel.open("web-form.toml") as channel:
        sent = channel.offer("4711", {"contact": {…}, "details": {…}})
        print(sent.receipt(timeout=10).outcome)

`docs/channel.md` tells the whole story. Nothing of the office is imported here: no
database, no web server, no solver.
"""

from events.receipt import Question, Receipt
from events.submission import NeedSubmission, OfferSubmission
from services.channel.line import Delivered
from services.channel.refusals import (
    BadConfiguration,
    ChannelError,
    NoReceipt,
    NotAllowed,
    NotDelivered,
    NotValid,
    Unreachable,
)
from services.channel.speaking import Channel, Sent

__all__ = [
    "BadConfiguration",
    "Channel",
    "ChannelError",
    "Delivered",
    "NeedSubmission",
    "NoReceipt",
    "NotAllowed",
    "NotDelivered",
    "NotValid",
    "OfferSubmission",
    "Question",
    "Receipt",
    "Sent",
    "Unreachable",
]
