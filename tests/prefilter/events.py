# SPDX-License-Identifier: Apache-2.0
"""Events near the borders of a signature: made of the constants in its own residual.

Each constant goes where the residual compares it with something, alone or in pieces with its
neighbours; then some values are replaced by others that no rule expects.
"""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

from hypothesis import strategies as st

from detector.prefilter.residual import (
    Call,
    Constant,
    Query,
    Reference,
    Residual,
    Several,
    Term,
    Variable,
)
from detector.prefilter.scope import NotUnderstood, resolve, split_off_bindings
from detector.prefilter.translate import argument_names
from detector.signature import Signature
from schemas.events import BY_NAME
from tests.prefilter.asking import Json

#: values at which Rego, Go and Python differ, or that no event should have
ODD: Sequence[Any] = (
    None, True, False, 0, 1, -1, 2, 3, 256, 1000, 0.0, 1.0, 2.5, 1e23, 10**23, 2**63, "", "0", "1",
    "\\", "\u212a", "\u0130", "\u00df", "xf\u00e9", [], {}, [None], [1], ["a", 1], {"a": "b"},
)  # fmt: skip
FIELDS = ("processName", "containerId", "userId", "processId", "returnValue")
FLAGS: Sequence[Any] = (
    {"containerStarted": True},
    {"containerStarted": False},
    {"containerStarted": 0},
    {},
    None,
)

#: where a value stands in an event: ("args", name, …), ("data", name, …) or (field, …)
Place = tuple[Any, ...]
Placed = dict[Place, Any]


def events(signature: Signature, residual: Residual) -> st.SearchStrategy[Json]:
    bodies = [rule.body for rules in residual.support.values() for rule in rules]
    hints = [found for query in [*residual.queries, *bodies] if (found := _hints(query))]
    selected = sorted({"ptrace" if s.name == "*" else s.name for s in signature.selectors})
    return st.one_of([_event(hint, selected) for hint in hints or [{}]])


def _hints(query: Query) -> dict[Place, list[Any]]:
    """Place → the constants that the query mentions together with it."""
    bindings, expressions = split_off_bindings(query)
    names = argument_names(bindings, expressions)
    found: dict[Place, list[Any]] = {}
    for expression in expressions:
        try:
            term = resolve(expression.term, bindings)
        except NotUnderstood:
            continue
        values = [part.value for part in _parts(term) if isinstance(part, Constant)]
        for part in _parts(term):
            if isinstance(part, Reference) and part.head == Variable("input"):
                found.setdefault(_place(part.path, names), []).extend(values)
    return found


def _parts(term: Term) -> Iterator[Term]:
    yield term
    if isinstance(term, Call | Several):
        for part in term.arguments if isinstance(term, Call) else term.items:
            yield from _parts(part)


def _place(path: Sequence[Term], names: dict[str, Sequence[str]]) -> Place:
    steps = [part.value if isinstance(part, Constant) else None for part in path]
    match path:
        case (Constant("args"), Variable(index), *_):
            return ("args", names.get(index, ("pathname",))[0], *steps[3:])
    return tuple(steps) or ("processName",)


def _event(hints: dict[Place, list[Any]], selected: Sequence[str]) -> st.SearchStrategy[Json]:
    named = [name for name in hints.get(("eventName",), ()) if name in selected] or selected
    near = {place: _near(values) for place, values in hints.items() if place != ("eventName",)}
    odd = st.sampled_from([*near, *((field,) for field in FIELDS)])
    return st.builds(
        _assemble,
        st.sampled_from(named),
        st.fixed_dictionaries({place: st.sampled_from(values) for place, values in near.items()}),
        st.dictionaries(odd, st.sampled_from(ODD), max_size=2),
        st.sampled_from(FLAGS),
        st.sampled_from(["", "", "", "twice", "missing"]),
    )


def _near(values: Sequence[Any]) -> list[Any]:
    """Each value as it is most often; then texts in pieces and lists of them, and neighbours."""
    texts = sorted({value for value in values if isinstance(value, str)})[:12]
    pairs = [a + b for a, b in permutations(texts, 2)] + [f"{a}|{b}" for a in texts for b in texts]
    changed = [text + "x" for text in texts] + ["x" + text for text in texts]
    numbers = [value + 1 for value in values if type(value) is int]
    cases = [text.upper() for text in texts] + ["k" + text[:-1] for text in texts]
    lists = [[text] for text in texts] + [texts]
    plain = [*values, *values, *values]
    return [*plain, *pairs, *changed, *numbers, *cases, *lists] or ["x", *ODD]


def _assemble(name: str, hinted: Placed, odd: Placed, flags: Any, damage: str) -> Json:
    known = [field.name for field in BY_NAME[name].fields] if name in BY_NAME else []
    args: Json = dict.fromkeys(known, "x")
    data: Json = dict.fromkeys(known, "x")
    event: Json = {"eventName": name, "contextFlags": flags, "processName": "x", "userId": 0}
    event |= {"containerId": "", "processId": 100, "hostName": "h", "returnValue": 0}
    for place, value in [*hinted.items(), *odd.items()]:
        first, rest = place[0], place[1:]
        if first in ("args", "data") and rest and isinstance(rest[0], str):
            table = args if first == "args" else data
            table[rest[0]] = _nested(rest[1:], value)
        elif first not in ("args", "data"):
            event[first] = _nested(rest, value)
    listed = [{"name": key, "type": "x", "value": value} for key, value in (data | args).items()]
    if damage == "twice":
        listed += listed[-1:]
    if damage == "missing":
        del listed[:1]
    return {**event, "args": listed, "data": {one["name"]: data.get(one["name"]) for one in listed}}


def _nested(path: Sequence[Any], value: Any) -> Any:
    """`value` at `path`: an object for a name, a list for an index or variable."""
    for step in reversed(path):
        value = {step: value} if isinstance(step, str) else [*(["x"] * (step or 0)), value]
    return value
