"""A sheet that goes to the office every night, all of it, as it is.

    python examples/channel/nightly_sheet.py sheet.toml homes.csv "Angebots-Nr."

Each row is sent under its headings; the office has a profile for them. A row that did
not change since the last night is answered as unchanged, one that did is amended: the
column named last says which row is which. A night that broke off is simply run again.
"""

import csv
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from services.channel import Channel, ChannelError


def send(configuration, sheet, column):
    """Send every row; return how many there are of each outcome, and what is amiss."""
    night = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    with Path(sheet).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    with Channel.open(configuration) as channel:
        sent = [
            channel.row(row[column], row, id=f"{row[column]}@{night}") for row in rows
        ]
        receipts = [one.receipt(timeout=60) for one in sent]
    outcomes = Counter(receipt.outcome for receipt in receipts)
    return outcomes, [line for receipt in receipts for line in amiss(receipt)]


def amiss(receipt):
    """Yield what somebody should look at."""
    number = receipt.id.split("@")[0]
    if receipt.reason is not None:
        yield f"{number}: {receipt.reason}"
    for question in receipt.questions:
        yield f"{number}: {question.field}: {question.reason}"


if __name__ == "__main__":
    try:
        outcomes, lines = send(*sys.argv[1:])
    except ChannelError as error:
        sys.exit(f"{error}\nNothing is lost: run it again.")
    print(", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())))
    print("\n".join(lines))
