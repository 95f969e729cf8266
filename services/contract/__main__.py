"""Writes the contract's files, or with `--check` names those that drifted."""

import sys

from services.contract.files import SCHEMAS, drift, outputs


def main() -> int:
    """Write the files, or with `--check` name those that drifted."""
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
