"""What the routes of diagnosis answer."""

from __future__ import annotations

from models.diagnosis.documents import DiagnosisDoc
from service.http.documentation import model_of

Diagnosis = model_of(DiagnosisDoc)
