"""The lints catch what they are for: each fault is planted once."""

from __future__ import annotations

import pytest

from models.explain.documents import DriverDoc, Text
from models.explain.lint import banned_words, contradictions, side_faults, style_faults, texts_in

BANNED_EN = (
    "underperforming", "underperformer", "poor", "weak", "failing", "lazy", "bottom", "worst", "laggard",
    "should have", "red flag", "guaranteed", "he", "She", "his", "SHAP", "p-value", "log-odds", "quantile", "probably",
)  # fmt: skip
BANNED_ZH = ("落后", "垫底", "最差", "末位", "不合格", "执行力差", "懒", "一定会", "保证", "他", "她", "SHAP", "分位数")


@pytest.fixture
def driver() -> DriverDoc:
    return DriverDoc(
        code="volume",
        label=Text(en="Number of deals", zh="商机数量"),
        value=4.0,
        reference=9.0,
        unit="count",
        contribution=-25.0,
        direction="down",
        controllable="rep",
        sentence=Text(
            en="Open deals: 4, below similar reps (9): −25.0 points.",
            zh="在手商机：4 个，低于同类销售（9 个），−25.0 个百分点。",
        ),
    )


@pytest.mark.parametrize("word", BANNED_EN)
def test_each_banned_english_word_is_found(word: str) -> None:
    assert banned_words(Text(en=f"This is {word} here.", zh="好")) != []


@pytest.mark.parametrize("word", BANNED_ZH)
def test_each_banned_chinese_word_is_found(word: str) -> None:
    assert banned_words(Text(en="fine", zh=f"这里{word}了")) != []


@pytest.mark.parametrize("text", ["weekly", "the", "there", "poorly lit is banned but weekday is not"[-14:], "others"])
def test_words_that_merely_contain_a_banned_one_pass(text: str) -> None:
    assert banned_words(Text(en=text, zh="其他同事，吉他")) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (Text(en="Deals {value}", zh="商机"), "unfilled field {value}"),
        (Text(en="商机", zh="商机"), "the English text is empty or holds Chinese"),
        (Text(en=" ", zh="商机"), "the English text is empty or holds Chinese"),
        (Text(en="Deals", zh="Deals"), "no Chinese in the Chinese text"),
        (Text(en="Deals", zh="商机:5"), "half-width punctuation '机:'"),
        (Text(en="Deals", zh="商机(5 个)"), "half-width punctuation '机('"),
    ],
)
def test_each_fault_of_style_is_named(text: Text, fault: str) -> None:
    assert fault in style_faults(text)


def test_texts_are_found_however_deep() -> None:
    text = Text(en="a", zh="甲")
    assert list(texts_in({"x": [{"y": text}, {"z": (text,)}], "n": 3, "s": "free"})) == [text, text]


def test_a_clean_driver_has_no_fault(driver: DriverDoc) -> None:
    assert contradictions(driver) == []


def test_a_sentence_that_names_the_wrong_side_is_found(driver: DriverDoc) -> None:
    driver["sentence"] = Text(en="Open deals: 4, above similar reps (9): −25.0 points.", zh=driver["sentence"]["zh"])
    assert contradictions(driver) == ["en says 'above' although 4.0 against 9.0"]


def test_a_sentence_without_a_side_is_found() -> None:
    assert side_faults(Text(en="4 (9)", zh="4 个，低于 9 个"), 4.0, 9.0) == ["en names no side"]


def test_a_sign_against_the_direction_is_found(driver: DriverDoc) -> None:
    driver["direction"] = "up"
    assert contradictions(driver) == ["direction up with -25.0 points"]


def test_points_against_the_values_are_found(driver: DriverDoc) -> None:
    driver["contribution"], driver["direction"] = 25.0, "up"
    faults = contradictions(driver)
    assert "25.0 points although 4.0 against 9.0 and more is up" in faults
    assert "en does not state +25.0 points" in faults


def test_values_that_read_the_same_are_found(driver: DriverDoc) -> None:
    driver["value"], driver["reference"] = 9.0 - 1e-12, 9.0
    assert "both values read 9.00000" in contradictions(driver)


def test_a_missing_reference_is_found(driver: DriverDoc) -> None:
    driver["reference"] = None
    assert contradictions(driver) == ["own value or reference is missing"]
