"""Laws of reasons and suggestions that hold for every company, not only for the examples."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.coaching.guardrails import Candidate, choose
from models.coaching.never import forbidden
from models.coaching.playbook import Evidence, GapPlay, default_playbook
from models.coaching.settings import CoachingSettings
from models.coaching.whatif import blended, feasible_target
from models.contracts import FloatArray
from models.explain.peers import PeerGroups, group_share_at_or_below
from models.explain.shapley import FACTORS, PARTS, part_values, shapley_parts
from models.explain.wording import money, pair, points

COLUMNS = [name for names in FACTORS.values() for name in names]
AMOUNT = st.floats(0.0, 1e3, allow_subnormal=False)
PLAYS = list(default_playbook().plays.values())


@st.composite
def structures(draw: st.DrawFn) -> dict[str, FloatArray]:
    """Draw three rows of structure columns, not negative, quota above zero."""
    found = {name: draw(arrays(np.float64, 3, elements=AMOUNT)) for name in COLUMNS}
    found["quota"] = draw(arrays(np.float64, 3, elements=st.floats(1.0, 1e3)))
    return found


def attainment(columns: dict[str, FloatArray]) -> FloatArray:
    return np.asarray(part_values(columns).sum(axis=0) / columns["quota"], dtype=np.float64)


@given(structures(), structures())
def test_shares_always_add_up_to_the_difference(own: dict[str, FloatArray], reference: dict[str, FloatArray]) -> None:
    difference = attainment(own) - attainment(reference)
    scale = np.abs(attainment(own)) + np.abs(attainment(reference)) + 1.0
    # what mixes the two can be larger than either: judge against the largest coalition
    largest = attainment({name: np.maximum(own[name], reference[name]) for name in own} | {"quota": np.ones(3)})
    error = np.abs(shapley_parts(own, reference).sum(axis=(0, 1)) - difference)
    assert (error <= 1e-12 * (scale + largest)).all()


@given(structures(), structures())
def test_inside_a_part_no_share_contradicts_its_difference(
    own: dict[str, FloatArray], reference: dict[str, FloatArray]
) -> None:
    shares = shapley_parts(own, reference)
    largest = attainment({name: np.maximum(own[name], reference[name]) for name in own} | {"quota": np.ones(3)})
    for factor, names in enumerate(FACTORS.values()):
        for part, columns in enumerate(PARTS.values()):
            for name in set(names) & set(columns):
                signed = shares[part, factor] * np.sign(own[name] - reference[name])
                assert (signed >= -1e-12 * (1.0 + largest)).all()


@given(structures(), structures())
def test_swapping_own_and_reference_turns_every_sign(
    own: dict[str, FloatArray], reference: dict[str, FloatArray]
) -> None:
    there, back = shapley_parts(own, reference), shapley_parts(reference, own)
    largest = attainment({name: np.maximum(own[name], reference[name]) for name in own} | {"quota": np.ones(3)})
    assert (np.abs(there + back) <= 1e-12 * (1.0 + largest)).all()


@given(structures())
def test_a_rep_like_the_reference_has_no_reason(own: dict[str, FloatArray]) -> None:
    assert not shapley_parts(own, own).any()


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(-5, 5).map(round)), st.floats(0.01, 0.99))
def test_a_level_of_p_never_holds_for_more_than_a_share_p_of_a_group(values: FloatArray, level: float) -> None:
    n = len(values)
    peers = PeerGroups(np.zeros(n, dtype=np.int64), {0: np.arange(n)}, np.full(n, n), np.zeros(n, dtype=bool), ())
    assert (group_share_at_or_below(values, peers) <= level).mean() <= level


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        play=st.sampled_from(PLAYS),
        row=st.just(0),
        mid=st.floats(-5, 20),
        p_positive=st.floats(0, 1),
        standing=st.floats(0, 1),
    ),
    max_size=20,
)
SETTINGS = st.builds(
    CoachingSettings,
    max_suggestions=st.integers(1, 5),
    max_when_struggling=st.integers(1, 2),
    effort_cap_hours=st.floats(1.0, 30.0),
    min_lift=st.floats(0.0, 5.0),
)


@given(CANDIDATES, SETTINGS, st.booleans())
def test_guardrails_hold_whatever_is_proposed(
    candidates: list[Candidate], settings: CoachingSettings, struggling: bool
) -> None:
    chosen = choose(candidates, settings, struggling=struggling, counts=Counter())
    gaps = [one for one in chosen if isinstance(one.play, GapPlay)]
    assert len(chosen) <= (settings.max_when_struggling if struggling else settings.max_suggestions)
    assert sum(one.play.effort_hours for one in chosen) <= settings.effort_cap_hours
    assert all(one.mid >= settings.min_lift and one.p_positive >= settings.min_p_positive for one in gaps)
    factors = [one.play.mechanism.factor for one in gaps if isinstance(one.play, GapPlay)]
    assert len(factors) == len(set(factors))
    assert len(chosen) - len(gaps) <= (0 if struggling else 1)
    assert [one.play.kind for one in chosen] == sorted((one.play.kind for one in chosen), reverse=True)
    assert all(not forbidden([step.en for step in one.play.steps]) for one in chosen)


@given(CANDIDATES, SETTINGS)
def test_the_order_of_proposals_does_not_matter(candidates: list[Candidate], settings: CoachingSettings) -> None:
    unique = list({one.play.id: one for one in candidates}.values())
    there = choose(unique, settings, struggling=False, counts=Counter())
    assert there == choose(unique[::-1], settings, struggling=False, counts=Counter())


@given(
    arrays(np.float64, 5, elements=st.floats(0, 100)),
    arrays(np.float64, 5, elements=st.floats(0, 100)),
    arrays(np.float64, 5, elements=st.floats(0, 100)),
    st.sampled_from(["up", "down"]),
)
def test_a_target_is_never_worse_than_now_nor_further_than_one_swing(
    own: FloatArray, reach: FloatArray, spread: FloatArray, good: str
) -> None:
    sign = 1.0 if good == "up" else -1.0
    gain = sign * (feasible_target(own, reach, spread, good) - own)
    assert (gain >= 0).all()
    assert (gain <= spread + 1e-9).all()
    assert (gain <= np.maximum(sign * (reach - own), 0.0) + 1e-9).all()


@given(st.floats(0, 60), st.floats(-1, 5), st.floats(0.5, 5))
def test_a_blend_lies_between_what_it_is_blended_from(raw: float, mean: float, sd: float) -> None:
    prior = Evidence.model_validate({"grade": "C", "mean": mean, "sd": sd, "source": {"en": "x", "zh": "甲"}})
    settings = CoachingSettings()
    effect = blended(np.array([raw]), prior, settings)
    ends = sorted([settings.transport_discount * raw, mean])
    assert ends[0] - 1e-9 <= effect.mid[0] <= ends[1] + 1e-9
    assert effect.low[0] < effect.mid[0] < effect.high[0]
    assert (effect.p_positive[0] > 0.5) == (effect.mid[0] > 0) or effect.mid[0] == pytest.approx(0.0, abs=1e-12)


@given(st.floats(-1e9, 1e9), st.sampled_from(["CNY", "USD", "SEK", ""]), st.sampled_from(["en", "zh"]))
def test_an_amount_keeps_its_sign_and_shows_no_ascii_minus(value: float, currency: str, lang: str) -> None:
    text = money(value, currency, lang)
    shows_digits = any(character in "123456789" for character in text)
    assert text.startswith("−") == (value < 0 and shows_digits)
    assert "-" not in text


@given(st.floats(-200, 200))
def test_points_say_the_sign_of_what_they_show(value: float) -> None:
    text = points(value, "en")
    shown = float(text.split()[0].replace("−", "-"))
    assert shown == pytest.approx(value, abs=0.05 + 1e-9)
    assert text.startswith("+") == (shown > 0)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.sampled_from(["count", "days", "currency"]))
def test_values_that_differ_enough_to_matter_never_read_the_same(value: float, reference: float, unit: str) -> None:
    if abs(value - reference) > 1e-2:
        own, similar = pair(value, reference, unit, "zh", currency="CNY")
        assert own != similar
