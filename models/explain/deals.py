"""Why each open deal counts as much as it does, in words and points of quota, for the deals that matter most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.contracts import FloatArray, ForecastPaths
from models.explain.deal_catalogue import DealCatalogue, DealGroup, Fact, default_deal_catalogue
from models.explain.deal_shares import ALL, NOBODY, POINTS, DealShares, deal_shares
from models.explain.documents import DealDoc, DealReasonDoc, DealsDoc, Text
from models.explain.settings import ExplainSettings
from models.explain.wording import points, quantity
from models.simulation.deal_parts import DealParts


@dataclass(frozen=True)
class DealReasons:
    """Reasons for the open deals of a company.

    Attributes:
        docs: One document per target row that has a quota and a deal model.
        shares: The numbers behind them; None where no deal could be explained.
        counts: What was not named and why: small, unsure, folded (would have contradicted its values).
    """

    docs: Mapping[int, DealsDoc] = field(default_factory=dict)
    shares: DealShares | None = None
    counts: Counter[str] = field(default_factory=Counter)


def explain_deals(
    parts: DealParts | None,
    paths: ForecastPaths,
    settings: ExplainSettings | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    catalogue: DealCatalogue | None = None,
) -> DealReasons:
    """Explain the open deals of every target of `parts` that has a quota above zero.

    Args:
        parts: What each deal adds, and what the deal model says about it; None where there is no pipeline.
        paths: Served paths of all targets.
        settings: Thresholds.
        labels: What people call a deal, by its id; the id itself where nothing is said.
        catalogue: Words; the delivered ones if None.

    Returns:
        Documents by target row; every one adds up to the served points of its open deals.
    """
    if parts is None or parts.margins is None or parts.inputs is None or not len(parts.deals):
        return DealReasons()
    chosen, words = settings or ExplainSettings(), catalogue or default_deal_catalogue()
    quota = paths.targets["quota"].to_numpy(dtype=np.float64)[parts.target]
    stake = np.where(quota > 0, POINTS * parts.expected / np.where(quota > 0, quota, 1.0), 0.0)
    membership = words.membership(list(parts.inputs.columns))
    shares = deal_shares(parts.margins, membership, stake, parts.deals, chosen)
    counts: Counter[str] = Counter()
    writer = _Writer(parts, shares, paths, chosen, words, labels or {}, _usual(parts, shares), counts)
    docs = {}
    for row in np.unique(parts.target[quota > 0]):
        docs[int(row)] = writer.document(int(row))
    return DealReasons(docs, shares, counts)


@dataclass(frozen=True)
class _Writer:
    parts: DealParts
    shares: DealShares
    paths: ForecastPaths
    settings: ExplainSettings
    words: DealCatalogue
    labels: Mapping[str, str]
    usual: Mapping[str, pd.Series]
    counts: Counter[str]

    def document(self, row: int) -> DealsDoc:
        mine = np.flatnonzero(self.parts.target == row)
        served = self.shares.chance[mine] * self.shares.stake[mine]
        # A large deal with a small chance matters as much as the same deal with a large one.
        weight = np.maximum(self.shares.chance, self.shares.base)[mine] * self.shares.stake[mine]
        order = np.argsort(-weight, kind="stable")
        shown = mine[order[: self.settings.max_deals]]
        others = served[order[self.settings.max_deals :]]
        quota = float(self.paths.targets["quota"].iloc[row])
        total = POINTS * float(self.paths.open_deals[row].mean()) / quota
        other_points = float(others.sum())
        deals = [self.deal(int(index)) for index in shown]
        return DealsDoc(
            reference_label=_label(str(self.shares.reference[mine[0]])),
            shown=deals,
            others=len(others),
            other_points=other_points,
            correction=total - other_points - sum(deal["points"] for deal in deals),
            total=total,
        )

    def deal(self, index: int) -> DealDoc:
        told = self.parts.deals.iloc[index]
        chance, base = float(self.shares.chance[index]), float(self.shares.base[index])
        stake = float(self.shares.stake[index])
        reasons = self.reasons(index)
        named = sum(reason["contribution"] for reason in reasons)
        return DealDoc(
            deal_id=str(told["opportunity_id"]),
            label=self.label(index),
            amount=_number(told["amount"]),
            stage=str(told["stage"]) if isinstance(told["stage"], str) else None,
            expected_close=None if pd.isna(told["expected_close"]) else str(told["expected_close"].date().isoformat()),
            chance=chance,
            usual_chance=base,
            amount_if_won=float(self.parts.expected[index]),
            base_points=base * stake,
            reasons=reasons,
            everything_else=(chance - base) * stake - named,
            points=chance * stake,
        )

    def label(self, index: int) -> str:
        deal = str(self.parts.deals["opportunity_id"].iloc[index])
        return self.labels.get(deal, deal)

    def reasons(self, index: int) -> list[DealReasonDoc]:
        found: list[DealReasonDoc] = []
        if self.shares.reference[index] == NOBODY:
            self.counts["too_few_deals"] += 1
            return found
        values = self.shares.groups[index]
        for place in np.argsort(-np.abs(values), kind="stable"):
            if abs(values[place]) < self.settings.min_points:
                break
            if len(found) == self.settings.max_deal_reasons:
                break
            if self.shares.low[index, place] <= 0.0 <= self.shares.high[index, place]:
                self.counts["unsure"] += 1
                continue
            reason = self.reason(index, int(place))
            if reason is None:
                self.counts["folded"] += 1
            else:
                found.append(reason)
        return found

    def reason(self, index: int, place: int) -> DealReasonDoc | None:
        group, contribution = self.words.groups[place], float(self.shares.groups[index, place])
        for fact in self.ranked_facts(group, index, contribution):
            value, usual = self.value(fact, index), self.reference(fact, index)
            if not states(fact, value, usual, contribution):
                continue
            return DealReasonDoc(
                code=group.code,
                label=group.label.text,
                contribution=contribution,
                low=float(self.shares.low[index, place]),
                high=float(self.shares.high[index, place]),
                controllable=group.controllable,
                sentence=self.sentence(fact, index, value, usual, contribution),
            )
        return None

    def ranked_facts(self, group: DealGroup, index: int, contribution: float) -> list[Fact]:
        """Return the facts of a group that the model knows, the one that pulls most in its direction first."""
        assert self.parts.inputs is not None and self.parts.margins is not None  # noqa: S101, PT018 - checked before
        columns = list(self.parts.inputs.columns)
        known = [fact for fact in group.facts if fact.input in columns]
        pull = self.parts.margins[index] * (1.0 if contribution > 0 else -1.0)
        return sorted(known, key=lambda fact: -float(pull[columns.index(fact.input)]))

    def value(self, fact: Fact, index: int) -> object:
        if fact.unit == "word":
            return self.parts.deals[fact.input].iloc[index]
        assert self.parts.inputs is not None  # noqa: S101 - checked before
        number = float(self.parts.inputs[fact.input].iloc[index])
        return float(np.exp(number)) if fact.input.startswith("log_") else number

    def reference(self, fact: Fact, index: int) -> object:
        usual = self.usual[str(self.shares.reference[index])][fact.input]
        return float(np.exp(usual)) if fact.input.startswith("log_") else usual

    def sentence(self, fact: Fact, index: int, value: object, usual: object, contribution: float) -> Text:
        currency = str(self.paths.targets["currency"].iloc[int(self.parts.target[index])] or "")
        filled = {}
        for lang, template in (("en", self.words.sentence.en), ("zh", self.words.sentence.zh)):
            filled[lang] = template.format(
                name=self.label(index),
                what=fact.zh if lang == "zh" else fact.en,
                value=stated(fact, value, lang, currency),
                reference=stated(fact, usual, lang, currency),
                effect=points(contribution, lang),
            )
        return Text(en=filled["en"], zh=filled["zh"])


def states(fact: Fact, value: object, usual: object, contribution: float) -> bool:
    """Return whether a fact may stand for a contribution: both values known, different, and not against its sign.

    Examples:
        >>> slips = Fact(input="n_pushes", unit="times", good="down", en="moved", zh="推迟")
        >>> states(slips, 2.0, 0.0, -3.0), states(slips, 2.0, 0.0, 3.0), states(slips, 0.0, 0.0, -3.0)
        (True, False, False)
    """
    if fact.unit == "word":
        return isinstance(value, str) and isinstance(usual, str) and value != usual
    if not (isinstance(value, float) and isinstance(usual, float) and np.isfinite([value, usual]).all()):
        return False
    if stated(fact, value, "en", "") == stated(fact, usual, "en", ""):
        return False
    if fact.good == "either":
        return True
    return (value - usual) * contribution * (1.0 if fact.good == "up" else -1.0) > 0


def stated(fact: Fact, value: object, lang: str, currency: str) -> str:
    """Return a value in its unit.

    Examples:
        >>> slips = Fact(input="n_pushes", unit="times", good="down", en="moved", zh="推迟")
        >>> stated(slips, 2.0, "en", ""), stated(slips, 0.0, "en", ""), stated(slips, 3.0, "zh", "")
        ('twice', 'never', '3 次')
    """
    if not isinstance(value, float):
        return str(value)
    if fact.unit == "times":
        if lang == "zh":
            return f"{value:.0f} 次"
        return {0: "never", 1: "once", 2: "twice"}.get(round(value), f"{value:.0f} times")
    return quantity(value, fact.unit, lang, currency=currency)


def _usual(parts: DealParts, shares: DealShares) -> dict[str, pd.Series]:
    """Return the middle of every input, and the commonest word, per reference."""
    assert parts.inputs is not None  # noqa: S101 - checked before
    found = {}
    segment = parts.deals["segment"]
    for name in set(shares.reference):
        rows = np.ones(len(segment), dtype=bool) if name in {ALL, NOBODY} else (segment == name).to_numpy()
        usual = parts.inputs[rows].quantile(0.5, interpolation="nearest").astype(object)
        for word in ("stage", "segment", "source"):
            common = parts.deals.loc[rows, word].dropna().mode()
            usual[word] = common.iloc[0] if len(common) else None
        found[str(name)] = usual
    return found


def _label(reference: str) -> Text:
    if reference == NOBODY:
        return Text(en="deals of the past", zh="以往商机")
    if reference == ALL:
        return Text(en="all open deals", zh="全部在手商机")
    return Text(en=f"open deals of {reference}", zh=f"{reference} 的在手商机")


def _number(value: FloatArray) -> float | None:
    return None if pd.isna(value) else float(value)
