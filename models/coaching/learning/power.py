"""How many rep-periods it takes to see an effect, so that a refusal says what is missing."""

from __future__ import annotations

import math

from scipy.special import ndtri

from features.domain.errors import UsageError


def per_arm(effect: float, sd: float, *, level: float = 0.05, power: float = 0.8) -> int:
    """Return the rep-periods that each of two equal arms needs to tell an effect from none.

    `2 (z_level + z_power)^2 sd^2 / effect^2`, with the normal quantiles to two decimals as printed in tables
    (1.96 and 0.84), so that anybody can check it by hand. Reference: Cohen, Statistical Power Analysis for the
    Behavioral Sciences (1988), section 2.4.

    Args:
        effect: Smallest effect worth seeing, above 0, same unit as `sd`.
        sd: Standard deviation of the outcome.
        level: Two-sided error of the first kind.
        power: Probability of seeing an effect that is there.

    Raises:
        UsageError: Effect or spread is not above 0.

    Examples:
        Five points of quota, where results scatter by 60 points around their forecast; a proximal metric by 20:

        >>> per_arm(0.05, 0.60), per_arm(0.05, 0.20)
        (2258, 251)
    """
    if not (effect > 0 and sd > 0):
        raise UsageError(f"an effect of {effect} with a spread of {sd}; give both above 0")
    quantiles = round(float(ndtri(1.0 - level / 2.0)), 2) + round(float(ndtri(power)), 2)
    return math.ceil(round(2.0 * (quantiles * sd / effect) ** 2, 6))


def needed_more(have_treated: int, have_control: int, effect: float, sd: float) -> int:
    """Return how many more rep-periods are needed until both arms have enough; 0 when they have.

    Examples:
        >>> needed_more(200, 3000, 0.05, 0.60)
        2058
    """
    asked = per_arm(effect, sd)
    return max(asked - have_treated, 0) + max(asked - have_control, 0)
