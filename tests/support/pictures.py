"""`python -m tests.support.pictures`: photograph pages of the demonstration for the README, with Chromium.

The company is simulated, and its default seed gives the same people and numbers each time.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from paceline.cli import main as paceline

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
PAGES: dict[str, tuple[tuple[str, str], ViewportSize]] = {
    "team": (("team", "00E000000000000007"), {"width": 1180, "height": 1000}),
    "rep": (("rep", "005000000000000079"), {"width": 400, "height": 1000}),
}
"""Name of the picture: what `paceline report` is asked for, and the window in CSS pixels."""
COLOURS = 255
"""The pages are flat: so many colours look the same at half the size."""


def photograph(home: Path, chromium: str) -> None:
    """Write one PNG per page of `PAGES` from a home folder that holds the scored demonstration."""
    with tempfile.TemporaryDirectory() as scratch:
        files = {name: Path(scratch) / f"{name}.html" for name in PAGES}
        for name, (asked, _) in PAGES.items():
            if paceline(["--home", str(home), "report", *asked, "--out", str(files[name])]) != 0:
                raise SystemExit(1)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for name, (_, window) in PAGES.items():
                page = browser.new_page(viewport=window, device_scale_factor=1.5)
                page.goto(files[name].as_uri())
                shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
                shot.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
            browser.close()


def main() -> int:
    """Run the demonstration in a folder of its own and photograph it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.stderr.write("no chromium on this machine: apt-get install chromium\n")
        return 4
    FOLDER.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 1:
        photograph(Path(sys.argv[1]), chromium)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        code = paceline(["--home", folder, "demo", "--no-serve"])
        if code == 0:
            photograph(Path(folder), chromium)
    return code


if __name__ == "__main__":
    sys.exit(main())
