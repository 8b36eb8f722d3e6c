"""Coaching on simulated companies: does the ranking learn, are effects told truly, do the guardrails hold.

`make bench-coaching` runs it whole, says which bar is met and writes `docs/coaching.json`. Figures are about the
simulated company of `training/simulator/coaching.py`, whose true effects are known; they say nothing about how much
real coaching brings.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.accuracy.bars import Bar
from benchmarks.coaching.fuzz import contexts_violations, fired, learner_violations, poisoned_let_in
from benchmarks.coaching.policies import POLICIES, run
from benchmarks.coaching.proofs import effect_rows, effect_summary, policy_row

REGRET = {200: 0.30, 1_000: 0.20}
BELOW_RULE, HARM, SETTLED = 0.98, 0.05, 4
NULL_COVERS, CLAIMS, NAIVE_FOOLED, BIAS_SD = (0.90, 0.98), 0.10, 0.90, 0.2


def rankings(reps: int, seeds: Sequence[int]) -> pd.DataFrame:
    """Return one row per policy and company: lift per rep and quarter, and whom the harmful play reaches."""
    rows = []
    for seed in seeds:
        for name, policy in POLICIES.items():
            found = run(policy, seed=seed, reps=reps)
            rows.append(
                {
                    "reps": reps,
                    "seed": seed,
                    "policy": name,
                    "lift": found.lift.mean(),
                    "first": found.lift[0],
                    "last": found.lift[-1],
                    **{f"quarter_{number}": lift for number, lift in enumerate(found.lift, start=1)},
                    "harmed": found.harmed[SETTLED:].mean(),
                    "harmed_seen": found.harmed_seen[SETTLED:].mean(),
                }
            )
        sys.stderr.write(f"ranking, {reps} reps: seed {seed}\n")
    return pd.DataFrame(rows)


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return mean and 90 % interval over companies.

    Examples:
        >>> [round(value, 2) for value in interval([1.0, 2.0, 3.0])]
        [2.0, 0.31, 3.69]
    """
    sample = np.asarray(values, dtype=np.float64)
    reach = float(stats.t.ppf(0.95, len(sample) - 1) * sample.std(ddof=1) / np.sqrt(len(sample)))
    return float(sample.mean()), float(sample.mean() - reach), float(sample.mean() + reach)


def ranking_bars(table: pd.DataFrame) -> Iterator[Bar]:
    """Yield the bars of the ranking, one set per size; ratios are of totals, their intervals over companies."""
    for reps, group in table.groupby("reps"):
        lift = group.pivot(index="seed", columns="policy", values="lift")
        total = lift.mean()
        ends = interval((1.0 - lift["learned"] / lift["oracle"]).tolist())
        regret = f"{reps} reps: regret of the learner, share of the oracle's lift ({_span(ends)})"
        yield Bar(regret, float(1.0 - total["learned"] / total["oracle"]), high=REGRET[int(str(reps))])
        for other in ("driver_match", "widest_gap"):
            ends = interval((lift["learned"] / lift[other]).tolist())
            what = f"{reps} reps: lift of the learner over {other} ({_span(ends)})"
            yield Bar(what, float(total["learned"] / total[other]), low=BELOW_RULE)
        yield from _quarter_bars(int(str(reps)), group)
        mine = group[group["policy"] == "learned"]
        for column, who in (("harmed_seen", "as seen"), ("harmed", "by true skill")):
            what = f"{reps} reps: harmful play reaches top performers {who} ({_span(interval(mine[column].tolist()))})"
            yield Bar(what, float(mine[column].mean()), high=HARM)


def _quarter_bars(reps: int, group: pd.DataFrame) -> Iterator[Bar]:
    quarters = [column for column in group.columns if str(column).startswith("quarter_")]
    lifts = {
        name: group[group["policy"] == name].set_index("seed")[quarters].sort_index()
        for name in ("learned", "driver_match")
    }
    ratios = lifts["learned"].sum() / lifts["driver_match"].sum()
    worst = str(ratios.idxmin())
    for what, column in (("in the first quarter alone", quarters[0]), (f"in its worst quarter, {worst[8:]}", worst)):
        ends = interval((lifts["learned"][column] / lifts["driver_match"][column]).tolist())
        yield Bar(f"{reps} reps: the same over driver_match {what} ({_span(ends)})", float(ratios[column]), BELOW_RULE)


def _span(ends: tuple[float, float, float]) -> str:
    return f"90 %: {ends[1]:.3f} to {ends[2]:.3f}"


def proof_bars(summary: pd.DataFrame, rows: pd.DataFrame) -> Iterator[Bar]:
    """Yield the bars of the effects."""
    by = summary.set_index(["method", "kind"])
    runs = int(summary["runs"].max())
    for method in ("matched", "doubly_robust"):
        null = by.loc[(method, "null")]
        yield Bar(f"{method}: interval of no effect covers 0, {runs} runs", float(null["covers"]), *NULL_COVERS)
        yield Bar(f"{method}: benefit claimed of a play without effect", float(null["claims"]), high=CLAIMS)
    verdicts = rows[(rows["method"] == "verdict") & (rows["kind"] == "null")]
    yield Bar("verdict: benefit claimed of a play without effect", float(verdicts["effect"].mean()), high=CLAIMS)
    fooled = float(by.loc[("naive", "null"), "claims"])
    yield Bar("before and after is fooled by the play without effect", fooled, low=NAIVE_FOOLED)
    for kind in ("null", "real"):
        bias = by.loc[("doubly_robust", kind)]
        what = f"doubly robust: bias on the {kind} play, sd of the estimate (give or take {bias['bias_reach']:.2f})"
        yield Bar(what, abs(float(bias["bias_sd"])), high=BIAS_SD)


def gate_bars(table: pd.DataFrame) -> Iterator[Bar]:
    """Yield the bars of judging a policy by the log."""
    yield Bar("gate: a worse policy is let in", float(table["worse_in"].mean()), high=0.05)
    yield Bar("gate: a better policy is let in", float(table["better_in"].mean()), low=0.8)
    yield Bar("doubly robust value: 90 % interval covers the true gain", float(table["gain_covered"].mean()), low=0.84)


def guardrail_bars(contexts: int, seed: int) -> Iterator[Bar]:
    """Yield the bars of the guardrails; nothing may be broken even once."""
    shown = contexts_violations(contexts, seed)
    yield Bar(f"guardrails broken in {contexts:,} random contexts {dict(shown) or ''}", float(shown.total()), high=0.0)
    offered = learner_violations(contexts, seed)
    yield Bar(f"the same by the learner {dict(offered) or ''}", float(offered.total()), high=0.0)
    yield Bar("plays with forbidden words that were read", float(len(poisoned_let_in())), high=0.0)
    yield Bar("fewest reps of random companies that a play fires for", float(min(fired(20, seed).values())), low=1.0)


def main() -> int:
    """Run the benchmark; return 1 when a bar is missed."""
    options = _options()
    ranked = pd.concat(
        [
            rankings(200, range(1, 1 + options.small)),
            rankings(1_000, range(1, 1 + options.large)),
        ],
        ignore_index=True,
    )
    effects = pd.DataFrame([row for seed in range(1, 1 + options.runs) for row in effect_rows(seed, 1_000)])
    policies = pd.DataFrame([policy_row(seed, 1_000) for seed in range(1, 1 + options.gates)])
    summary = effect_summary(effects)
    bars = [
        *ranking_bars(ranked),
        *proof_bars(summary, effects),
        *gate_bars(policies),
        *guardrail_bars(options.contexts, seed=1),
    ]
    shares = ranked.groupby(["reps", "policy"])[["lift", "first", "last", "harmed", "harmed_seen"]].mean()
    for frame in (shares.reset_index(), summary, policies.drop(columns="seed").mean().to_frame("mean").reset_index()):
        sys.stdout.write(frame.round(3).to_string(index=False) + "\n\n")
    for bar in bars:
        sys.stdout.write(f"{bar.verdict:8s} {bar.what}: {bar.value:.3f}, asked {bar.asked}\n")
    if options.out is not None:
        _write(options.out, shares.reset_index(), summary, policies, bars)
    return int(any(not bar.met for bar in bars))


def _write(
    path: Path, shares: pd.DataFrame, summary: pd.DataFrame, policies: pd.DataFrame, bars: Sequence[Bar]
) -> None:
    document = {
        "ranking": shares.to_dict("records"),
        "effects": summary.to_dict("records"),
        "policies": policies.drop(columns="seed").mean().to_dict(),
        "bars": [{"what": bar.what, "value": bar.value, "asked": bar.asked, "met": bar.met} for bar in bars],
    }
    path.write_text(json.dumps(document, indent=1, sort_keys=True, default=float) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_coaching", description=__doc__)
    parser.add_argument("--small", type=int, default=60, help="companies of 200 reps that are ranked")
    parser.add_argument("--large", type=int, default=12, help="companies of 1,000 reps that are ranked")
    parser.add_argument("--runs", type=int, default=300, help="companies on which effects are estimated")
    parser.add_argument("--gates", type=int, default=60, help="companies on which a policy is judged by the log")
    parser.add_argument("--contexts", type=int, default=100_000, help="random contexts for the guardrails")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
