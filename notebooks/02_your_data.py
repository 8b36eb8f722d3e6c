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
# # Your data: a real export without a pipeline
#
# AdventureWorks has 17 sellers, 35 months of order lines and monthly targets, no deals and no activities: what many
# companies have. The files are not part of this project. Point `PACELINE_TEST_DATA` at a folder that holds
# `adventureworks_pl300`, or replace the folder and the mapping below by your own.

# %%
import os
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from paceline.cli import main as paceline

source = Path(os.environ.get("PACELINE_TEST_DATA", "../shared/data"))
source = source if source.is_absolute() else Path.cwd().parent / source if Path.cwd().name == "notebooks" else source
export = source / "adventureworks_pl300"
present = export.exists()
print("found the export" if present else f"skipped: {export.name} is not there; set PACELINE_TEST_DATA")

# %% [markdown]
# ## Import
#
# One mapping file says how these files become facts. The report names what was read and what stands out.

# %%
home = Path(tempfile.mkdtemp()) / "home"
if present:
    assert paceline(["--home", str(home), "ingest", str(export), "--mapping", "adventureworks-pl300"]) == 0

# %% [markdown]
# ## Forecast June 2020, standing at the end of May

# %%
scores = pd.DataFrame()
if present:
    assert paceline(["--home", str(home), "train", "--as-of", "2020-05-31", "--cutoffs", "2"]) == 0
    out = home / "scores.parquet"
    assert paceline(["--home", str(home), "score", "--as-of", "2020-05-31", "--out", str(out)]) == 0
    scores = pd.read_parquet(out)
scores.head(12)

# %%
if present:
    june = scores[
        (scores["period_start"] == "2020-06-01") & (scores["period_end"] == "2020-06-30") & scores["q50"].notna()
    ]
    june = june.sort_values("q50").reset_index(drop=True)
    fig, ax = plt.subplots(figsize=(9, 0.36 * len(june) + 1.2), layout="constrained")
    ax.hlines(june.index, june["q10"] / 1e3, june["q90"] / 1e3, color="#9cc3ea", linewidth=7)
    ax.hlines(june.index, june["q25"] / 1e3, june["q75"] / 1e3, color="#4d8fd1", linewidth=7)
    ax.plot(june["q50"] / 1e3, june.index, "o", color="#0b5cad", label="middle")
    ax.plot(june["quota"] / 1e3, june.index, "|", color="#c8570c", markersize=14, markeredgewidth=2, label="quota")
    ax.set_yticks(june.index, june["rep_name"])
    ax.set(title="June 2020, as seen at the end of May: 8 in 10 and 5 in 10 outcomes", xlabel="thousand USD")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    plt.show()

# %% [markdown]
# The ranges are wide because a month of one seller is a small sum of large orders. The status column says so where the
# middle number would mislead. A forecast that is honest about this is worth more than a sharp one that is not.
