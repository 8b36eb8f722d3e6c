"""The report of a source as text, in English or Chinese, from its JSON values: what an import prints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from features.connectors.fault_words import fault_line, told
from features.connectors.misfits import Saying
from features.contracts.faults import Fault

Document = Mapping[str, Any]


def source_lines(report: Document, *, limit: int, lang: str) -> list[str]:
    """Return the lines of a report, the most important part last.

    Args:
        report: What `SourceReport.as_dict` gives, or an older one out of the log of imports.
        limit: Faults that are listed one by one.
        lang: `en` or `zh`.
    """
    faults = [Fault(**fault) for fault in report["faults"]]
    lines = [_say("report source", lang, source=report["source"], mapping=report["mapping"]), ""]
    lines += [f"  {line}" for file in report["files"] for line in _file_lines(file, lang)]
    lines += [f"  {_table_line(table, lang)}" for table in report["tables"]]
    lines += [f"  {orphan_line(name, count, lang)}" for name, count in report["orphans"].items() if count]
    lines += [f"  {note}" for note in report.get("notes_zh" if lang == "zh" else "notes", report["notes"])]
    if report["fault_count"]:
        lines += ["", _say("report faults", lang, count=report["fault_count"]), *rule_lines(faults, lang)]
        lines += ["", *(f"  {fault_line(fault, lang)}" for fault in faults[:limit])]
        if report["fault_count"] > limit:
            lines.append(f"  {_say('report more', lang, count=report['fault_count'] - limit)}")
    counted = {name: report[name] for name in ("rows_in", "accepted", "quarantined")}
    return [*lines, "", _say("report rows", lang, **counted)]


def _say(code: str, lang: str, **params: object) -> str:
    return Saying(code, params).told(lang)


def _file_lines(file: Document, lang: str) -> list[str]:
    """Return what one file gave to one table."""
    named = {name: file[name] for name in ("file", "table", "rows_in", "encoding", "left_out", "rejected")}
    tolerated = [_say("report tolerated", lang, count=n, rule=rule) for rule, n in file["tolerated"].items()]
    misses = [_say("report misses", lang, count=n, file=name) for name, n in file["lookup_misses"].items() if n]
    return [_say("report file", lang, **named), *(f"  {line}" for line in (*tolerated, *misses))]


_PARTS = (
    ("quarantined", "report quarantined"),
    ("exact_duplicates", "report repeated"),
    ("conflicting_duplicates", "report differing"),
    ("undated", "report undated"),
    ("amount", "report amount"),
)


def _table_line(table: Document, lang: str) -> str:
    """Return what one canonical table received."""
    parts = [_say("report accepted", lang, count=table["accepted"])]
    parts += [_say(code, lang, count=table[name]) for name, code in _PARTS[:-1] if table[name]]
    if table["first_day"]:
        parts.append(_say("report days", lang, first=table["first_day"], last=table["last_day"]))
    if table["amount"]:
        parts.append(_say("report amount", lang, count=table["amount"]))
    return _say("report table", lang, table=table["table"], parts=parts)


def orphan_line(name: str, count: int, lang: str) -> str:
    """Return one count of references without a partner.

    Args:
        name: As the report names it: `bookings whose rep_id is not in reps`, `reps without bookings`.
        count: How many there are.
        lang: `en` or `zh`.

    Examples:
        >>> orphan_line("bookings whose rep_id is not in reps", 2, "zh")
        'bookings 中有 2 行的 rep_id 不在 reps 里'
    """
    for pattern, code in _ORPHANS:
        found = pattern.fullmatch(name)
        if found is not None:
            return _say(code, lang, count=count, **found.groupdict())
    return f"{count} {name}"


_ORPHANS = (
    (re.compile(r"(?P<table>\w+) whose (?P<column>\w+) is not in (?P<other>\w+)"), "report orphans"),
    (re.compile(r"deals without a creation date"), "report undated deals"),
    (re.compile(r"(?P<table>\w+) without (?P<other>\w+)"), "report without"),
)


def rule_lines(faults: Sequence[Fault], lang: str) -> list[str]:
    """Return one line per rule: how many rows, the first lines, how to mend it."""
    groups: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        groups.setdefault((fault.file, fault.column, fault.code), []).append(fault)
    lines = []
    for (file, column, _), found in sorted(groups.items(), key=lambda item: -len(item[1])):
        first = ", ".join(str(f.line) for f in found[:3]) + (" …" if len(found) > 3 else "")
        what, mend = told(found[0], lang)
        named = {"file": file, "column": column, "what": what, "mend": mend}
        lines.append(f"  {_say('report rule', lang, count=len(found), lines=first, **named)}")
    return lines
