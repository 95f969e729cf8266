"""Writes the contract's files; `--check` names those that drifted.

`--release VERSION` writes down today's schemas as those of a version, for ever.
"""

import sys

from services.contract.files import SCHEMAS, drift, outputs
from services.contract.released import release


def main() -> int:
    """Do what the words behind the module's name say."""
    if sys.argv[1:2] == ["--release"]:
        sys.stdout.write(f"{release(*sys.argv[2:])}\n")
        return 0
    if "--check" in sys.argv[1:]:
        stale = drift()
        for name in stale:
            sys.stderr.write(
                f"{name} is not what the code says; run `python -m services.contract`\n"
            )
        return 1 if stale else 0
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    for path in SCHEMAS.glob("*.json"):
        path.unlink()
    for path, text in outputs().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
