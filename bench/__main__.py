"""`python -m bench` lists the yardsticks; `python -m bench NAME… --json` measures.

`all` measures every one, in one run. The last line of stdout is one JSON object; of a
single yardstick the figures stand at its top as well.
"""

import argparse
import json
import os
import platform
import sys
import time
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import cast

import bench
from bench.yardsticks import Figures, Options, Yardstick


def main(arguments: list[str]) -> int:
    """Run from the command line; exit 2 for a name that is no yardstick."""
    asked = _parser().parse_args(arguments)
    known = {found.NAME: found for found in yardsticks()}
    if not asked.names:
        for found in known.values():
            print(f"{found.NAME:12} {found.SUMMARY}")
        return 0
    names = list(known) if asked.names == ["all"] else asked.names
    if strange := sorted(set(names) - known.keys()):
        print(
            f"no yardstick {strange[0]}; there are: {', '.join(known)}", file=sys.stderr
        )
        return 2
    options = Options(
        seed=asked.seed,
        scale=asked.scale,
        needs=asked.needs,
        offers=asked.offers,
        seeds=asked.seeds,
        file=asked.file,
        maximise=asked.maximise,
        say=lambda line: print(line, file=sys.stderr),
    )
    results = {name: _measured(known[name], options) for name in names}
    told = {"command": " ".join(["python -m bench", *arguments]), "machine": machine()}
    indent = None if asked.json else 2
    alone = dict(results[names[0]]) if len(names) == 1 else {}
    print(json.dumps(told | alone | results, indent=indent, ensure_ascii=False))
    return 0


def yardsticks() -> list[Yardstick]:
    """Return the modules of `bench/` that measure something, by name."""
    modules = [
        import_module(f"bench.{found.name}")
        for found in iter_modules(bench.__path__)
        if not found.ispkg and not found.name.startswith("_")
    ]
    named = [module for module in modules if hasattr(module, "NAME")]
    return sorted(cast("list[Yardstick]", named), key=lambda found: found.NAME)


def machine() -> Figures:
    """Say what the figures were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    return {
        "cores": cores or os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _measured(yardstick: Yardstick, options: Options) -> Figures:
    began = time.perf_counter()
    figures = yardstick.run(options)
    return {**figures, "seconds": round(time.perf_counter() - began, 1)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="yardsticks to run, or: all")
    parser.add_argument("--json", action="store_true", help="on one line")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="0.1: a tenth of it")
    parser.add_argument("--needs", type=int, help="how large a market is")
    parser.add_argument("--offers", type=int, help="how large a market is")
    parser.add_argument("--seeds", type=int, help="on how many markets, from --seed on")
    parser.add_argument("--file", type=Path, help="an instance to measure with")
    parser.add_argument(
        "--maximise", action="store_true", help="the numbers of the file are profits"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
