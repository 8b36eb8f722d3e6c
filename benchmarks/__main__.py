"""`make bench`: run every benchmark at its everyday size, one after the other."""

from __future__ import annotations

import argparse
import subprocess
import sys

BENCHMARKS: dict[str, list[str]] = {
    "features": ["benchmarks.bench_features"],
    "ingest": ["benchmarks.bench_ingest"],
    "series": ["benchmarks.bench_series"],
    "scoring": ["benchmarks.bench_scoring"],
    "rollup": ["benchmarks.bench_rollup"],
    "training": ["benchmarks.bench_training"],
    "web": ["benchmarks.bench_web"],
    "reasons": ["benchmarks.bench_reasons"],
    "diagnosis": ["benchmarks.bench_diagnosis"],
    "chances": ["benchmarks.bench_chances"],
    "drift": ["benchmarks.bench_drift"],
    "forecast": ["benchmarks.bench_forecast"],
    "coaching": ["benchmarks.bench_coaching"],
}
"""Name -> module and arguments."""


def main() -> int:
    """Run the benchmarks that were asked for, by default all; return 1 if one of them failed to run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which ones; default: all")
    names = parser.parse_args().names or list(BENCHMARKS)
    failed = [name for name in names if _run(name) != 0]
    if failed:
        sys.stderr.write(f"did not run to the end: {', '.join(failed)}\n")
    return 1 if failed else 0


def _run(name: str) -> int:
    sys.stdout.write(f"\n== {name}\n")
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", *BENCHMARKS[name]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
