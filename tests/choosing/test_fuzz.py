# SPDX-License-Identifier: Apache-2.0
"""Whatever is written, it is a policy or a complaint, and what is a policy can be decided."""

from hypothesis import given, settings
from hypothesis import strategies as some

from collector.choosing.condition import Condition
from collector.choosing.evaluator import in_scope, judge, passing
from collector.choosing.events import Names
from collector.choosing.fields import NAMES as FIELDS
from collector.choosing.filters import HEADS
from collector.choosing.grammar import shown
from collector.choosing.kinds import BY_NAME
from collector.choosing.subject import Subject
from schemas.events import CATALOGUE, sets
from schemas.flags import named
from tests.choosing.writing import asked

ASKED = Names()  # of signatures it asks the detector, which takes a second: once
NAMED = [event.name for event in CATALOGUE]
FLAGS = sorted({name for one in named("x86_64").values() for name in one.names})

_key = some.one_of(
    some.sampled_from([*BY_NAME, *HEADS, "global", "follow", "!container", "not-container", ""]),
    some.sampled_from(sorted(FIELDS)),
    some.sampled_from(NAMED),
    some.text("abc.*!-_é\n\x00", max_size=4),
)
_value = some.one_of(
    some.integers(-(1 << 70), 1 << 70).map(str),
    some.sampled_from([*FLAGS, "new", "true", "*", "**", "nan", "1e400", "ENOENT", "0x", "-", ""]),
    some.text(max_size=6),
)
_operator = some.sampled_from(["=", "!=", "<", ">", "<=", ">=", "", "==", "=<", "!"])
_text = some.one_of(
    some.text(max_size=12),
    some.builds(
        lambda keys, operator, values: ".".join(keys) + operator + ",".join(values),
        some.lists(_key, min_size=1, max_size=3),
        _operator,
        some.lists(_value, max_size=3),
    ),
)
_texts = some.lists(_text, max_size=3)
_events = some.lists(
    some.one_of(
        some.sampled_from([*NAMED, *sets(), "-openat", "o*", "*", "-*"]), some.text(max_size=6)
    ),
    max_size=3,
)


@given(_events, _texts, _texts, _texts)
@settings(deadline=None)
def test_anything_is_a_policy_or_a_complaint(
    events: list[str], scopes: list[str], filters: list[str], traces: list[str]
) -> None:
    policy, complaints = asked(events, scopes, filters, traces, ASKED)
    assert all(text.isprintable() for text in complaints)
    in_scope(policy.scope)(Subject())
    judge(policy)
    conditions: list[Condition] = [*policy.scope.conditions]
    conditions += [one for rule in policy.rules for one in rule.filters]
    for one in conditions:
        assert passing([one])(None) in (True, False)


@given(some.text())
def test_what_is_shown_is_obeyed_by_no_terminal(text: str) -> None:
    assert shown(text).isprintable()
