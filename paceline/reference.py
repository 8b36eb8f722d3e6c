"""`python -m paceline.reference`: the reference of all settings as Markdown, made from their own classes."""

from __future__ import annotations

import sys
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from features.connectors.settings import IngestSettings
from models.accuracy.drift import DriftSettings
from models.accuracy.settings import AccuracySettings
from models.coaching.learning.settings import LearningSettings, ProofSettings
from models.coaching.settings import CoachingSettings
from models.diagnosis.settings import DiagnosisSettings
from models.explain.settings import ExplainSettings
from models.risk.alert_settings import AlertSettings
from models.risk.settings import RiskSettings
from paceline.settings import CommandSettings
from service.coaching.settings import SuggestingSettings
from service.scoring.settings import ScoringSettings
from service.settings import ServeSettings
from training.plan import TrainingSettings
from training.promotion.gates import GateSettings

CLASSES: tuple[type[BaseModel], ...] = (
    CommandSettings,
    IngestSettings,
    TrainingSettings,
    GateSettings,
    ScoringSettings,
    RiskSettings,
    AlertSettings,
    AccuracySettings,
    DriftSettings,
    ExplainSettings,
    DiagnosisSettings,
    CoachingSettings,
    LearningSettings,
    ProofSettings,
    SuggestingSettings,
    ServeSettings,
)
"""Every settings class, in the order in which a user meets their subjects."""

HEAD = """# Settings

One class per concern. Classes that name an environment prefix are read from variables of that prefix, for example
`PACELINE_TRAINING_SEED=11`. Made by `python -m paceline.reference > docs/settings.md`; a test keeps it true.
"""


def reference() -> str:
    """Return the reference of all settings as Markdown."""
    return "\n".join([HEAD, *(_section(cls) for cls in CLASSES)])


def _section(cls: type[BaseModel]) -> str:
    prefix = cls.model_config.get("env_prefix", "") if issubclass(cls, BaseSettings) else ""
    source = f"Environment: `{prefix}*`." if prefix else "Set in code."
    lines = [f"## {cls.__name__}", "", f"{(cls.__doc__ or '').strip().splitlines()[0]} {source}", ""]
    lines += ["| name | default | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {_default(field)} | {field.description} |" for name, field in cls.model_fields.items()]
    return "\n".join([*lines, ""])


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    return "required" if field.is_required() else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(reference())
