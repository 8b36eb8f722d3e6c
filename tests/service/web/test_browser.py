"""The pages in a browser: nothing scrolls sideways, fingers find the controls, the console stays quiet."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from service.app import create_app
from service.settings import ServeSettings
from service.storage.backtests import SqlBacktestLog
from tests.service.world import World
from tests.support.backtests import KEY, record

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"),
]
PAGES = (
    "/team",
    "/reps/r-chen",
    "/reps/r-chen/one-on-one",
    "/reps/r-chen/what-if?pipeline=100000",
    "/reps/r-chen/diagnosis",
    "/teams/north/diagnosis",
    "/status",
    "/accuracy",
    "/coaching",
    "/signin",
    "/reps/r-nobody",
)
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, select, input, summary")]
  .filter(e => e.offsetParent !== null && !e.classList.contains("skip"))
  .map(e => [e.textContent.trim() || e.id, e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.5 || box.width < 24)
  .map(([words, box]) => `${words}: ${box.width} x ${box.height}`)"""


@pytest.fixture(scope="module")
def address(shared: World) -> Iterator[str]:
    """Return the address of a demo server over the company of the tests."""
    SqlBacktestLog(shared.storage.engine).record(KEY, record())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = create_app(ServeSettings(database="unused", demo=True, port=port), storage=shared.storage)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    """Return a page on which everybody is in sight."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=address)
        context.add_cookies([{"name": "paceline_persona", "value": "m-wang", "url": address}])
        yield context.new_page()
        browser.close()


def test_pages_fit_every_screen_and_ask_nobody_else(page: Page, address: str) -> None:
    trouble: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(address) else trouble.append(request.url))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda line: trouble.append(line.text) if "Content Security" in line.text else None)
    for path in PAGES:
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(f"{path}?lang=zh" if width == 390 else f"{path}?lang=en")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                trouble.append(f"{path} is {wide} wide on a screen of {width}")
    assert trouble == []


def test_fingers_find_every_control_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in PAGES:
        page.goto(path)
        assert page.evaluate(SMALL_TARGETS) == [], path
    # On a desktop they are smaller, and the measure sees it.
    page.set_viewport_size({"width": 1280, "height": 844})
    page.goto("/team")
    assert page.evaluate(SMALL_TARGETS) != []


def test_a_team_of_eight_or_fewer_fits_the_first_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/team?lang=en")

    box = page.locator(".people tbody tr").last.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 900


def test_an_answer_is_one_tap(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/reps/r-silva?lang=en")

    page.locator("form.bt button", has_text="Later").first.click()

    assert page.locator("[role=status]", has_text="Answer kept: Later").count() == 1


def test_a_slider_answers_while_it_is_moved_and_buttons_do_the_same(page: Page) -> None:
    page.goto("/reps/r-chen?lang=en")
    answer = page.locator("#what-if .ans")
    answer.get_by_text("as it stands").wait_for()
    page.locator("#wi-win_points").locator("xpath=../button[2]").click()
    answer.get_by_text("instead of").first.wait_for()
    assert page.locator('output[for="wi-win_points"]').text_content() == "1"
    assert "not a promise" in (answer.text_content() or "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_one_on_one_prints_on_one_page(page: Page, lang: str) -> None:
    page.goto(f"/reps/r-chen/one-on-one?lang={lang}")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1


def test_what_is_written_into_the_page_is_kept(page: Page) -> None:
    page.goto("/reps/r-chen/one-on-one?lang=en")
    page.locator("#idea").fill("Invite the buyer to a reference visit.")
    page.locator("input[name=text0]").fill("Call the buyer")
    page.locator("button[type=submit]", has_text="Save").click()
    page.get_by_text("Saved.").wait_for()
    assert page.locator("#idea").input_value() == "Invite the buyer to a reference visit."
    assert page.locator("input[name=text0]").input_value() == "Call the buyer"


def test_one_s_own_number_is_three_taps_and_stands_beside_the_forecast(page: Page) -> None:
    page.goto("/reps/r-chen?lang=en")
    page.locator("#call-amount").fill("90%")
    page.locator("button[type=submit]", has_text="Keep my number").click()
    page.get_by_text("Kept.").wait_for()
    assert "90% of target" in (page.locator("#call").text_content() or "")
