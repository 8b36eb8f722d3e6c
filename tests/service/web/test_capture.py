"""A page as a single file: the same words, nothing to load, nothing to run."""

from __future__ import annotations

import asyncio
import re

import pytest

from features.domain.errors import UnknownReference
from service.app import create_app
from service.settings import ServeSettings
from service.web.capture import rep_file, standalone, team_file
from tests.service.world import World


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_rep_and_a_team_become_files_that_need_nothing_else(shared: World, lang: str) -> None:
    rep = asyncio.run(rep_file(shared.app, "r-chen", lang=lang))
    team = asyncio.run(team_file(shared.app, "north", lang=lang))

    assert "Chen Jie" in rep
    assert "Marco Silva" in team
    for html in (rep, team):
        assert "<script" not in html
        assert not re.search(r'<link[^>]+rel="stylesheet"', html)
        assert "--orange-mid" in html


@pytest.mark.parametrize(("lang", "words"), [("en", "A simulated company"), ("zh", "模拟公司")])
def test_a_simulated_company_is_called_simulated_and_no_other_one_is(shared: World, lang: str, words: str) -> None:
    settings = ServeSettings(database="unused", simulated=True)
    simulated = create_app(settings, storage=shared.storage)

    assert words in asyncio.run(team_file(simulated, "north", lang=lang))
    assert words not in asyncio.run(team_file(shared.app, "north", lang=lang))


def test_what_is_not_stored_is_named(shared: World) -> None:
    with pytest.raises(UnknownReference, match="'r-zz'"):
        asyncio.run(rep_file(shared.app, "r-zz", lang="en"))
    with pytest.raises(UnknownReference, match="'west'"):
        asyncio.run(team_file(shared.app, "west", lang="en"))


def test_a_file_offers_nothing_that_only_a_server_can_do() -> None:
    assert standalone("<body><p>a</p></body>") == '<body class="file"><p>a</p></body>'


def test_scripts_go_and_words_stay() -> None:
    html = standalone('<p>a</p><script src="x" defer></script><p>b</p>')
    assert "script" not in html
    assert "<p>a</p>" in html
    assert "<p>b</p>" in html
