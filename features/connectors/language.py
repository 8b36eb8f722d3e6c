"""The mapping language: what a mapping file may say, as strict models without any code in it."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from features.connectors.databases import check_address, check_query
from features.connectors.free_days import check_country
from features.connectors.misfits import Located, Saying, wrong, wrong_at
from features.connectors.spec import (
    Case,
    DateParts,
    TableName,
    ValueSpec,
    as_list,
    as_text,
    check_columns,
    check_formats,
)
from features.domain.retail_weeks import WEEKS_OF_A_QUARTER, RetailYears

Encoding = Literal["utf-8", "utf-8-sig", "utf-16", "gb18030", "latin-1", "cp1252"]
FileKind = Literal["csv", "xlsx", "xls", "ods", "parquet", "json", "jsonl", "sqlite"]
Text = Annotated[str, BeforeValidator(as_text)]
Texts = Annotated[list[Text], BeforeValidator(as_list)]


class Strict(BaseModel):
    """Base of all parts of a mapping: unknown fields are errors, nothing is coerced silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class WeeksSpec(Strict):
    """Fiscal years of whole weeks (4-4-5 and its relatives)."""

    pattern: list[int] = Field(default_factory=lambda: [4, 4, 5], description="Weeks of the months of a quarter.")
    year_starts: dict[str, str] = Field(
        min_length=2, description="First day of each fiscal year, ISO; the last one only ends the year before it."
    )

    @model_validator(mode="after")
    def _years_fit(self) -> Self:
        if len(self.pattern) != 3 or sum(self.pattern) != WEEKS_OF_A_QUARTER or min(self.pattern) < 1:
            raise wrong("weeks of a quarter", pattern=self.pattern)
        try:
            starts = [(int(year), date.fromisoformat(day)) for year, day in self.year_starts.items()]
        except ValueError:
            raise wrong("year starts are days") from None
        for (year, start), (following, after) in pairwise(starts):
            if following != year + 1 or (after - start).days not in (364, 371):
                raise wrong("years of whole weeks", year=year, following=following)
        return self

    @property
    def years(self) -> RetailYears:
        """The fiscal years."""
        starts = tuple((int(year), date.fromisoformat(day)) for year, day in self.year_starts.items())
        return RetailYears(starts, (self.pattern[0], self.pattern[1], self.pattern[2]))


class CalendarSpec(Strict):
    """The company's own year."""

    fiscal_start_month: int = Field(default=1, ge=1, le=12, description="First month of the fiscal year.")
    weeks: WeeksSpec | None = Field(default=None, description="Fiscal years of whole weeks instead of months.")
    zone: str = Field(default="UTC", description="Time zone that decides which day a moment belongs to.")
    country: str | None = Field(default=None, description="ISO country whose public holidays are free.")
    region: str | None = Field(default=None, description="ISO part of the country whose own holidays count too.")
    holidays: list[str] = Field(default_factory=list, description="Further free days, ISO.")
    extra_workdays: list[str] = Field(default_factory=list, description="Working days at a weekend, ISO.")

    @model_validator(mode="after")
    def _zone_exists(self) -> Self:
        if self.zone not in available_timezones():
            raise wrong("unknown zone", zone=self.zone)
        return self

    @property
    def retail_years(self) -> RetailYears | None:
        """Fiscal years of whole weeks, None where the fiscal year has calendar months."""
        return None if self.weeks is None else self.weeks.years

    @model_validator(mode="after")
    def _days_are_known(self) -> Self:
        if self.country is not None:
            check_country(self.country, self.region)
        elif self.region is not None:
            raise wrong("region alone", region=self.region)
        return self


class FileSpec(Strict):
    """One source file, or several of one layout."""

    path: Texts = Field(
        default_factory=list,
        description="File name or pattern relative to the source folder; a list gives alternatives.",
    )
    database: str | None = Field(
        default=None, description="PostgreSQL address instead of a path; `${PACELINE_SOURCE_...}` is filled in."
    )
    kind: FileKind | None = Field(default=None, description="File format; by default from the extension.")
    encoding: Encoding = Field(default="utf-8", description="Tried after strict UTF-8; never guessed.")
    delimiter: Literal[",", ";", "\t", "|", "tab"] | None = Field(default=None, description="`,` unless said.")
    header: bool = Field(default=True, description="Whether the first row names the columns.")
    columns: list[str] = Field(default_factory=list, description="Column names of a file without header.")
    skip_rows: int = Field(default=0, ge=0, le=1000, description="Lines above the header.")
    sheet: str | None = Field(default=None, description="Sheet of a workbook; the first by default.")
    records: str | None = Field(default=None, description="Key of the list of records in a JSON object.")
    query: str | None = Field(default=None, description="One SELECT on an SQLite file or a database.")
    table: str | None = Field(default=None, description="A whole table of it instead of a query.")
    optional: bool = Field(default=False, description="Whether the import goes on without it.")
    nulls: list[Text] = Field(default_factory=list, description="Further texts that mean: no value.")

    @model_validator(mode="after")
    def _stays_inside(self) -> Self:
        for pattern in self.path:
            parts = PurePosixPath(pattern.replace("\\", "/"))
            if parts.is_absolute() or ".." in parts.parts or ":" in pattern or not pattern:
                raise wrong("path leaves", path=pattern)
        if not self.header and not self.columns:
            raise wrong("columns needed")
        if bool(self.path) == (self.database is not None):
            raise wrong("path or database")
        return self

    @model_validator(mode="after")
    def _reads_only(self) -> Self:
        if self.query is not None and self.table is not None:
            raise wrong("query or table")
        if self.database is not None:
            check_address(self.database)
            if self.query is None and self.table is None:
                raise wrong("query or table")
            if self.query is not None:
                check_query(self.query)
        return self


class JoinSpec(Strict):
    """Columns of another file beside each row, named `file.column`."""

    file: str = Field(description="Name under `files`.")
    left: str = Field(description="Column of this layout (a joined one may be named `file.column`).")
    right: str = Field(description="Column of the joined file; each value must stand there once.")
    required: bool = Field(default=False, description="Whether a row without a partner is refused.")
    optional: bool = Field(default=False, description="Whether the joined file may be missing altogether.")


class UnpivotSpec(Strict):
    """Wide to long: one row per listed column."""

    columns: dict[str, Text] | list[str] | None = Field(default=None, description="Columns, with the key of each.")
    matching: str | None = Field(default=None, description="Regular expression on header names instead of a list.")
    key: str = Field(default="key", description="Name of the new column that holds the key.")
    value: str = Field(default="value", description="Name of the new column that holds the cell.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.columns is None) == (self.matching is None):
            raise wrong("unpivot two ways")
        return self


class RepeatSpec(Strict):
    """One row per period: adds `period_start` and `period_end` columns."""

    grain: Literal["month", "quarter", "year"] = Field(description="Length of each period.")
    first: str = Field(description="A day in the first period, ISO.")
    last: str = Field(description="A day in the last period, ISO.")


class ChangesSpec(Strict):
    """Full snapshots per change: one canonical row per field that differs from the row before."""

    opportunity_id: ValueSpec
    changed_at: ValueSpec
    fields: dict[Literal["stage", "amount", "expected_close", "rep_id", "outcome"], ValueSpec]
    currency: ValueSpec | None = Field(default=None, description="Currency of amounts; by default that of the deal.")
    tie_break: list[str] = Field(default_factory=list, description="Columns that order changes of one instant.")


class LayoutSpec(Strict):
    """How the rows of one file become rows of one canonical table."""

    file: str = Field(description="Name under `files`.")
    where: dict[str, Texts] = Field(default_factory=dict, description="Keep rows whose column has one of the values.")
    where_not: dict[str, Texts] = Field(default_factory=dict, description="Leave out rows that have one of them.")
    join: list[JoinSpec] = Field(default_factory=list)
    unpivot: UnpivotSpec | None = None
    repeat: RepeatSpec | None = None
    columns: dict[str, ValueSpec] = Field(default_factory=dict, description="Canonical column: where it comes from.")
    changes: ChangesSpec | None = None

    @model_validator(mode="after")
    def _has_columns(self) -> Self:
        if bool(self.columns) == (self.changes is not None):
            raise wrong("layout empty")
        return self


class TablePlan(Strict):
    """How one canonical table is filled."""

    relation: Literal["upsert", "append", "snapshot"] = Field(default="upsert")
    lag_days: float | None = Field(default=None, ge=0, le=3660, strict=False)
    use: Literal["all", "first"] = Field(default="all", description="`first`: only the first layout whose file exists.")
    conflicts: Literal["refuse", "last"] = Field(default="refuse", description="Same key, other content.")
    tolerate: list[Literal["closed", "outcome", "employment"]] = Field(
        default_factory=list, description="Rules whose breaches are counted in the report instead of refused."
    )
    layouts: Annotated[list[LayoutSpec], BeforeValidator(as_list)] = Field(alias="from", min_length=1)


class DerivedQuotas(Strict):
    """Quotas by a named rule where the company has none."""

    rule: Literal["R1"] = Field(description="1.05 x mean of up to 4 preceding periods, rounded up to 1,000.")
    grain: Literal["month", "quarter", "year"] = Field(default="quarter")
    factor: float = Field(default=1.05, gt=0, strict=False)
    history: int = Field(default=4, ge=1, le=20)
    least_history: int = Field(default=2, ge=1, le=20)
    round_up_to: int = Field(default=1000, ge=1)


class SplitSpec(Strict):
    """How quotas of a year or half a year become quotas of its parts."""

    into: Literal["quarter", "month"] = Field(default="quarter", description="Length of the parts.")
    by: Literal["weights", "seasons"] = Field(description="`seasons`: what was booked in the same parts before.")
    weights: list[Annotated[float, Field(ge=0, strict=False)]] | None = Field(
        default=None, description="One per part of the fiscal year, in any scale."
    )

    @model_validator(mode="after")
    def _weights_fit(self) -> Self:
        if (self.by == "weights") != (self.weights is not None):
            raise wrong("weights alone")
        parts = 4 if self.into == "quarter" else 12
        if self.weights is not None and (len(self.weights) != parts or not sum(self.weights)):
            raise wrong("weights do not fit", parts=parts, into=self.into)
        return self


class RatesSpec(Strict):
    """Where the rates stand that turn other currencies into the company's."""

    file: str = Field(description="Name under `files`.")
    currency: str = Field(description="Column of the ISO code.")
    rate: str = Field(description="Column of the rate.")
    valid_from: str | None = Field(default=None, description="Column of the first day; without it: plan rates.")
    format: Annotated[list[str], BeforeValidator(as_list)] = Field(default_factory=list, description="Of that day.")
    quoted: Literal["company_per_unit", "units_per_company"] = Field(
        default="company_per_unit", description="What a rate of 2 means: two of the company's for one, or the reverse."
    )

    @model_validator(mode="after")
    def _formats_are_some(self) -> Self:
        check_formats(self.format)
        return self


class Mapping(Strict):
    """One mapping file."""

    mapping: Literal[1] = Field(description="Version of the language.")
    name: str = Field(min_length=1, max_length=80, description="Name of the source.")
    description: str = Field(default="")
    tested_with: str = Field(default="", description="Honestly: which real exports this has read.")
    extends: str | None = Field(default=None, description="Built-in mapping whose fields stand unless replaced here.")
    currency: str = Field(default="USD", min_length=3, max_length=3)
    calendar: CalendarSpec = Field(default_factory=CalendarSpec)
    times_in: str | None = Field(default=None, description="Zone of times without offset; the calendar's by default.")
    headers: Literal["exact", "loose"] = Field(default="exact")
    nulls: list[Text] = Field(default_factory=lambda: ["", "NULL", "null", "None", "N/A", "NaN", "#N/A"])
    returns_allowed: bool = False
    grade: Literal["A", "B", "C", "D"] | None = None
    bookings_from_won: bool = False
    last_period_partial: bool = False
    quotas_published_days_before: int = Field(default=30, ge=0, le=3660)
    derived_quotas: DerivedQuotas | None = None
    split_quotas: SplitSpec | None = Field(default=None, description="How a year's quota becomes its parts'.")
    counted: list[str] = Field(default_factory=list, description="Measures that are numbers of things, not money.")
    rates: RatesSpec | None = Field(default=None, description="Rates of other currencies; without: one currency only.")
    files: dict[str, FileSpec] = Field(min_length=1)
    tables: dict[TableName, TablePlan] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        found = [*_zone_and_rates(self)]
        for table, plan in self.tables.items():
            for number, layout in enumerate(plan.layouts):
                found += [
                    Located(("tables", table, "from", number, *one.path), one.saying)
                    for one in _layout_misfits(table, layout, self)
                ]
        if found:
            raise wrong_at(found)
        return self


def _zone_and_rates(mapping: Mapping) -> list[Located]:
    found = []
    if mapping.times_in is not None and mapping.times_in not in available_timezones():
        found.append(Located(("times_in",), Saying("unknown zone", {"zone": mapping.times_in})))
    if mapping.calendar.weeks is not None:
        by_months = [what for what in ("derived_quotas", "split_quotas") if getattr(mapping, what) is not None]
        found += [Located((what,), Saying("not by weeks", {"what": what})) for what in by_months]
    if mapping.rates is not None and mapping.rates.file not in mapping.files:
        unknown = {"name": mapping.rates.file, "known": list(mapping.files)}
        found.append(Located(("rates", "file"), Saying("rates file unknown", unknown)))
    return found


def _layout_misfits(table: str, layout: LayoutSpec, mapping: Mapping) -> list[Located]:
    """Return what of a layout names no file or no column of the table."""
    named = [("file", layout.file), *(("join", join.file) for join in layout.join)]
    found = _weeks_misfits(layout, mapping)
    found += [
        Located((key,), Saying("file unknown", {"table": table, "name": name, "known": list(mapping.files)}))
        for key, name in named
        if name not in mapping.files
    ]
    return [*found, *check_columns(table, layout.columns, changes=layout.changes is not None)]


def _weeks_misfits(layout: LayoutSpec, mapping: Mapping) -> list[Located]:
    """Return what of a layout needs a fiscal year of weeks and has none, or cannot be had with one."""
    if mapping.calendar.weeks is not None:
        return [] if layout.repeat is None else [Located(("repeat",), Saying("not by weeks", {"what": "repeat"}))]
    return [
        Located(("columns", name), Saying("weeks needed", {}))
        for name, spec in layout.columns.items()
        if (spec.to or "").startswith("week") or (spec.date_parts is not None and spec.date_parts.week is not None)
    ]


def scale_of(spec: ValueSpec) -> Decimal:
    """Return the factor that values of `spec` are multiplied with."""
    return Decimal(1) if spec.scale is None else spec.scale


def merged(base: MappingType[str, Any], over: MappingType[str, Any]) -> dict[str, Any]:
    """Return `base` with the fields of `over` in place of its own; tables and files are replaced one by one.

    Examples:
        >>> merged({"files": {"a": 1, "b": 2}, "name": "x"}, {"files": {"b": 3}})
        {'files': {'a': 1, 'b': 3}, 'name': 'x'}
    """
    result = dict(base)
    for key, value in over.items():
        deeper = key in ("files", "tables", "calendar") and isinstance(value, dict) and isinstance(base.get(key), dict)
        result[key] = {**base[key], **value} if deeper else value
    return result


def _fields_of(*models: type[BaseModel]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field.alias or name for model in models for name, field in model.model_fields.items()))


FIELDS = _fields_of(
    Mapping,
    CalendarSpec,
    WeeksSpec,
    FileSpec,
    JoinSpec,
    UnpivotSpec,
    RepeatSpec,
    ChangesSpec,
    LayoutSpec,
    TablePlan,
    DerivedQuotas,
    SplitSpec,
    RatesSpec,
    ValueSpec,
    DateParts,
    Case,
)
"""Every field of the language, to find the one that a misspelt name means."""
