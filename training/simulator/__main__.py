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
from training.simulator.settings import PRESETS, SimulatorSettings
from training.simulator.switches import Discounts


def main(argv: Sequence[str] | None = None) -> int:
    """Simulate, write `DIR/crm` and `DIR/truth`, and print the row counts as JSON.

    Args:
        argv: Arguments without the program's name; None reads the process's own.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m training.simulator", description=__doc__)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="realistic", help="difficulty")
    parser.add_argument("--reps", type=int, help="default: that of the preset")
    parser.add_argument("--quarters", type=int, help="default: that of the preset")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--discounts", action="store_true", help="let the company discount and pull deals forward")
    parser.add_argument("--until", type=date.fromisoformat, help="day of the export; default: the last simulated day")
    parser.add_argument("--out", type=Path, required=True, help="folder that receives crm/ and truth/")
    asked = parser.parse_args(argv)
    changes = {name: getattr(asked, name) for name in ("reps", "quarters") if getattr(asked, name) is not None}
    if asked.discounts:
        changes["discounts"] = Discounts.usual()
    org = simulate(SimulatorSettings.preset(asked.preset, seed=asked.seed, **changes))
    rows = write_crm_export(org, asked.out / "crm", until=asked.until)
    write_truth(org, asked.out / "truth")
    sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
