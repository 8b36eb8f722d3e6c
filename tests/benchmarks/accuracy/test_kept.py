"""A company that was judged once is read, and one that was interrupted is judged again."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.accuracy import kept
from benchmarks.accuracy.companies import Case

CASE = Case("realistic", 11, 200, 20, 6)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """Return the cases that were judged; judging is quick here."""
    done: list[Case] = []

    def judge(case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
        done.append(case)
        return pd.DataFrame({"seed": [case.seed]}), pd.DataFrame({"reps": [case.reps]})

    monkeypatch.setattr(kept, "judge_case", judge)
    return done


def test_a_company_is_judged_once(judged: list[Case], tmp_path: Path) -> None:
    first, again = (kept.judge_or_read(CASE, tmp_path / "kept") for _ in range(2))
    assert judged == [CASE]
    assert first[0].equals(again[0])
    assert again[1]["reps"].tolist() == [200]


def test_companies_that_differ_in_anything_are_kept_apart(judged: list[Case], tmp_path: Path) -> None:
    others = [
        CASE,
        Case("dirty", 11, 200, 20, 6),
        Case("realistic", 12, 200, 20, 6),
        Case("realistic", 11, 100, 20, 6),
        Case("realistic", 11, 200, 16, 6),
        Case("realistic", 11, 200, 20, 4),
        Case("realistic", 11, 200, 20, 6, 100),
        Case("realistic", 11, 200, 20, 6, 400, ("pace",)),
    ]
    for case in others:
        kept.judge_or_read(case, tmp_path)
    assert judged == others


def test_rows_without_their_totals_were_interrupted_and_are_judged_again(judged: list[Case], tmp_path: Path) -> None:
    kept.judge_or_read(CASE, tmp_path)
    next(tmp_path.glob("*-totals.parquet")).unlink()
    kept.judge_or_read(CASE, tmp_path)
    assert judged == [CASE, CASE]


def test_without_a_folder_nothing_is_kept(judged: list[Case], tmp_path: Path) -> None:
    for _ in range(2):
        kept.judge_or_read(CASE, None)
    assert judged == [CASE, CASE]
    assert list(tmp_path.iterdir()) == []
