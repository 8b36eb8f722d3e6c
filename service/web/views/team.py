"""The team review: one headline, where it comes from, and people grouped by what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from features.domain.vocabulary import RiskBand, Status
from service.coaching.queue import gain_per_hour
from service.scoring.documents import DriverDoc, ForecastDoc, ScorecardDoc, SuggestionDoc, TeamForecastDoc
from service.web import charts, formats
from service.web.texts import pick, say
from service.web.views import wording

AT_MOST = 5
"""Conversations that fit into a manager's week."""
GROUPS = ("talk", "watch", "ok", "early")
ACTIONABLE = frozenset({"rep", "manager"})
FALLING = -2.0


@dataclass(frozen=True)
class PersonRow:
    """One person in the list."""

    rep_id: str
    name: str
    target: str
    chart: Markup
    middle: str
    range: str
    change: str
    tag: str
    chance: str
    reason: str
    next_step: str
    due: str


@dataclass(frozen=True)
class Group:
    """People for whom the same is to be done; `rest` are those beyond what fits into a week."""

    code: str
    title: str
    note: str
    people: list[PersonRow]
    rest: list[PersonRow]


@dataclass(frozen=True)
class Total:
    """The team's own forecast."""

    headline: str
    lead: str
    accounting: Markup
    parts: list[tuple[str, str, str]]
    chance: str
    dots: Markup
    chance_note: str
    fan: Markup
    fan_narrow: Markup
    finish: Markup
    middle: str
    likely: str
    provenance: str


@dataclass(frozen=True)
class TeamPage:
    """Everything that the page shows."""

    team_id: str
    team_name: str
    total: Total | None
    groups: list[Group]
    agenda: list[PersonRow]
    scale: Markup
    waiting: str
    diagnosed: bool
    plan_first: str


def team_page(
    team: TeamForecastDoc | None,
    cards: Sequence[ScorecardDoc],
    before: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    team_id: str,
    lang: str,
    wide_points: float,
) -> TeamPage:
    """Return the team review.

    Args:
        team: The team's forecast, None where its total is out of scope.
        cards: Scorecards of the members that the manager may see.
        before: Rows of a week ago, by rep.
        team_id: The team.
        lang: `en` or `zh`.
        wide_points: Width from which a range is called wide, points of quota.
    """
    top = _top(cards)
    groups = _groups(cards, before, lang=lang, top=top, wide_points=wide_points)
    name = team["team_name"] if team else next((c["rep"]["team_name"] or team_id for c in cards), team_id)
    agenda = next((group.people for group in groups if group.code == "talk"), [])
    total = None if team is None or not team["forecasts"] else _total(team, lang=lang, grade=_grade(cards))
    scale = Markup(charts.bullet_axis(lang=lang, uid="scale", top=top))  # noqa: S704 - escaped
    told = None if team is None else team.get("diagnosis")
    miss = None if told is None else told["miss"]
    return TeamPage(
        team_id=team_id,
        team_name=name,
        total=total,
        groups=groups,
        agenda=agenda,
        scale=scale,
        waiting=_waiting(cards, lang),
        diagnosed=told is not None,
        plan_first=pick(miss["headline"], lang) if miss is not None and miss["plan_first"] else "",
    )


def _groups(
    cards: Sequence[ScorecardDoc],
    before: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    lang: str,
    top: float,
    wide_points: float,
) -> list[Group]:
    """Return the groups with somebody in them, in order; those to talk with by what it may move, others by name."""
    sorted_in: dict[str, list[tuple[float, PersonRow]]] = {code: [] for code in GROUPS}
    for index, card in enumerate(sorted(cards, key=lambda card: (card["rep"]["name"], card["rep"]["rep_id"]))):
        change = change_since(card, before.get(card["rep"]["rep_id"], ()))
        code = group_of(card, change)
        row = _row(card, change, code, lang=lang, uid=f"b{index}", top=top, wide_points=wide_points)
        sorted_in[code].append((-help_weight(card) if code == "talk" else 0.0, row))
    return [_group(code, sorted_in[code], lang) for code in GROUPS if sorted_in[code]]


def group_of(card: ScorecardDoc, change: float | None) -> str:
    """Return what is to be done about a forecast: `talk`, `watch`, `ok` or `early`.

    Nobody is put forward for one number alone: a small chance counts together with a fall, or with a driver that
    somebody can do something about.

    Args:
        card: The scorecard.
        change: Points of quota since a week ago, None where it is not known.
    """
    forecast = card["forecasts"][0] if card["forecasts"] else None
    if forecast is None or not wording.has_numbers(forecast) or forecast["status"] in wording.EARLY:
        return "early"
    if forecast["p_attain"] is None or forecast["status"] in {Status.NO_QUOTA, Status.STALE}:
        return "early"
    if forecast["p_attain"] >= 0.5 and forecast["risk_band"] != RiskBand.ACT:
        return "ok"
    falling = change is not None and change <= FALLING
    return "talk" if falling or _holding_back(forecast) else "watch"


def help_weight(card: ScorecardDoc) -> float:
    """Return what an hour may move, in points: as in the queue the best suggestion, else what somebody could change."""
    gains = [gain for suggestion in card["suggestions"] if (gain := gain_per_hour(suggestion)) is not None]
    if gains and max(gains) > 0:
        return max(gains)
    forecast = card["forecasts"][0]
    return -sum(driver["contribution"] for driver in _holding_back(forecast)) / 10


def change_since(card: ScorecardDoc, rows: Sequence[Mapping[str, Any]]) -> float | None:
    """Return by how many points of quota the middle has moved since the rows were scored, None if not comparable."""
    forecast = card["forecasts"][0] if card["forecasts"] else None
    if forecast is None or not forecast["quota"] or not wording.has_numbers(forecast):
        return None
    for row in rows:
        same = (row["period_start"], row["period_end"], row["metric"]) == (
            forecast["period_start"],
            forecast["period_end"],
            forecast["metric"],
        )
        if same and row.get("q50") is not None and row.get("quota"):
            now = forecast["quantiles"]["0.50"] / forecast["quota"]
            return round((now - float(row["q50"]) / float(row["quota"])) * 100, 1)
    return None


def _holding_back(forecast: ForecastDoc) -> list[DriverDoc]:
    explanation = forecast["explanation"]
    if explanation is None:
        return []
    return [
        driver
        for driver in explanation["drivers"]
        if driver["contribution"] <= -1.0 and driver["controllable"] in ACTIONABLE
    ]


def _top(cards: Sequence[ScorecardDoc]) -> float:
    shares = [
        forecast["quantiles"]["0.90"] / forecast["quota"]
        for card in cards
        for forecast in card["forecasts"][:1]
        if forecast["quota"] and wording.has_numbers(forecast)
    ]
    # One person far beyond the target must not squeeze everybody else's row.
    return min(max([1.2, *shares]) * 1.04, 1.8)


def _row(
    card: ScorecardDoc, change: float | None, code: str, *, lang: str, uid: str, top: float, wide_points: float
) -> PersonRow:
    forecast = card["forecasts"][0] if card["forecasts"] else None
    shown = forecast if forecast is not None and wording.has_numbers(forecast) else None
    step = _next_step(card)
    return PersonRow(
        rep_id=card["rep"]["rep_id"],
        name=card["rep"]["name"],
        target=_target(forecast, lang),
        chart=_chart(shown, code, name=card["rep"]["name"], lang=lang, uid=uid, top=top),
        middle=wording.middle_of(shown, lang) if shown else "—",
        range=wording.range_of(shown, lang) if shown else "",
        change=_change(change, lang),
        tag=_tag(forecast, lang, wide_points),
        chance=formats.chance(shown["p_attain"], lang) if shown and shown["p_attain"] is not None else "—",
        reason=_reason(card, forecast, lang),
        next_step=pick(step["title"], lang) if step else "",
        due=say("team.by", lang, day=formats.day(date.fromisoformat(step["due"]), lang, year=False)) if step else "",
    )


def _chart(forecast: ForecastDoc | None, code: str, *, name: str, lang: str, uid: str, top: float) -> Markup:
    if forecast is None or not forecast["quota"]:
        return Markup()
    return Markup(charts.bullet(forecast, tone=code, name=name, lang=lang, uid=uid, top=top))  # noqa: S704 - escaped


def _target(forecast: ForecastDoc | None, lang: str) -> str:
    if forecast is None or forecast["quota"] is None:
        return say("team.no_target", lang)
    return say("team.target", lang, amount=formats.money(forecast["quota"], forecast["currency"], lang))


def _change(change: float | None, lang: str) -> str:
    if change is None or abs(change) < 0.5:
        return ""
    return f"{'▲' if change > 0 else '▼'} {wording.points(change, lang)}"


def _tag(forecast: ForecastDoc | None, lang: str, wide_points: float) -> str:
    if forecast is None or not wording.has_numbers(forecast):
        return say("state.withheld_tag", lang)
    if forecast["status"] in wording.EARLY:
        return say("state.early_tag", lang)
    alert = forecast.get("alert")
    if alert is not None and alert["since"] is not None:
        return say("team.flagged", lang, day=formats.day(date.fromisoformat(alert["since"]), lang, year=False))
    if alert is not None:
        return say("team.flag_waits", lang)
    return say("team.wide", lang) if wording.is_wide(forecast, wide_points) else ""


def _reason(card: ScorecardDoc, forecast: ForecastDoc | None, lang: str) -> str:
    if forecast is None:
        return ""
    stated = pick(forecast["reason"], lang)
    explanation = forecast["explanation"]
    if stated and (forecast["status"] != Status.OK or explanation is None):
        return stated
    if explanation is None or not explanation["drivers"]:
        return pick(card["strengths"][0], lang) if card["strengths"] else stated
    low = forecast["p_attain"] is not None and forecast["p_attain"] < 0.5
    pull = min if low else max
    return pick(pull(explanation["drivers"], key=lambda driver: driver["contribution"])["sentence"], lang)


def _next_step(card: ScorecardDoc) -> SuggestionDoc | None:
    return card["suggestions"][0] if card["suggestions"] else None


def _group(code: str, people: list[tuple[float, PersonRow]], lang: str) -> Group:
    rows = [row for _, row in sorted(people, key=lambda item: item[0])]
    limit = AT_MOST if code == "talk" else len(rows)
    note = say("team.talk_note", lang) if code == "talk" else ""
    return Group(code, say(f"team.{code}", lang), note, rows[:limit], rows[limit:])


def _waiting(cards: Sequence[ScorecardDoc], lang: str) -> str:
    """Return why some are not flagged although they are likely enough to miss, "" where nobody waits."""
    told = [forecast.get("alert") for card in cards for forecast in card["forecasts"][:1]]
    count = sum(alert is not None and alert["waiting"] for alert in told)
    if not count:
        return ""
    return say("team.waiting_one", lang) if count == 1 else say("team.waiting", lang, count=count)


def _grade(cards: Sequence[ScorecardDoc]) -> str:
    return max((card["data_grade"] for card in cards), default="—")


def _total(team: TeamForecastDoc, *, lang: str, grade: str) -> Total | None:
    forecast = team["forecasts"][0]
    if not wording.has_numbers(forecast):
        return None
    currency, split = forecast["currency"], forecast["accounting"]
    hits = sum(finish >= (forecast["quota"] or 0.0) for finish in forecast["dots"])
    parts = (("booked", "part_booked"), ("open_deals", "part_open"), ("new_deals", "part_new"), ("mean", "part_total"))
    amounts = {"booked": split["booked"], "open_deals": split["open_deals"], "new_deals": split["new_deals"]}
    amounts["mean"] = split["mean"]
    p_attain = forecast["p_attain"]
    return Total(
        headline=_headline(team, forecast, lang),
        lead=_lead(forecast, lang),
        accounting=Markup(charts.accounting_bar(forecast, lang=lang, uid="acc")),  # noqa: S704 - escaped
        parts=[(name, say(f"rep.{key}", lang), formats.money(amounts[name], currency, lang)) for name, key in parts],
        chance="" if p_attain is None else wording.chance_percent(p_attain),
        dots=Markup(charts.dot_grid(hits, lang=lang, uid="grid")) if forecast["quota"] else Markup(),  # noqa: S704
        chance_note=say("team.chance_note", lang, hits=hits, gap=_gap(forecast, lang)) if forecast["quota"] else "",
        fan=Markup(charts.fan(forecast, lang=lang, uid="fan")),  # noqa: S704 - escaped
        fan_narrow=Markup(charts.fan(forecast, lang=lang, uid="fann", narrow=True)),  # noqa: S704 - escaped
        finish=Markup(charts.finish_dots(forecast, lang=lang, uid="finish")),  # noqa: S704 - escaped
        middle=wording.middle_of(forecast, lang),
        likely=say("rep.likely", lang, range=wording.range_of(forecast, lang)),
        provenance=wording.provenance(team, lang, grade=grade),
    )


def _headline(team: TeamForecastDoc, forecast: ForecastDoc, lang: str) -> str:
    key = "team.headline" if forecast["quota"] else "team.headline_amount"
    middle, period = wording.middle_of(forecast, lang), wording.period_of(forecast, lang)
    return say(key, lang, team=team["team_name"], middle=middle, period=period)


def _lead(forecast: ForecastDoc, lang: str) -> str:
    reach, left, p_attain = wording.range_of(forecast, lang), wording.left_of(forecast, lang), forecast["p_attain"]
    if p_attain is None:
        return say("team.lead_amount", lang, range=reach, left=left)
    words = {"chance": wording.outcomes(p_attain, lang), "percent": wording.chance_percent(p_attain)}
    return say("team.lead", lang, range=reach, left=left, **words)


def _gap(forecast: ForecastDoc, lang: str) -> str:
    gap = forecast["accounting"]["gap"]
    if gap is None:
        return ""
    amount = formats.money(abs(gap), forecast["currency"], lang)
    return say("team.gap" if gap > 0 else "team.surplus", lang, amount=amount)
