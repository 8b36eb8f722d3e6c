"""Write a simulated company to disk: `python -m training.simulator --reps 64 --quarters 12 --seed 7 --out DIR`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from training.simulator.crm_export import write_crm_export
from training.simulator.organisation import simulate, write_truth
from training.simulator.settings import SimulatorSettings


def main(argv: Sequence[str] | None = None) -> int:
    """Simulate, write `DIR/crm` and `DIR/truth`, and print the row counts as JSON.

    Args:
        argv: Arguments without the program's name; None reads the process's own.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m training.simulator", description=__doc__)
    parser.add_argument("--reps", type=int, default=64)
    parser.add_argument("--quarters", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--until", type=date.fromisoformat, help="day of the export; default: the last simulated day")
    parser.add_argument("--out", type=Path, required=True, help="folder that receives crm/ and truth/")
    asked = parser.parse_args(argv)
    settings = SimulatorSettings(reps=asked.reps, quarters=asked.quarters, seed=asked.seed)
    org = simulate(settings)
    rows = write_crm_export(org, asked.out / "crm", until=asked.until)
    write_truth(org, asked.out / "truth")
    sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
