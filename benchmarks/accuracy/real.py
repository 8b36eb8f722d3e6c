"""The real data sets of the accuracy page: bookings without a pipeline, beside the best simple rule in hindsight."""

from __future__ import annotations

from benchmarks.bench_series import COMPANIES, data_folder, judge, table


def real_sets() -> str:
    """Return the section as Markdown; a set whose files are absent is named as left out."""
    blocks = []
    for read in COMPANIES:
        try:
            company = read(data_folder())
        except FileNotFoundError as error:
            blocks.append(f"- {read.__name__}: left out, there is no `{error.filename.rsplit('/', 1)[-1]}`\n")
            continue
        blocks.append("```text\n" + "\n".join(table(company, judge(company))) + "\n```\n")
    return "\n".join(blocks)
