"""The model card: what was trained on what, how well it does beside simple rules, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from training.promotion.gates import GateResult

FORBIDDEN = (
    "pay, dismissal, promotion or any automatic decision about a person",
    "ranking people against each other",
    "bulk export of risk flags for any of these",
)


def model_card(
    *,
    name: str,
    facts: Mapping[str, object],
    summary: pd.DataFrame,
    skill: pd.DataFrame,
    gates: Sequence[GateResult],
    segments: pd.DataFrame,
    reasons: pd.DataFrame,
    alerts: pd.DataFrame,
) -> str:
    """Return the model card as Markdown.

    Args:
        name: Forecaster that was trained.
        facts: What was trained on: data version, grade, as_of, periods, rows, seed, bundle.
        summary: Output of `summarise`.
        skill: Output of `skill`.
        gates: Answers of the gates.
        segments: Output of `summarise` style measures per segment: `segment, rows, mae, crps, coverage_80, bias`.
        reasons: Checks of the reasons: `check, value, bar, met`.
        alerts: Output of `alert_summary`.

    Returns:
        Markdown text.
    """
    parts = [
        f"# Model card: {name}",
        "Forecasts the amount each rep will have booked by the end of each open quota period, as a distribution.",
        "## Trained on",
        _list({str(key): value for key, value in facts.items()}),
        "## How it does in its own rolling backtest",
        "Each row refits on what was known on the eve of a period and is judged at four moments of it. `mae`, `crps`\n"
        "and `width_80` are in attainment (1.00 = quota); lower is better. `coverage_80` should be near 0.80.",
        _table(summary),
        "## Against the best simple rule, chosen in hindsight",
        _table(skill),
        "## By segment",
        _table(segments),
        "## The at-risk flag, as it would have stood",
        "A rep is flagged from a chance of ending below quota of `raise_at` on, until it falls below `release_at`;\n"
        "a team gets `weekly_budget` new flags a week at most (see the settings). `precision`: share of the flagged\n"
        "that missed; `recall`: share of misses flagged by then; `churn`: flags taken back per rep ever flagged.",
        _table(alerts),
        "## Do its reasons hold",
        "Each check was made on this model and the newest state of the company.",
        _table(reasons),
        "## Gates",
        "\n".join(f"- {'passed' if gate.passed else 'REFUSED'}: **{gate.gate}**: {gate.reason}" for gate in gates),
        "## Intended use",
        "Preparing conversations: who to talk to this week, about what, and how sure one can be. Ranges and reasons\n"
        "are shown with every number; people can contest any datum.",
        "## Not for",
        "\n".join(f"- {use}" for use in FORBIDDEN),
        "## Known limits",
        "Drivers are associations in past data, not proof of cause. A common shock moves all reps at once: coverage\n"
        "in a single period can be far from its average. Ranges of new reps come mostly from similar reps.",
    ]
    return "\n\n".join(parts) + "\n"


def _list(values: Mapping[str, object]) -> str:
    return "\n".join(f"- {key.replace('_', ' ')}: {value}" for key, value in values.items())


def _table(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "_nothing to show_"
    head = "| " + " | ".join(str(column) for column in frame.columns) + " |"
    rule = "|" + "---|" * len(frame.columns)
    body = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in frame.itertuples(index=False)]
    return "\n".join([head, rule, *body])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.3f}" if abs(value) < 100 else f"{value:.0f}"  # noqa: PLR0124 NaN only
    return str(value)
