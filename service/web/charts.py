"""The one module that draws: stored documents in, SVG text out.

Pure functions without a template or a style sheet, so that the same picture can stand on a page, in a report or in a
notebook. Colours are custom properties with a fallback. Nothing is drawn outside of its frame: a value beyond the
axis stands at its edge with an arrow.
"""

from __future__ import annotations

from datetime import date

from service.scoring.documents import ExplanationDoc, FanPoint, ForecastDoc
from service.web import formats
from service.web.steps import Step, waterfall_steps
from service.web.svg import (
    BLUE,
    BLUE_MID,
    BLUE_SOFT,
    CARD,
    GREY_MID,
    GREY_SOFT,
    HAIR,
    INK,
    INK2,
    INK3,
    ORANGE,
    ORANGE_MID,
    ORANGE_SOFT,
    Axis,
    dot,
    edge_arrows,
    hatch,
    line,
    path,
    rect,
    span,
    svg,
    text,
    ticks,
)
from service.web.texts import say

TONES = {
    "talk": (ORANGE_SOFT, ORANGE_MID, ORANGE),
    "watch": (BLUE_SOFT, BLUE_MID, BLUE),
    "ok": (BLUE_SOFT, BLUE_MID, BLUE),
    "early": (GREY_SOFT, GREY_MID, INK3),
}
TALLEST_STACK = 8


def bullet(forecast: ForecastDoc, *, tone: str, name: str, lang: str, uid: str, top: float = 1.4) -> str:
    """Draw booked, likely range, middle and target of one forecast as a row.

    Args:
        forecast: A forecast with a quota.
        tone: `talk`, `watch`, `ok` or `early`.
        name: Who it is about.
        lang: `en` or `zh`.
        uid: Unique on the page.
        top: Attainment at the right edge, the same in all rows that are compared.

    Returns:
        SVG, 236 x 34.
    """
    quota = forecast["quota"] or 1.0
    axis = Axis(0.0, top, 6.0, 230.0)
    soft, mid, strong = TONES[tone]
    shares = {level: amount / quota for level, amount in forecast["quantiles"].items()}
    booked, middle = forecast["attained"] / quota, shares["0.50"]
    dash = ' stroke-dasharray="3 2"' if tone == "early" else ""
    body = [
        rect(axis.start, 16, axis.end - axis.start, 2, fill=HAIR),
        span(axis, shares["0.10"], shares["0.90"], 9, 16, f'rx="4" fill="{soft}" stroke="{mid}"{dash}'),
        span(axis, shares["0.25"], shares["0.75"], 9, 16, f'fill="{mid}" opacity=".55"'),
        span(axis, 0.0, booked, 13.5, 7, f'rx="2" fill="{INK}"'),
        line(axis.at(1.0), 2, axis.at(1.0), 32, INK, 1.6),
        f'<circle cx="{axis.at(middle)}" cy="17" r="5" fill="{strong}" stroke="{CARD}" stroke-width="1.6"/>',
        *edge_arrows(axis, (booked, middle, shares["0.10"], shares["0.90"]), 17),
    ]
    reach = formats.percent_range(shares["0.10"], shares["0.90"], lang)
    label = say("chart.bullet", lang, name=name, booked=formats.percent(booked), middle=formats.percent(middle))
    return svg(236, 34, uid, label, say("chart.range", lang, range=reach), body)


def bullet_axis(*, lang: str, uid: str, top: float = 1.4) -> str:
    """Draw the scale that a column of bullets shares.

    Args:
        lang: `en` or `zh`.
        uid: Unique on the page.
        top: Attainment at the right edge, as given to `bullet`.

    Returns:
        SVG, 236 x 16.
    """
    axis = Axis(0.0, top, 6.0, 230.0)
    target = say("chart.target_100", lang)
    body = [
        text(axis.start, 12, "0%", anchor="start"),
        text(axis.at(0.5), 12, "50%", anchor="middle"),
        text(min(axis.at(1.0), 200), 12, target, anchor="middle", fill=INK2, weight=600),
    ]
    return svg(236, 16, uid, say("team.scale", lang), "", body)


def accounting_bar(forecast: ForecastDoc, *, lang: str, uid: str) -> str:
    """Draw where the mean comes from: booked, open deals, new deals, against the quota.

    Args:
        forecast: Any forecast; without a quota the target line is left out.
        lang: `en` or `zh`.
        uid: Unique on the page.

    Returns:
        SVG, 330 x 92.
    """
    split, quota, currency = forecast["accounting"], forecast["quota"], forecast["currency"]
    low80, high80 = forecast["quantiles"]["0.10"], forecast["quantiles"]["0.90"]
    edges = [0.0, split["booked"], split["booked"] + split["open_deals"], split["mean"]]
    axis = Axis(min(0.0, *edges), max(*edges, high80, quota or 0.0, 1.0) * 1.06, 6.0, 324.0)
    fills = (INK, BLUE_MID, f"url(#{uid}-hatch)")
    body = [hatch(uid)]
    body += [
        span(axis, edges[i], edges[i + 1], 22, 26, f'fill="{fill}" stroke="{CARD}"') for i, fill in enumerate(fills)
    ]
    body += [
        line(axis.at(low80), 62, axis.at(high80), 62, BLUE, 3),
        line(axis.at(low80), 57, axis.at(low80), 67, BLUE, 2),
        line(axis.at(high80), 57, axis.at(high80), 67, BLUE, 2),
        f'<circle cx="{axis.at(split["mean"])}" cy="62" r="5" fill="{BLUE}"/>',
        text(
            axis.end,
            86,
            say("chart.eight_in_ten", lang, range=formats.money_range(low80, high80, currency, lang)),
            anchor="end",
        ),
    ]
    if quota is not None:
        target = say("chart.target", lang, amount=formats.money(quota, currency, lang))
        here = axis.at(quota)
        early = here < 130
        body += [
            line(here, 15, here, 53, INK, 2),
            text(here - 4 if early else here + 4, 11, target, anchor="start" if early else "end", fill=INK, weight=600),
        ]
    parts = {name: formats.money(split[name], currency, lang) for name in ("booked", "open_deals", "new_deals", "mean")}
    return svg(330, 92, uid, say("chart.accounting", lang), say("chart.accounting_parts", lang, **parts), body)


def dot_grid(hits: int, *, lang: str, uid: str, total: int = 20) -> str:
    """Draw a chance as filled dots among `total`.

    Args:
        hits: How many outcomes reach the target.
        lang: `en` or `zh`.
        uid: Unique on the page.
        total: How many dots.

    Returns:
        SVG, 172 x 36 for twenty.
    """
    body = [dot(9 + index % 10 * 17, 9 + index // 10 * 17, 6.5, filled=index >= total - hits) for index in range(total)]
    height = 2 + (total + 9) // 10 * 17
    return svg(172, height, uid, say("chart.dots", lang, hits=hits, total=total), "", body)


def finish_dots(forecast: ForecastDoc, *, lang: str, uid: str) -> str:
    """Draw the twenty equally likely finishes along an axis, those that reach the quota filled.

    Args:
        forecast: Any forecast with dots.
        lang: `en` or `zh`.
        uid: Unique on the page.

    Returns:
        SVG, 330 wide and as high as its tallest stack.
    """
    quota, currency = forecast["quota"], forecast["currency"]
    values = [finish / quota for finish in forecast["dots"]] if quota else list(forecast["dots"])
    axis = _dots_axis(values, 1.0 if quota else None)
    stacks: dict[int, int] = {}
    placed: list[tuple[float, int, bool]] = []
    for value in values:
        column = round(axis.at(value) / 17)
        row = stacks.get(column, 0)
        stacks[column] = row + 1
        placed.append((column * 17.0, row, quota is not None and value >= 1.0))
    step = 16.0 if max(stacks.values(), default=1) <= TALLEST_STACK else 16.0 * TALLEST_STACK / max(stacks.values())
    floor_y = 18 + max(stacks.values(), default=1) * step
    body = [line(4, floor_y, 326, floor_y, HAIR, 1.5)]
    body += [dot(x, floor_y - 9 - row * step, 6.6, filled=hit) for x, row, hit in placed]
    if quota is not None and axis.holds(1.0):
        body.append(line(axis.at(1.0), 4, axis.at(1.0), floor_y, INK, 1.8))
    body += _dots_labels(axis, floor_y + 16, currency, lang, with_target=quota is not None)
    hits = sum(hit for _, _, hit in placed)
    title = say("chart.dots", lang, hits=hits, total=len(values)) if quota else say("chart.dots_plain", lang)
    return svg(330, floor_y + 22, uid, title, _finish_words(forecast, lang), body)


def pace_bar(forecast: ForecastDoc, *, lang: str, uid: str) -> str:
    """Draw booked against the quota, and the share of the period that has gone.

    Args:
        forecast: A forecast with a quota.
        lang: `en` or `zh`.
        uid: Unique on the page.

    Returns:
        SVG, 330 x 46.
    """
    quota = forecast["quota"] or 1.0
    axis = Axis(0.0, 1.0, 8.0, 322.0)
    booked, elapsed = forecast["attained"] / quota, forecast["elapsed"]
    here = axis.at(elapsed)
    anchor = "start" if here < 80 else "end" if here > 250 else "middle"
    words = say("chart.elapsed", lang, elapsed=formats.percent(elapsed))
    body = [
        rect(8, 8, 314, 14, fill=GREY_SOFT, extra=' rx="7"'),
        span(axis, 0.0, booked, 8, 14, f'rx="7" fill="{INK}"'),
        line(here, 3, here, 27, BLUE, 2.4),
        text(here, 42, words, anchor=anchor, fill=BLUE, weight=600),
        *edge_arrows(axis, (booked,), 15),
    ]
    return svg(330, 46, uid, say("chart.pace", lang, booked=formats.percent(booked)), words, body)


def fan(forecast: ForecastDoc, *, lang: str, uid: str, narrow: bool = False) -> str:
    """Draw what was booked, where it may go, and the twenty finishes.

    Args:
        forecast: Any forecast that has begun or is about to.
        lang: `en` or `zh`.
        uid: Unique on the page.
        narrow: For a phone.

    Returns:
        SVG, 610 x 330, or 340 x 290 when narrow.
    """
    width, height = (340, 290) if narrow else (610, 330)
    start, end = date.fromisoformat(forecast["period_start"]), date.fromisoformat(forecast["period_end"])
    across = Axis(start.toordinal(), end.toordinal() + 1, 46.0, width - (66.0 if narrow else 170.0))
    up = _fan_axis(forecast, height)
    body = _fan_frame(forecast, across, up, lang=lang, narrow=narrow)
    body += _fan_bands(forecast, across, up)
    body += _fan_booked(forecast, across, up, lang=lang)
    body += _fan_dots(forecast, across, up, lang=lang, narrow=narrow)
    return svg(width, height, uid, say("chart.fan", lang), _finish_words(forecast, lang), body)


def waterfall(explanation: ExplanationDoc, *, lang: str, uid: str, currency: str, narrow: bool = False) -> str:
    """Draw the way from similar reps to this forecast, driver by driver, in points of quota.

    Args:
        explanation: Drivers that add up.
        lang: `en` or `zh`.
        uid: Unique on the page.
        currency: Currency of values whose unit it is.
        narrow: For a phone: the words stand above the bar.

    Returns:
        SVG, 550 or 340 wide, and as high as it has rows.
    """
    steps = waterfall_steps(explanation, lang=lang, currency=currency)
    marks = [step.start for step in steps] + [step.end for step in steps] + [100.0]
    margin = max((max(marks) - min(marks)) * 0.06, 2.0)
    width, left, right = (340, 8.0, 262.0) if narrow else (550, 218.0, 470.0)
    axis = Axis(min(marks) - margin, max(marks) + margin, left, right)
    row_height = 58 if narrow else 42
    height = 24 + row_height * len(steps)
    body = [
        text(axis.at(tick), 12, formats.percent(tick / 100), anchor="middle")
        for tick in ticks(axis.low, axis.high, 3)
        if abs(axis.at(tick) - axis.at(100.0)) > 44 and abs(tick - 100) > 1e-9
    ]
    body += [
        text(axis.at(100.0), 12, say("chart.target_word", lang), anchor="middle", fill=INK, weight=600),
        line(axis.at(100.0), 18, axis.at(100.0), height - 4, GREY_MID, 1.4),
    ]
    for index, step in enumerate(steps):
        body += _waterfall_row(step, axis, 24 + index * row_height, width=width, narrow=narrow)
    words = "; ".join(f"{step.label} {step.amount}" for step in steps)
    return svg(width, height, uid, say("chart.waterfall", lang), words, body)


def _waterfall_row(step: Step, axis: Axis, y: float, *, width: float, narrow: bool) -> list[str]:
    middle = y + (40 if narrow else 20)
    words = [
        text(2, y + 14, step.label, fill=INK, weight=600, size=12),
        text(2, y + 29, step.note, size=11) if step.note else "",
    ]
    colour = INK if step.kind != "driver" else BLUE if step.end >= step.start else ORANGE
    amount = text(width - 2, middle + 4, step.amount, anchor="end", fill=colour, weight=650, size=12.5)
    if step.kind == "driver":
        mark = span(
            axis,
            step.start,
            step.end,
            middle - 8,
            16,
            f'rx="2" fill="{BLUE_MID if step.end >= step.start else ORANGE_MID}"',
        )
        mark += line(axis.at(step.start), middle - 10, axis.at(step.start), middle + 10, INK3, 1)
    else:
        fill = BLUE if step.kind == "result" else INK3
        mark = line(axis.start, middle, axis.end, middle, HAIR, 2)
        mark += f'<circle cx="{axis.at(step.start):g}" cy="{middle:g}" r="7" fill="{fill}"/>'
    rule = line(0, y + (56 if narrow else 40), width, y + (56 if narrow else 40), HAIR, 1)
    return [rule if step.kind != "result" else "", mark, *words, amount]


def _dots_axis(values: list[float], target: float | None) -> Axis:
    marks = [*values, target] if target is not None else values
    low, high = min(marks, default=0.0), max(marks, default=1.0)
    if target is not None:
        # One finish far out must not squeeze the rest into a line.
        low, high = max(low, -0.5), min(high, 2.5)
    margin = max((high - low) * 0.05, abs(high) * 0.02, 1e-9)
    return Axis(low - margin, high + margin, 14.0, 316.0)


def _dots_labels(axis: Axis, y: float, currency: str, lang: str, *, with_target: bool) -> list[str]:
    target_x = axis.at(1.0) if with_target and axis.holds(1.0) else None
    labels = []
    for tick in ticks(axis.low, axis.high, 3):
        x = axis.at(tick)
        if target_x is not None and abs(x - target_x) < 58:
            continue
        words = formats.percent(tick) if with_target else formats.money(tick, currency, lang)
        labels.append(text(min(max(x, 22), 308), y, words, anchor="middle"))
    if target_x is not None:
        x = min(max(target_x, 46), 286)
        labels.append(text(x, y, say("chart.target_100", lang), anchor="middle", fill=INK, weight=600))
    return labels


def _finish_words(forecast: ForecastDoc, lang: str) -> str:
    low, middle, high = (forecast["quantiles"][level] for level in ("0.10", "0.50", "0.90"))
    currency, quota = forecast["currency"], forecast["quota"]
    if quota:
        reach = formats.percent_range(low / quota, high / quota, lang)
        return say("chart.finish", lang, middle=formats.percent(middle / quota), range=reach)
    reach = formats.money_range(low, high, currency, lang)
    return say("chart.finish", lang, middle=formats.money(middle, currency, lang), range=reach)


def _fan_axis(forecast: ForecastDoc, height: float) -> Axis:
    tops = [point["q90"] for point in forecast["fan"]] + [amount for _, amount in forecast["booked_line"]]
    ends = forecast["dots"] or [forecast["attained"]]
    marks = [*tops, *ends, forecast["quota"] or 0.0, 1.0]
    lows = [0.0, *ends, *(amount for _, amount in forecast["booked_line"]), *(p["q10"] for p in forecast["fan"])]
    return Axis(min(lows), max(marks) * 1.05, height - 36.0, 22.0)


def _fan_frame(forecast: ForecastDoc, across: Axis, up: Axis, *, lang: str, narrow: bool) -> list[str]:
    quota, currency = forecast["quota"], forecast["currency"]
    unit = quota or 1.0
    body = []
    for tick in ticks(up.low / unit, up.high / unit):
        y = up.at(tick * unit)
        words = formats.percent(tick) if quota else formats.money(tick, currency, lang)
        body.append(line(across.start, y, across.end, y, HAIR, 1))
        body.append(text(across.start - 6, y + 4, words, anchor="end", size=11 if quota else 9.5))
    last = round(across.high) - 1
    marks = [day for day in _month_starts(round(across.low), last) if across.end - across.at(day) > 52]
    body += [
        text(across.at(day), up.start + 20, formats.day(date.fromordinal(day), lang, year=False), anchor="middle")
        for day in marks
    ]
    body.append(text(across.end, up.start + 20, formats.day(date.fromordinal(last), lang, year=False), anchor="middle"))
    if quota is not None:
        y = up.at(quota)
        body.append(line(across.start, y, across.end + 24, y, INK, 1.6))
        target = say("chart.target", lang, amount=formats.money(quota, currency, lang))
        body.append(text(across.start + 5, y - 6, target, fill=INK, weight=600))
        if not narrow:
            body.append(line(across.start, up.at(0.0), across.end, y, GREY_MID, 1.2, ' stroke-dasharray="4 4"'))
    return body


def _fan_bands(forecast: ForecastDoc, across: Axis, up: Axis) -> list[str]:
    points = forecast["fan"]
    body = [
        _band(points, "q10", "q90", across=across, up=up, strength=0.0),
        _band(points, "q25", "q75", across=across, up=up, strength=0.45),
    ]
    days = [date.fromisoformat(point["day"]).toordinal() + 1 for point in points]
    for sample in forecast["sample_paths"]:
        pairs = [(across.at(day), up.at(amount)) for day, amount in zip(days, sample, strict=False)]
        body.append(path(pairs, f'fill="none" stroke="{BLUE_MID}" stroke-width="1" opacity=".6"'))
    middle = [(across.at(day), up.at(point["q50"])) for day, point in zip(days, points, strict=True)]
    body.append(path(middle, f'fill="none" stroke="{BLUE}" stroke-width="2.4"'))
    return body


def _band(points: list[FanPoint], low: str, high: str, *, across: Axis, up: Axis, strength: float) -> str:
    days = [across.at(date.fromisoformat(point["day"]).toordinal() + 1) for point in points]
    lows = [up.at(float(str(dict(point)[low]))) for point in points]
    highs = [up.at(float(str(dict(point)[high]))) for point in points]
    outline = [*zip(days, highs, strict=True), *reversed(list(zip(days, lows, strict=True)))]
    fill = f'fill="{BLUE_MID}" opacity="{strength}"' if strength else f'fill="{BLUE_SOFT}"'
    return path(outline, fill, closed=True)


def _fan_booked(forecast: ForecastDoc, across: Axis, up: Axis, *, lang: str) -> list[str]:
    points = [(date.fromisoformat(day).toordinal() + 1, amount) for day, amount in forecast["booked_line"]]
    if not points:
        return []
    pairs = [(across.at(across.low), up.at(0.0)), *((across.at(day), up.at(amount)) for day, amount in points)]
    x, y = pairs[-1]
    quota = forecast["quota"]
    share = formats.percent(forecast["attained"] / quota) if quota else None
    words = share or formats.money(forecast["attained"], forecast["currency"], lang)
    room = x < across.end - 24
    label = say("chart.booked", lang, share=words)
    return [
        path(pairs, f'fill="none" stroke="{INK}" stroke-width="2.6"'),
        line(x, y, x, up.start, GREY_MID, 1, ' stroke-dasharray="2 3"'),
        f'<circle cx="{x:g}" cy="{y:g}" r="4.4" fill="{INK}"/>',
        text(
            x + (9 if room else -9),
            min(y + 20, up.start - 6),
            label,
            anchor="start" if room else "end",
            fill=INK,
            weight=600,
        ),
    ]


def _fan_dots(forecast: ForecastDoc, across: Axis, up: Axis, *, lang: str, narrow: bool) -> list[str]:
    quota, rows = forecast["quota"], dict[int, int]()
    body, hits = [], 0
    for value in forecast["dots"]:
        row = round(up.at(value) / 9.5)
        column = rows.get(row, 0)
        rows[row] = column + 1
        hit = quota is not None and value >= quota
        hits += hit
        body.append(dot(across.end + 12 + min(column, 4) * 10, row * 9.5, 3.9, filled=hit))
    if narrow:
        return body
    middle = forecast["quantiles"]["0.50"]
    widest = min(max(rows.values(), default=0), 5)
    words = formats.percent(middle / quota) if quota else formats.money(middle, forecast["currency"], lang)
    x = across.end + 22 + widest * 10
    y = min(up.at(middle), up.start - 56)
    body.append(text(x, y + 4, words, fill=BLUE, weight=650, size=15))
    body.append(text(x, y + 19, say("chart.middle", lang)))
    if quota is not None:
        body.append(text(x, y + 37, say("chart.hits", lang, hits=hits), fill=BLUE, weight=600))
        body.append(text(x, y + 51, say("chart.hits_unit", lang), fill=BLUE, weight=600))
    return body


def _month_starts(first: int, last: int) -> list[int]:
    starts = [day for day in range(first, last) if date.fromordinal(day).day == 1]
    step = max(1, -(-len(starts) // 4))
    return starts[::step]
