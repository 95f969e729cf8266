"""Write the scenario's files: `python -m bench.duesseldorf [FOLDER]`."""

import sys
from pathlib import Path

from bench.duesseldorf.scenario import expected, scenario

EXAMPLES = Path(__file__).parents[2] / "examples" / "duesseldorf"


def write(folder: Path) -> None:
    """Write all files; whatever else lies in the folder stays."""
    folder.mkdir(parents=True, exist_ok=True)
    files = scenario()
    for file in files:
        (folder / file.name).write_bytes(file.content())
    (folder / "expected.csv").write_bytes(expected(files))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if sys.argv[1:] else EXAMPLES)
