"""The list of teams, for people who lead more than one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from service.scoring.documents import TeamForecastDoc
from service.web import charts
from service.web.texts import say
from service.web.views import wording


@dataclass(frozen=True)
class TeamCard:
    """One team in the list."""

    team_id: str
    name: str
    headline: str
    lead: str
    chart: Markup
    members: str


def team_cards(found: Sequence[tuple[str, str, bytes | None]], *, lang: str) -> list[TeamCard]:
    """Return one card per team.

    Args:
        found: Id, name and stored forecast, None where the total is out of scope.
        lang: `en` or `zh`.
    """
    return [_card(team_id, name, stored, index, lang) for index, (team_id, name, stored) in enumerate(found)]


def _card(team_id: str, name: str, stored: bytes | None, index: int, lang: str) -> TeamCard:
    document: TeamForecastDoc | None = json.loads(stored) if stored else None
    forecast = document["forecasts"][0] if document and document["forecasts"] else None
    members = say("team.members", lang, count=len(document["rep_ids"])) if document else ""
    if forecast is None or not wording.has_numbers(forecast):
        return TeamCard(team_id, name, "—", say("team.no_total", lang), Markup(), members)
    p_attain = forecast["p_attain"]
    reach, left = wording.range_of(forecast, lang), wording.left_of(forecast, lang)
    if p_attain is None:
        lead = say("team.lead_amount", lang, range=reach, left=left)
    else:
        chance = {"chance": wording.outcomes(p_attain, lang), "percent": wording.chance_percent(p_attain)}
        lead = say("team.lead", lang, range=reach, left=left, **chance)
    chart = charts.bullet(forecast, tone="ok", name=name, lang=lang, uid=f"team{index}") if forecast["quota"] else ""
    drawn = Markup(chart)  # noqa: S704 - every word inside was escaped by service.web.svg
    return TeamCard(team_id, name, wording.middle_of(forecast, lang), lead, drawn, members)
