"""The web process starts small: it imports none of the heavy packages, with and without a first request."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = (
    "shap",
    "mlflow",
    "statsmodels",
    "sklearn",
    "pandas",
    "lightgbm",
    "duckdb",
    "numpy",
    "pyarrow",
    "scipy",
    "matplotlib",
    "training",
)
PROGRAM = f"""
import sys
from pathlib import Path
from service.app import create_app
from service.settings import ServeSettings
from starlette.testclient import TestClient

app = create_app(ServeSettings(database=Path(sys.argv[1]), demo=True))
with TestClient(app, base_url="http://127.0.0.1") as client:
    assert client.get("/readyz").status_code == 200
    assert client.get("/team").status_code == 200
    assert client.get("/openapi.json").status_code == 200
    assert client.get("/v1/me/scorecard").status_code == 404
print(sorted(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_serving_imports_none_of_the_heavy_packages(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=root,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_the_second_start_imports_no_migration_tool(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    program = (
        "import sys\nfrom service.storage.engine import open_engine\n"
        "open_engine(sys.argv[1]).dispose()\nprint('alembic' in sys.modules)"
    )
    seen = [
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, cwd=root, check=True
        ).stdout.strip()
        for _ in range(2)
    ]
    assert seen == ["True", "False"]
