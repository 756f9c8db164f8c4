# SPDX-License-Identifier: Apache-2.0
"""What a selector's `where` says of the events of a stream: its condition, in view of their fields.

The author of a signature writes it for an event as he knows it; the stream's may have other fields.
"""

from collections.abc import Iterable

from detector.prefilter.condition import (
    All,
    AnyOf,
    Argument,
    Condition,
    Data,
    Field,
    OtherTest,
    TextTest,
    all_of,
    any_of,
)
from detector.prefilter.scope import View
from detector.prefilter.source import roots
from detector.signature import ANY, Selector


def precondition(selectors: Iterable[Selector], view: View) -> Condition:
    """What must hold of such an event for a signature with these selectors to get it."""
    if len(set(view.arguments)) != len(view.arguments):
        return True  # which of two arguments of one name is meant is for the signature to say
    return any_of(_in_view(one.where, view) for one in selectors if one.name in (view.event, ANY))


def _in_view(condition: Condition, view: View) -> Condition:
    match condition:
        case All(parts):
            return all_of(_in_view(part, view) for part in parts)
        case AnyOf(parts):
            return any_of(_in_view(part, view) for part in parts)
        case TextTest() | OtherTest():
            return _test(condition, view)
    return condition


def _test(test: TextTest | OtherTest, view: View) -> Condition:
    """False of an argument that the event does not have, True of a field that cannot be had."""
    for root in roots(test):
        match root:
            case Argument(name) | Data(name) if name not in view.arguments:
                return False
            case Field(path) if path not in view.fields:
                return True
    return test
