"""The command line: `paceline [--home DIR] COMMAND`; every command loads what it needs and nothing more."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from features.domain.errors import PacelineError, UsageError
from paceline.console import note
from paceline.home import Home
from paceline.settings import CommandSettings

app = typer.Typer(
    name="paceline",
    help="Forecast each rep's quota attainment, explain it in points of quota, and suggest what to do.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
models_app = typer.Typer(help="List, promote and roll back models.", no_args_is_help=True, rich_markup_mode=None)
users_app = typer.Typer(help="Add users and issue tokens.", no_args_is_help=True, rich_markup_mode=None)
coach_app = typer.Typer(help="Learn from what suggestions brought.", no_args_is_help=True, rich_markup_mode=None)
report_app = typer.Typer(help="Write a report as HTML.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(models_app, name="models")
app.add_typer(users_app, name="users")
app.add_typer(coach_app, name="coach")
app.add_typer(report_app, name="report")

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
AsOfOption = Annotated[str, typer.Option("--as-of", help="YYYY-MM-DD, or `latest`: the newest fact's day.")]


class _Session:
    """What the options before the command say."""

    home = Home(Path())
    settings = CommandSettings()


@app.callback()
def options(
    home: Annotated[Path | None, typer.Option("--home", help="Folder that everything is kept in.")] = None,
    log_level: Annotated[str | None, typer.Option("--log-level", help="debug, info, warning or error.")] = None,
) -> None:
    """Forecast each rep's quota attainment, explain it in points of quota, and suggest what to do."""
    from paceline.logs import configure

    settings = CommandSettings()
    _Session.settings = settings
    _Session.home = Home((home or settings.home).expanduser())
    configure(log_level or settings.log_level)


def parse_day(text: str) -> date | None:
    """Return the day that `text` names, or None for `latest`.

    Raises:
        UsageError: `text` is neither.

    Examples:
        >>> parse_day("2020-05-31")
        datetime.date(2020, 5, 31)
    """
    if text == "latest":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--as-of {text!r} is not a day; write it as YYYY-MM-DD, or `latest`") from None


@app.command()
def demo(
    reps: Annotated[int, typer.Option(min=8, help="Number of simulated reps.")] = 64,
    quarters: Annotated[int, typer.Option(min=6, help="Number of simulated quarters.")] = 12,
    seed: Annotated[int, typer.Option(help="Seed of the simulated company.")] = 7,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="End after scoring instead of serving the pages.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the pages.")] = 8000,
    json: JsonFlag = False,
) -> None:
    """Simulate a company, import it, train, score, and serve its scorecards."""
    from paceline.commands.demo import run

    run(
        _Session.home,
        _Session.settings,
        reps=reps,
        quarters=quarters,
        seed=seed,
        serve=not no_serve,
        port=port,
        as_json=json,
    )


@app.command()
def ingest(
    source: Annotated[Path, typer.Argument(metavar="SOURCE_DIR", help="Folder that holds the export.")],
    mapping: Annotated[
        str | None, typer.Option("--mapping", help="Name of a built-in mapping, or a YAML file.")
    ] = None,
    init_mapping: Annotated[
        bool, typer.Option("--init-mapping", help="Draft a mapping from the header names.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Accept the good rows, quarantine the rest.")] = False,
    received_at: Annotated[
        str | None, typer.Option("--received-at", help="When the export arrived (ISO, UTC); default now.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the newest import; SOURCE_DIR is ignored.")] = False,
    waive: Annotated[list[str] | None, typer.Option("--waive", help="Waive a fault by name.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the report and the faults: en or zh.")] = "en",
    json: JsonFlag = False,
) -> None:
    """Import an export through a mapping file: all or nothing, checked, with a report."""
    from paceline.commands import ingest as command

    if init_mapping:
        command.draft(source, as_json=json)
    elif undo:
        command.undo(_Session.home, as_json=json)
    else:
        command.run(
            _Session.home,
            _Session.settings,
            source,
            mapping,
            dry_run=dry_run,
            partial=partial,
            received_at=parse_moment(received_at),
            waive=tuple(waive or ()),
            as_json=json,
            lang=lang,
        )


def parse_moment(text: str | None) -> datetime | None:
    """Return the UTC moment that `text` names, or None.

    Raises:
        UsageError: `text` is not an ISO moment.
    """
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise UsageError(f"--received-at {text!r} is not a moment; write it as YYYY-MM-DDTHH:MM:SS, in UTC") from None


@app.command()
def validate(
    source: Annotated[
        Path | None, typer.Argument(metavar="[SOURCE_DIR]", help="An export to check; default: what was imported.")
    ] = None,
    mapping: Annotated[
        str | None, typer.Option("--mapping", help="Name of a built-in mapping, or a YAML file.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the report and the faults: en or zh.")] = "en",
    json: JsonFlag = False,
) -> None:
    """Check an export, or the imported data, and say whether it can carry a forecast (exit code 3 if not)."""
    from paceline.commands.validate import run

    run(_Session.home, _Session.settings, source, mapping, as_json=json, lang=lang)


@app.command()
def status(json: JsonFlag = False) -> None:
    """Say what was imported, which model is served and how fresh everything is."""
    from paceline.commands.status import run

    run(_Session.home, _Session.settings, as_json=json)


@app.command()
def train(
    as_of: AsOfOption = "latest",
    no_promote: Annotated[bool, typer.Option("--no-promote", help="Register as challenger only.")] = False,
    cutoffs: Annotated[str, typer.Option(help="Closed periods to judge in the backtest, or `auto`.")] = "auto",
    json: JsonFlag = False,
) -> None:
    """Train, backtest against the baselines, log to MLflow, and promote if the gates agree."""
    from paceline.commands.train import run

    run(
        _Session.home,
        _Session.settings,
        as_of=parse_day(as_of),
        promote=not no_promote,
        cutoffs=parse_count(cutoffs),
        as_json=json,
    )


def parse_count(text: str) -> int | None:
    """Return the number that `text` names, or None for `auto`.

    Raises:
        UsageError: `text` is neither.
    """
    if text == "auto":
        return None
    if text.isdigit() and int(text) > 0:
        return int(text)
    raise UsageError(f"--cutoffs {text!r} is not a count; write a number above 0, or `auto`")


@app.command()
def backtest(
    cutoffs: Annotated[str, typer.Option(help="Closed periods to judge, or `auto`.")] = "auto",
    out: Annotated[Path | None, typer.Option(help="Write every row to FILE (.csv, .parquet or .json).")] = None,
    json: JsonFlag = False,
) -> None:
    """Refit and forecast at past cutoffs; one row per rep, cutoff, period and forecaster, with the outcome."""
    from paceline.commands.backtest import run

    run(_Session.home, _Session.settings, cutoffs=parse_count(cutoffs), out=out, as_json=json)


@app.command()
def score(
    as_of: AsOfOption = "latest",
    out: Annotated[Path | None, typer.Option(help="Write the rows to FILE (.csv, .parquet or .json).")] = None,
    json: JsonFlag = False,
) -> None:
    """Score every rep with the promoted model and store an immutable snapshot."""
    from paceline.commands.score import run

    run(_Session.home, _Session.settings, as_of=parse_day(as_of), out=out, as_json=json)


@app.command()
def monitor(json: JsonFlag = False) -> None:
    """Compare the served model with what has happened since (exit code 3: look at it)."""
    from paceline.commands.monitor import run

    run(_Session.home, _Session.settings, as_json=json)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Serve only; score by `paceline score` or `paceline work`.")
    ] = False,
) -> None:
    """Serve the API and the pages from stored snapshots, and score what is new beside them."""
    from paceline.commands.serve import run

    run(_Session.home, host=host, port=port, worker=not no_worker)


@app.command()
def work(
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks at what is due.")] = 15,
    once: Annotated[bool, typer.Option("--once", help="Look once, do what is due, and end.")] = False,
    beside: Annotated[bool, typer.Option("--beside", hidden=True, help="End with standard input.")] = False,
    json: JsonFlag = False,
) -> None:
    """Score whenever facts or model are newer than the newest snapshot; `serve` runs one beside itself."""
    from paceline.commands.work import run

    run(_Session.home, every=every, once=once, beside=beside, as_json=json)


@models_app.command("list")
def models_list(json: JsonFlag = False) -> None:
    """List registered versions, newest first."""
    from paceline.commands.models import list_versions

    list_versions(_Session.home, as_json=json)


@models_app.command("promote")
def models_promote(
    version: Annotated[str, typer.Argument(help="Number of the version.")], json: JsonFlag = False
) -> None:
    """Serve VERSION, if its gates agreed."""
    from paceline.commands.models import promote

    promote(_Session.home, version, as_json=json)


@models_app.command("rollback")
def models_rollback(json: JsonFlag = False) -> None:
    """Serve the model that was served before."""
    from paceline.commands.models import rollback

    rollback(_Session.home, as_json=json)


@users_app.command("add")
def users_add(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    role: Annotated[str, typer.Option(help="rep, manager, data_scientist or admin.")] = "rep",
    rep: Annotated[str | None, typer.Option(help="rep_id that this person is.")] = None,
    json: JsonFlag = False,
) -> None:
    """Add a user."""
    from paceline.commands.users import add

    add(_Session.home, name, role=role, rep_id=rep, as_json=json)


@users_app.command("token")
def users_token(name: Annotated[str, typer.Argument(help="Name of the user.")], json: JsonFlag = False) -> None:
    """Issue a token; it is shown once."""
    from paceline.commands.users import token

    token(_Session.home, name, as_json=json)


@users_app.command("list")
def users_list(json: JsonFlag = False) -> None:
    """List users."""
    from paceline.commands.users import list_users

    list_users(_Session.home, as_json=json)


@coach_app.command("learn")
def coach_learn(as_of: AsOfOption = "latest", json: JsonFlag = False) -> None:
    """Learn which play helps whom, and let it choose only if the log of decisions says that it is no worse."""
    from paceline.commands.coach import run

    run(_Session.home, _Session.settings, as_of=parse_day(as_of), as_json=json)


@report_app.command("team")
def report_team(
    team_id: Annotated[str, typer.Argument(help="Team to report on.")],
    out: Annotated[Path | None, typer.Option(help="HTML file; default: in the home folder.")] = None,
    lang: Annotated[str, typer.Option(help="en or zh.")] = "en",
    json: JsonFlag = False,
) -> None:
    """Write the team review as one HTML file."""
    from paceline.commands.report import team

    team(_Session.home, team_id, out=out, lang=lang, as_json=json)


@report_app.command("rep")
def report_rep(
    rep_id: Annotated[str, typer.Argument(help="Rep to report on.")],
    out: Annotated[Path | None, typer.Option(help="HTML file; default: in the home folder.")] = None,
    lang: Annotated[str, typer.Option(help="en or zh.")] = "en",
    json: JsonFlag = False,
) -> None:
    """Write one rep's scorecard as one HTML file."""
    from paceline.commands.report import rep

    rep(_Session.home, rep_id, out=out, lang=lang, as_json=json)


@report_app.command("model")
def report_model(
    out: Annotated[Path | None, typer.Option(help="HTML file; default: in the home folder.")] = None,
    json: JsonFlag = False,
) -> None:
    """Write the served model's card and pictures as one HTML file."""
    from paceline.commands.report import model

    model(_Session.home, out=out, as_json=json)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 ok, 1 error, 2 usage, 3 check failed, 4 data missing."""
    try:
        app(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="paceline")
    except PacelineError as error:
        note(f"error: {error}")
        return error.exit_code
    except SystemExit as ended:
        return int(ended.code or 0)
    except KeyboardInterrupt:
        note("stopped")
        return 1
    return 0
