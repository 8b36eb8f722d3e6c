"""The command line keeps its contract: exit codes, stdout for data, stderr for everything else."""

import json
from pathlib import Path

import pytest

from features.domain.errors import UsageError
from paceline.cli import main, parse_count, parse_day, parse_moment


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Usage: paceline" in capsys.readouterr().err


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast-the-weather"]) == 2
    assert "No such command" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["train"], ["score"], ["monitor"], ["backtest"], ["validate"]])
def test_commands_that_need_data_say_that_it_is_missing(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path / "nothing"), *command]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "run `paceline demo` or `paceline ingest`" in captured.err
    assert "Traceback" not in captured.err


def test_a_day_that_is_no_day_names_itself_and_the_right_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), "score", "--as-of", "31/05/2020"]) == 2
    assert "'31/05/2020' is not a day; write it as YYYY-MM-DD" in capsys.readouterr().err


def test_ingest_without_a_mapping_lists_the_built_in_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path / "home"), "ingest", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "salesforce" in error
    assert "--init-mapping" in error


def test_status_of_an_empty_home_answers_and_makes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "empty"
    assert main(["--home", str(home), "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dataset_version"] is None
    assert not home.exists()


def test_latest_and_auto_leave_the_choice_open() -> None:
    assert parse_day("latest") is None
    assert parse_count("auto") is None
    assert parse_count("3") == 3
    assert parse_moment(None) is None


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5"])
def test_a_count_is_a_whole_number_above_zero(text: str) -> None:
    with pytest.raises(UsageError, match="is not a count"):
        parse_count(text)


def test_a_moment_is_iso() -> None:
    moment = parse_moment("2020-06-30T12:00:00")
    assert moment is not None
    assert moment.hour == 12
    with pytest.raises(UsageError, match="is not a moment"):
        parse_moment("yesterday")


def test_a_refused_import_names_every_fault_keeps_the_rows_and_imports_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, home = tmp_path / "export", tmp_path / "home"
    source.mkdir()
    (source / "reps.csv").write_text("rep_id,name\nr1,Ana\n", encoding="utf-8")
    (source / "bookings.csv").write_text(
        "booking_id,rep_id,occurred_at,amount\nb1,r1,2020-01-05,abc\nb2,,2020-13-05,10\n", encoding="utf-8"
    )
    assert main(["--home", str(home), "ingest", str(source), "--mapping", "canonical"]) == 3
    error = capsys.readouterr().err
    for told in ("bookings.csv:2 amount 'abc': not a number", "bookings.csv:3 occurred_at '2020-13-05'", "rep_id"):
        assert told in error
    assert "Traceback" not in error
    assert "abc" in (home / "quarantine" / "refused.csv").read_text(encoding="utf-8")
    assert main(["--home", str(home), "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["imports"] == 0


def test_faults_of_an_import_are_told_in_chinese_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "quotas.csv").write_text("rep_id,period_start,period_end,amount\nr,2024-01-01,2024-03-31,-5\n")
    command = ["--home", str(tmp_path / "home"), "ingest", str(tmp_path), "--mapping", "canonical"]

    assert main([*command, "--lang", "zh"]) == 3
    assert "目标不能为负" in capsys.readouterr().err
    assert main(command) == 3
    assert "a quota is not negative" in capsys.readouterr().err
    assert main([*command, "--lang", "fr"]) == 2
    assert "use en or zh" in capsys.readouterr().err
