"""A company of which one region sells in another currency, from its files to forecasts in the company's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

from paceline.cli import main
from paceline.commands.demo import demo_day
from training.simulator.crm_export import write_crm_export
from training.simulator.organisation import simulate
from training.simulator.settings import SimulatorSettings
from training.simulator.switches import Dirt

pytestmark = pytest.mark.slow

PERIOD = ["rep_id", "period_start", "period_end", "metric"]


@dataclass(frozen=True)
class Twin:
    """One of two companies that differ in nothing but the currency in which a region writes its amounts."""

    home: Path
    scored: pd.DataFrame

    def facts(self, table: str) -> pd.DataFrame:
        """Return a stored table with amounts as floats."""
        rows = DeltaTable(str(self.home / "facts" / table)).to_pandas()
        return rows.assign(amount=rows["amount"].astype(float)) if "amount" in rows else rows


def company(folder: Path, *, second_currency: bool) -> Twin:
    """Simulate, ingest, train and score."""
    settings = SimulatorSettings(reps=16, quarters=8, seed=7, dirt=Dirt(second_currency=second_currency))
    organisation = simulate(settings)
    today = demo_day(organisation)
    write_crm_export(organisation, folder / "crm", until=today)
    home, out = folder / "home", folder / "scored.csv"
    assert main(["--home", str(home), "ingest", str(folder / "crm"), "--mapping", "salesforce"]) == 0
    assert main(["--home", str(home), "train", "--as-of", today.isoformat()]) == 0
    assert main(["--home", str(home), "score", "--as-of", today.isoformat(), "--out", str(out)]) == 0
    return Twin(home, pd.read_csv(out, dtype={"rep_id": str}))


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Twin, Twin]:
    """Return the company in one currency and its twin in two."""
    folder = tmp_path_factory.mktemp("twins")
    return company(folder / "one", second_currency=False), company(folder / "two", second_currency=True)


def test_every_booking_quota_and_win_is_worth_what_it_is_in_the_twin_of_one_currency(twins: tuple[Twin, Twin]) -> None:
    one, two = twins
    for table, key in (("bookings", ["booking_id"]), ("quotas", ["rep_id", "period_start", "period_end"])):
        both = one.facts(table).merge(two.facts(table), on=key, suffixes=("", "_two"))
        assert len(both) == len(one.facts(table)) == len(two.facts(table)) > 100
        # The export rounds to cents of the other currency.
        assert (both["amount"] - both["amount_two"]).abs().max() < 0.02
        assert set(two.facts(table)["currency"]) == {"USD"}


def test_open_deals_move_with_the_rates_between_their_creation_and_a_change_and_no_more(
    twins: tuple[Twin, Twin],
) -> None:
    one, two = twins
    key = ["opportunity_id", "changed_at"]
    both = one.facts("deal_states").merge(two.facts("deal_states"), on=key, suffixes=("", "_two"))
    assert len(both) == len(one.facts("deal_states")) == len(two.facts("deal_states"))
    off = (both["amount"] / both["amount_two"] - 1).abs()
    # Rates move by 1.5 % a month. Unconverted, the region's deals would be 8 % off throughout.
    assert off[both["outcome"] == "won"].max() < 1e-5
    assert off.max() < 0.08
    assert (off < 1e-5).mean() > 0.9


def test_what_the_region_wrote_is_kept(twins: tuple[Twin, Twin]) -> None:
    kept = twins[1].facts("original_amounts")
    assert set(kept["currency"]) == {"EUR"}
    assert set(kept["of_table"]) == {"quotas", "opportunities", "opportunity_changes"}
    assert not (twins[0].home / "facts" / "original_amounts").exists()


def test_forecasts_stand_in_the_company_currency_and_agree_with_the_twin(twins: tuple[Twin, Twin]) -> None:
    one, two = twins
    both = one.scored.merge(two.scored, on=PERIOD, suffixes=("", "_two"))
    assert len(both) == len(one.scored) == len(two.scored) > 0
    assert set(two.scored["currency"]) == {"USD"}
    assert both["attained_two"].to_numpy() == pytest.approx(both["attained"].to_numpy(), abs=1)
    assert both["quota_two"].to_numpy() == pytest.approx(both["quota"].to_numpy(), rel=1e-6, nan_ok=True)
    assert both["forecast_mean_two"].sum() == pytest.approx(both["forecast_mean"].sum(), rel=0.05)
