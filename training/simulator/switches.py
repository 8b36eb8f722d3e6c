"""What a simulated company may be turned into: one that discounts, and one whose CRM is dirty; all off by default."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class Discounts(BaseModel):
    """How the company discounts; all zero, the default, means list prices.

    The discount of a deal that is signed today is `base + rush * [last two weeks and gap to quota > 0] + propensity of
    the rep`, cut to 0..0.5; its amount is multiplied by one minus that, its hazard of being won by `exp(pull * d)`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: float = Field(default=0.0, ge=0, le=0.5, description="discount on every deal, as a share of its list price")
    rush: float = Field(
        default=0.0, ge=0, le=0.5, description="more in the last two weeks of a quarter while the quota is not reached"
    )
    propensity_sd: float = Field(default=0.0, ge=0, le=0.2, description="spread between reps of their own discount")
    pull: float = Field(default=1.5, ge=0, le=5, description="gain of the log win hazard per unit of discount")
    pull_forward: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="share of the win hazard that is missing in the five weeks after a rep rushed a quarter's end",
    )

    @property
    def on(self) -> bool:
        """Whether anything differs from list prices."""
        return max(self.base, self.rush, self.propensity_sd, self.pull_forward) > 0

    @classmethod
    def usual(cls) -> Self:
        """Return a company that discounts as many do: 4 % always, 8 % more in the rush, a fifth pulled forward."""
        return cls(base=0.04, rush=0.08, propensity_sd=0.03, pull_forward=0.2)


class Dirt(BaseModel):
    """How dirty the CRM is: one switch per kind, each the share of records that it touches; 0 is off.

    Dirt stands between what happened and what the CRM shows; what happened stays as it was. Three kinds change what the
    CRM reports as bookings: `owner_changes` credit a deal to the colleague who owns it when it is won, `late_edits`
    replace its amount, `refunds` take some of it back from whoever won it, in the quarter of the refund.
    `Organisation.reported` holds these bookings, and the oracle draws them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    late_logging: float = Field(
        default=0.0, ge=0, le=1, description="share of activities that are logged late, by 5 days on average"
    )
    missing_activities: float = Field(
        default=0.0, ge=0, le=1, description="share of activities never logged, on top of what every company forgets"
    )
    owner_changes: float = Field(
        default=0.0, ge=0, le=1, description="share of deals that change to a team mate at a random day of their life"
    )
    duplicates: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of deals entered twice: a second open record with an id of its own, later closed as lost",
    )
    late_edits: float = Field(
        default=0.0, ge=0, le=1, description="share of won deals whose amount is edited within 10 days after the win"
    )
    bulk_closing: float = Field(
        default=0.0, ge=0, le=1, description="share of lost deals closed in bulk on the quarter's last working day"
    )
    stage_skipping: float = Field(
        default=0.0, ge=0, le=1, description="share of stage changes that are never entered, so that the next one jumps"
    )
    refunds: float = Field(
        default=0.0, ge=0, le=1, description="share of won deals of which some is paid back after 4 to 12 weeks"
    )
    zombies: float = Field(default=0.0, ge=0, le=1, description="share of lost deals that nobody ever closes")
    stage_noise: float = Field(
        default=0.0, ge=0, le=1, description="share of stage changes that are entered one stage too far or too short"
    )
    second_currency: bool = Field(
        default=False,
        description="one region sells in another currency; the export brings dated rates (not part of `all`)",
    )

    @classmethod
    def all(cls, **changes: float) -> Self:
        """Return every kind at its usual rate, with `changes` on top.

        Left out are the second currency, which needs dated rates from whoever reads the export, and stage noise, which
        belongs to the hostile company.
        """
        usual = {
            "late_logging": 0.12,
            "missing_activities": 0.08,
            "owner_changes": 0.03,
            "duplicates": 0.02,
            "late_edits": 0.04,
            "bulk_closing": 0.10,
            "stage_skipping": 0.10,
            "refunds": 0.02,
            "zombies": 0.02,
        }
        return cls.model_validate({**usual, **changes})
