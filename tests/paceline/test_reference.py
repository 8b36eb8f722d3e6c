"""The documentation of settings is made from the settings, and nothing is left without a meaning."""

from pathlib import Path

from paceline.reference import CLASSES, reference

ROOT = Path(__file__).parents[2]


def test_every_setting_says_what_it_means() -> None:
    silent = [f"{cls.__name__}.{name}" for cls in CLASSES for name, f in cls.model_fields.items() if not f.description]
    assert silent == []


def test_the_page_in_the_docs_is_the_one_the_code_makes() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == reference()
