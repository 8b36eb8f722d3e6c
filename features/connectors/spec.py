"""Where one canonical value comes from: the closed vocabulary of a mapping's column entries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from features.connectors.misfits import Located, Saying, close_hint, wrong
from features.contracts.tables import CANONICAL, TEXT

TableName = Literal[
    "reps",
    "team_assignments",
    "quotas",
    "bookings",
    "opportunities",
    "opportunity_changes",
    "activities",
    "accounts",
    "kpi_values",
    "coaching_events",
]
DEFAULTS: dict[str, dict[str, str]] = {
    "team_assignments": {"weight": "1"},
    "quotas": {"metric": "revenue", "source": "given"},
    "bookings": {"metric": "revenue", "status": "counted", "grain": "transaction", "split": "1"},
}
"""Canonical columns that a mapping need not mention, with the text they get."""


def as_text(value: object) -> object:
    """Return numbers and booleans of a mapping file as the text that a source would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def as_list(value: object) -> object:
    """Return a single entry as a list of one."""
    return value if isinstance(value, list) else [value]


def _as_mapped(value: object) -> object:
    """Return a value map with scalars as text; null stays null."""
    return {str(k): as_text(v) for k, v in value.items()} if isinstance(value, dict) else value


def _as_decimal(value: object) -> object:
    """Return a YAML number as an exact decimal."""
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _as_spec(value: object) -> object:
    """Return the short form `rep_id: EmployeeKey` as the long one."""
    return {"column": value} if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(as_text)]
Texts = Annotated[list[Text], BeforeValidator(as_list)]
ValueMap = Annotated[dict[str, str | None], BeforeValidator(_as_mapped)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


_NAMED_FORMATS = ("iso", "epoch_s", "epoch_ms", "excel")
_DIRECTIVE = re.compile(r"%([aAbBcdfGHIjmMpSuUVwWxXyYzZ%])")


def check_formats(formats: list[str]) -> None:
    """Refuse formats that could never read a date.

    Raises:
        ValueError: One is no format, or says no year.
    """
    for form in formats:
        if form in _NAMED_FORMATS:
            continue
        directives = _DIRECTIVE.findall(form)
        if not directives or "%" in _DIRECTIVE.sub("", form):
            raise wrong("format unknown", form=form)
        if not {"Y", "y", "G", "c", "x"} & set(directives):
            raise wrong("format without year", form=form)


class DateParts(_Strict):
    """A date put together from a year and a month, quarter or day, calendar or fiscal."""

    year: str = Field(description="Column of the year; text around the digits (`FY2018`) is allowed.")
    month: str | None = Field(default=None, description="Column of the month 1..12.")
    quarter: str | None = Field(default=None, description="Column of the quarter 1..4 (`FY2018 Q1` is read as 1).")
    week: str | None = Field(default=None, description="Column of the week of a fiscal year of weeks, 1..53.")
    day: str | None = Field(default=None, description="Column of the day; the first by default.")
    fiscal: bool = Field(default=False, description="Count months and quarters from the fiscal start.")
    year_named_after: Literal["start", "end"] = Field(default="end", description="Which calendar year names FY.")

    @model_validator(mode="after")
    def _one_part(self) -> Self:
        if sum(part is not None for part in (self.month, self.quarter, self.week)) > 1:
            raise wrong("month or quarter")
        return self

    @property
    def grain(self) -> str:
        """Length of the period that the parts name: `week`, `month`, `quarter` or `year`."""
        return next((name for name in ("week", "month", "quarter") if getattr(self, name) is not None), "year")


class Case(_Strict):
    """One branch: the first whose conditions all hold gives its value."""

    when: dict[str, Texts] = Field(min_length=1, description="Column: values, compared without case.")
    then: Text | None


class _ValueFields(_Strict):
    column: str | None = Field(default=None, description="One source column.")
    constant: Text | None = Field(default=None, description="The same text for each row.")
    concat: list[str] | None = Field(default=None, min_length=1, description="Several columns joined to one text.")
    first_of: list[str] | None = Field(default=None, min_length=1, description="First column that exists with a value.")
    date_parts: DateParts | None = None
    case: list[Case] | None = Field(default=None, min_length=1)
    object: list[str] | None = Field(default=None, min_length=1, description="Columns as one JSON object.")
    separator: str = Field(default="-", description="Between the parts of `concat`.")
    occurrence: bool = Field(default=False, description="Number rows whose key would stand twice: `key#2`.")
    prefix: str = Field(default="", description="Put before each value, e.g. to keep ids of two systems apart.")
    values: ValueMap | None = Field(default=None, description="Vocabulary: source text to canonical text.")
    otherwise: Text | None = Field(
        default="refuse", description="For values not in `values` or `case`: refuse, keep, null, skip, or a text."
    )
    default: Text | None = Field(default=None, description="Where the source has no value.")
    only: dict[str, Texts] = Field(default_factory=dict, description="Null unless these columns have these values.")
    only_any: dict[str, Texts] = Field(
        default_factory=dict, description="Null unless one of these columns exists and has one of its values."
    )
    unless: dict[str, Texts] = Field(default_factory=dict, description="Null if these columns have these values.")
    nulls: list[Text] = Field(default_factory=list, description="Further texts that mean: no value.")
    optional: bool = Field(default=False, description="Whether the column may be missing from the file.")


class ValueSpec(_ValueFields):
    """Where one canonical value comes from; exactly one source kind, any number of modifiers."""

    format: Annotated[list[str], BeforeValidator(as_list)] | None = Field(
        default=None, description="Date formats, strptime style, or iso, epoch_s, epoch_ms, excel."
    )
    zone: str | None = Field(default=None, description="Zone of times without offset.")
    to: (
        Literal["day", "week_start", "week_end", "month_start", "month_end", "quarter_start", "quarter_end"]
        | Literal["year_start", "year_end"]
        | None
    ) = None
    scale: Annotated[Decimal, BeforeValidator(_as_decimal)] | None = Field(
        default=None, description="Factor: 1000 for thousands, 10000 for 万."
    )
    decimal: Literal[".", ","] = Field(default=".", description="Decimal sign.")
    thousands: Literal["", ",", ".", " ", "'"] | None = Field(default=None, description="Thousands separator.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:  # noqa: ANN401 -- the field `object` hides the builtin here
        return _as_spec(value)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        kinds = ("column", "constant", "concat", "first_of", "date_parts", "case", "object")
        given = [kind for kind in kinds if getattr(self, kind) is not None]
        if len(given) != 1:
            raise wrong("one source", kinds=kinds, given=given or Saying("none given", {}))
        if self.zone is not None and self.zone not in available_timezones():
            raise wrong("unknown zone", zone=self.zone)
        check_formats(self.format or [])
        if self.scale is not None and (self.scale == 0 or not self.scale.is_finite()):
            raise wrong("scale zero")
        if self.decimal == self.thousands:
            raise wrong("signs alike")
        return self


def _unknown(table: str, columns: dict[str, ValueSpec], names: list[str]) -> list[Located]:
    """Return the columns that the table does not have, each with the name that is meant most likely."""
    return [
        Located(
            ("columns", name),
            Saying(
                "unknown columns", {"table": table, "unknown": [name], "hint": close_hint(name, names), "names": names}
            ),
        )
        for name in columns
        if name not in names
    ]


def _misnumbered(columns: dict[str, ValueSpec], types: Mapping[str, str]) -> list[Located]:
    """Return the columns that number occurrences but hold no text."""
    return [
        Located(("columns", name, "occurrence"), Saying("occurrence of no text", {"name": name}))
        for name, entry in columns.items()
        if entry.occurrence and types.get(name, TEXT) != TEXT
    ]


def check_columns(table: str, columns: dict[str, ValueSpec], *, changes: bool) -> list[Located]:
    """Return why a layout does not fill known columns and all required ones; nothing where it does.

    Args:
        table: Canonical table.
        columns: The layout's columns.
        changes: Whether the layout turns snapshots into changes (it then has no columns).
    """
    spec = CANONICAL[table]
    names = [c.name for c in spec.mapped]
    if changes:
        fits = table == "opportunity_changes"
        return [] if fits else [Located(("changes",), Saying("changes only", {"table": table}))]
    found = [*_unknown(table, columns, names), *_misnumbered(columns, {c.name: c.type for c in spec.mapped})]
    given = {*columns, *DEFAULTS.get(table, {})}
    missing = [c.name for c in spec.columns if c.required and c.name not in given]
    if missing:
        found.append(Located(("columns",), Saying("columns missing", {"table": table, "missing": missing})))
    if table == "quotas" and not {"rep_id", "team_id"} & set(columns):
        found.append(Located(("columns",), Saying("quota of nobody", {})))
    return found
