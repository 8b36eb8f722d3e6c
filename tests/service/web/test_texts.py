"""Both languages say the same, and neither says what is not said here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.errors import CATALOGUE
from service.web.texts import BANNED, TEXTS, say, spaced

SERVICE = Path(__file__).parents[3] / "service"
BLANK = re.compile(r"\{(\w+)\}")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?()]|[,;:?()][\u4e00-\u9fff]")


@pytest.mark.parametrize("key", TEXTS)
def test_no_sentence_misses_in_either_language_and_both_have_the_same_blanks(key: str) -> None:
    english, chinese = TEXTS[key]
    assert english.strip()
    assert chinese.strip()
    assert set(BLANK.findall(english)) == set(BLANK.findall(chinese))


@pytest.mark.parametrize("key", [key for key in TEXTS if key != "app.other_language"])
def test_each_sentence_is_in_its_language(key: str) -> None:
    english, chinese = TEXTS[key]
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert not re.search(r"(?:[A-Za-z]{2,}\s+){3,}[A-Za-z]{2,}", re.sub(r"paceline \w+ \w+ NAME", "", chinese))
    assert not HALF_WIDTH.search(chinese)


def _banned(text: str, lang: str) -> list[str]:
    if lang == "en":
        return [word for word in BANNED["en"] if re.search(rf"\b{re.escape(word)}", text.lower())]
    # 其他 means "other"; the banned word is the pronoun.
    return [word for word in BANNED["zh"] if word in text.replace("其他", "")]


def test_no_sentence_uses_a_banned_word() -> None:
    found = [
        (key, word)
        for key, pair in TEXTS.items()
        for lang, text in zip(("en", "zh"), pair, strict=True)
        for word in _banned(text, lang)
    ]
    found += [
        (problem.code, word)
        for problem in CATALOGUE.values()
        for text in (problem.title, problem.detail)
        for lang, sentence in (("en", text["en"]), ("zh", text["zh"]))
        for word in _banned(sentence, lang)
    ]
    assert found == []


def test_the_banned_words_are_found() -> None:
    assert _banned("a poor month, underperforming", "en") == ["underperform", "poor"]
    assert _banned("他垫底", "zh") == ["垫底", "他"]
    assert _banned("其他网站", "zh") == []


def test_every_sentence_is_used_and_every_used_one_exists() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("web", "http")
        for suffix in ("*.py", "*.html")
        for path in (SERVICE / folder).rglob(suffix)
        if not path.name.startswith("texts")
    )
    said = set(
        re.findall(
            r"""["']((?:app|demo|chart|team|rep|state|signin|status|deal|change|whatif|agenda|accuracy|call|diagnosis|drift|coaching)\.(?!html)[a-z_0-9]+)["']""",
            source,
        )
    )
    assert said - set(TEXTS) == set()
    # Composed keys: groups, answers, states, headlines, parts and waterfall rows are put together from a code.
    composed = re.compile(
        r"team\.(talk|watch|ok|early)|rep\.(accepted|done|later|not_useful|part_\w+|measure_\w+|(own_)?headline\w*)|"
        r"state\.(empty|unscored|no_team|no_card)(_text)?|chart\.(rest|median)(_note)?|"
        r"accuracy\.(f_\w+|not_scored|not_kept|too_few_periods|who|when|miss|bias|reached|count|flagged|precision|recall|"
        r"days|churn|waiting)|call\.(side_\w+|most_likely|commit|best_case|worst_case)|"
        r"diagnosis\.(part|what|range|amount|stage|long|measure|top|others|difference|training|who)|"
        r"coaching\.refused_\w+|drift\.(bias|spread|inflow)|agenda\.(state_\w+|rep|manager)|whatif\.(pipeline|meetings|win_points|size_percent)"
    )
    assert [key for key in TEXTS if key not in said and not composed.fullmatch(key)] == []


def test_chinese_is_set_with_spaces_around_latin() -> None:
    assert spaced("王芳的CRM数据") == "王芳的 CRM 数据"
    assert spaced("82%的目标") == "82%的目标"
    assert say("rep.headline", "zh", name="Chen Jie", middle="82%") == "Chen Jie 预计完成目标的 82%"


def test_a_sentence_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("rep.nothing", "en")
    with pytest.raises(KeyError):
        say("rep.left", "en", day=1)
