# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Quickstart: from a CRM export to a forecast
#
# A simulated company writes its CRM export as CSV files. We read them through a mapping, look at what was known on one
# day, fit a forecaster on the past, and look at what it says about the quarter that is running. Everything below runs on
# public names and takes about a minute.

# %%
import tempfile
from datetime import date
from pathlib import Path

import matplotlib.pyplot as plt

from paceline.cli import main as paceline
from paceline.commands.demo import demo_day
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history
from training.simulator.crm_export import write_crm_export
from training.simulator.organisation import simulate
from training.simulator.settings import SimulatorSettings

work = Path(tempfile.mkdtemp())
home = Home(work / "home")

# %% [markdown]
# ## A company that does not exist
#
# Twenty-four seats over eight quarters, with ramp, attrition, seasons, shared shocks and a hockey stick at the end of each
# quarter. It is simulated: its truth is known, which is what makes it good for testing a forecaster.

# %%
company = simulate(SimulatorSettings(reps=24, quarters=8, seed=3))
today = demo_day(company)
write_crm_export(company, work / "export", until=today)
sorted(path.name for path in (work / "export").glob("*.csv"))

# %%
bookings = company.bookings
weekly = bookings.groupby(bookings["day"] // 7)["amount"].sum().astype(float)
fig, ax = plt.subplots(figsize=(10, 2.8), layout="constrained")
ax.bar(range(len(weekly)), weekly / 1e3, color="#0b5cad", width=0.9)
ax.set(title="What the company books, week by week (simulated)", xlabel="week", ylabel="thousand USD")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# ## Through the front door
#
# The `salesforce` mapping turns the export into canonical facts. Each fact remembers when it became known.

# %%
code = paceline(["--home", str(home.root), "ingest", str(work / "export"), "--mapping", "salesforce"])
assert code == 0
history = open_history(home, CommandSettings(threads=1))
history.info.grade

# %% [markdown]
# ## What was known on one day
#
# `known_by` is the only way to read a fact. Standing on a day in the past, deals that were won later are still open.

# %%
from features.domain.time import AsOf

then = date(today.year - 1, today.month, 15)
with history.known_by(AsOf(then)) as known:
    before = known.con.execute("SELECT COUNT(*) AS states FROM deal_states").fetchone()
with history.known_by(AsOf(today)) as known:
    now = known.con.execute("SELECT COUNT(*) AS states FROM deal_states").fetchone()
f"{before[0]} deal states were known on {then}, {now[0]} are known on {today}"

# %% [markdown]
# ## Train, and be judged
#
# Training first judges itself: it refits on the eve of past quarters and forecasts them at four moments, beside simple
# rules that anyone could use.

# %%
from training.backtest.summary import skill, summarise
from training.plan import TrainingSettings, plan_training
from training.reports.plots import by_lead, pit_histogram
from training.train import BASELINES, SERVED, backtest

plan = plan_training(history, today, 2, TrainingSettings(backtest_paths=200))
rows = backtest(history, plan, lambda what, share: None)
summary = summarise(rows)
summary.pivot(index="forecaster", columns="lead", values="crps").round(3)

# %%
by_lead(summary, SERVED, list(BASELINES))

# %%
skill(summary, SERVED, BASELINES).round(3)

# %% [markdown]
# The CRPS is the mean distance between the whole stated distribution and what happened, in attainment: 0.10 is ten points of
# quota. The right-hand picture shows how often the outcome fell inside the 80 % range. With 24 reps and two quarters it
# wobbles: a shared shock moves everyone at once.

# %%
pit_histogram(rows[rows["forecaster"] == SERVED])

# %% [markdown]
# ## What it says about the running quarter
#
# One forecast is a set of joint worlds. The fan shows how the rest of the quarter may unfold for six reps, from the lowest
# to the highest chance of meeting quota.

# %%
from models.forecasters.paceline import PacelineForecaster
from training.dataset import training_history
from training.reports.examples import example_forecasts
from training.reports.plots import example_fans

learned = training_history(history, today, plan.cutoffs_before(today), deal_cutoffs=plan.deal_cutoffs_before(today))
model = PacelineForecaster().fit(learned)
example_fans(example_forecasts(model, learned.now, seed=7))

# %% [markdown]
# The dark line is booked; the band holds 8 of 10 worlds; the orange line is the quota.
#
# ## Next
#
# `paceline train` does all of this with MLflow, gates and a model card; `paceline score` writes one row per rep; `paceline
# serve` shows the scorecards. Notebook 02 does the same with an export of your own.
