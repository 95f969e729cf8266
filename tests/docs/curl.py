"""The few words of curl that the documents use, for machines that have no curl."""

import argparse
import sys
import urllib.error
import urllib.request

REFUSED, NOBODY = 22, 7
"""What curl itself ends with: `-f` met an error of HTTP; nobody listens."""


def main():
    """Ask, print the answer, and end as curl would."""
    words = argparse.ArgumentParser(prog="curl")
    words.add_argument("-s", action="store_true", help="say nothing of progress")
    words.add_argument("-f", action="store_true", help="fail where HTTP says no")
    words.add_argument("-H", action="append", default=[], help="a header")
    words.add_argument("-d", help="what is posted")
    words.add_argument("address")
    told = words.parse_args()
    body = None if told.d is None else told.d.encode()
    headers = dict(line.split(": ", 1) for line in told.H)
    asked = urllib.request.Request(told.address, body, headers)  # noqa: S310 - the documents name the address
    try:
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - as above
            sys.stdout.write(answer.read().decode())
    except urllib.error.HTTPError as error:
        if told.f:
            return REFUSED
        sys.stdout.write(error.read().decode())
    except urllib.error.URLError:
        return NOBODY
    return 0


if __name__ == "__main__":
    sys.exit(main())
