"""The one tree of exceptions; every message says what was wrong, what was there and what to do.

::

    PacelineError                 exit code 1
    |-- UsageError                exit code 2: the call itself cannot be understood
    |-- CheckFailed               exit code 3: a gate, a contract or a validation said no
    |   |-- ContractViolation     imported rows break the canonical tables' contract
    |   |-- MappingError          a mapping file cannot be read or does not fit the source
    |   |-- GateRefused           a model may not be promoted
    |   `-- BundleDamaged         a model bundle does not match its manifest
    |-- DataMissing               exit code 4: there is nothing to work on yet
    |   |-- NoDataset             nothing was imported
    |   |-- NoModel               nothing was promoted
    |   `-- UnknownReference      a rep, team, period or version that does not exist
    `-- LookAheadError            code tried to read past its as_of
"""

from __future__ import annotations


class PacelineError(Exception):
    """Base of everything that Paceline raises on purpose."""

    exit_code = 1


class UsageError(PacelineError):
    """The call itself cannot be understood."""

    exit_code = 2


class CheckFailed(PacelineError):
    """A gate, a contract or a validation said no."""

    exit_code = 3


class ContractViolation(CheckFailed):
    """Imported rows break the contract of a canonical table."""


class MappingError(CheckFailed):
    """A mapping file cannot be read, or does not fit its source."""


class GateRefused(CheckFailed):
    """A model may not be promoted; the message lists the gates that refused."""


class BundleDamaged(CheckFailed):
    """A model bundle does not match its manifest; it was not parsed."""


class DataMissing(PacelineError):
    """There is nothing to work on yet."""

    exit_code = 4


class NoDataset(DataMissing):
    """Nothing was imported into this home folder."""


class NoModel(DataMissing):
    """No model was promoted in this home folder."""


class UnknownReference(DataMissing):
    """A rep, team, period or version that does not exist."""


class LookAheadError(PacelineError):
    """Code tried to read a fact that was not known at its as_of."""
