# SPDX-License-Identifier: Apache-2.0
"""The prefilter against OPA itself: of every event in which OPA finds a match it must say so."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from detector.rules import shipped
from tests.prefilter.asking import Asked, Json, asked
from tests.prefilter.events import events

ODD = Path(__file__).parent / "odd"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
SETTINGS = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=SLOW,
    phases=[Phase.generate],  # a failure names its one event: there is nothing to shrink
)


def names(directory: Path) -> list[str]:
    """Of the files that are signatures."""
    paths = sorted(path for path in directory.glob("*.rego") if not path.stem.endswith("_test"))
    return [path.stem for path in paths if "__rego_metadoc__" in path.read_text()]


@pytest.fixture(scope="module")
def ours() -> Iterator[Asked]:
    with asked(shipped()) as opa:
        yield opa


@pytest.fixture(scope="module")
def odd() -> Iterator[Asked]:
    with asked(ODD) as opa:
        yield opa


@pytest.mark.parametrize("name", names(shipped()))
def test_no_finding_of_a_shipped_signature_is_missed(ours: Asked, name: str) -> None:
    for_many_events(ours, name, no_match_is_missed(ours, name))


@pytest.mark.parametrize("name", names(ODD))
def test_no_finding_of_an_odd_rule_is_missed(odd: Asked, name: str) -> None:
    for_many_events(odd, name, no_match_is_missed(odd, name))


def test_the_events_come_near_the_signatures(ours: Asked) -> None:
    matched: set[str] = set()

    def count(made: list[Json]) -> None:
        if any(ours.matches([ours.key(name)], made)):
            matched.add(name)

    for name in names(shipped()):
        for_many_events(ours, name, count)
    assert len(matched) > len(names(shipped())) / 2


def for_many_events(opa: Asked, name: str, check: Callable[[list[Json]], None]) -> None:
    signature, residual = opa.signature(name), opa.residuals[opa.key(name)]
    many = st.lists(events(signature, residual), min_size=20, max_size=40)
    SETTINGS(given(many)(check))()


def no_match_is_missed(opa: Asked, name: str) -> Callable[[list[Json]], None]:
    key = opa.key(name)

    def check(made: list[Json]) -> None:
        for event, matches in zip(made, opa.matches([key], made), strict=True):
            if matches:
                assert opa.may_match([key], event) == (key,), event

    return check
