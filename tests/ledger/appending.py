"""A client of its own: appends without end. Arguments: address, ledger."""

import itertools
import sys

from services.database import Server
from services.ledger.recorder import Recorder
from tests.ledger.samples import entry


def main(address: str, ledger: str) -> None:
    recorder = Recorder(Server(address).named(ledger))
    for n in itertools.count():
        recorder.record([entry(f"client-{n}", data=b"x" * 20_000, count=20)])
        if n == 0:
            print("begun", flush=True)  # noqa: T201 - the test waits for it


if __name__ == "__main__":
    main(*sys.argv[1:])
