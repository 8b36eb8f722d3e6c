"""Caps on what an import may read, so that a hostile or mistaken file is refused before it fills memory or disk."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IngestSettings(BaseSettings):
    """Sizes that an import may have; read from `PACELINE_INGEST_*` variables."""

    model_config = SettingsConfigDict(env_prefix="PACELINE_INGEST_", extra="ignore")

    max_file_bytes: int = Field(default=20_000_000_000, gt=0, description="Bytes that one source file may have.")
    max_columns: int = Field(default=1_000, gt=0, description="Columns that one source file may have.")
    max_workbook_bytes: int = Field(default=500_000_000, gt=0, description="Unpacked bytes of an xlsx workbook.")
    max_workbook_ratio: int = Field(default=200, gt=0, description="Unpacked to packed size of an xlsx workbook.")
    max_document_bytes: int = Field(default=200_000_000, gt=0, description="Bytes of a JSON or workbook file.")
    max_lookup_rows: int = Field(default=2_000_000, gt=0, description="Rows of a file that is joined to another.")
    block_bytes: int = Field(default=2_097_152, gt=1_024, description="Bytes of text parsed at a time.")
    max_mapping_bytes: int = Field(default=1_000_000, gt=0, description="Bytes of a mapping file.")
