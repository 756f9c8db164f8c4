# SPDX-License-Identifier: Apache-2.0
"""From a condition to a Python expression: `type(a) is str and a.endswith("/mem")`.

Tests of one operand that are alternatives become one: a set, a tuple of prefixes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from detector.prefilter.condition import (
    All,
    AnyOf,
    Argument,
    Condition,
    Data,
    Derived,
    Element,
    Known,
    Operand,
    Other,
    OtherTest,
    Text,
    TextTest,
    any_of,
)
from detector.prefilter.reading import Root

#: the name of the variable that holds an argument or field
Names = Callable[[Root], str]

_KINDS = {
    Text.EQUAL: 1,
    Text.ENDS: 2,
    Text.STARTS: 3,
    Text.CONTAINS: 4,
    Text.MATCHES: 30,
    Other.NUMBER_IS: 5,
    Other.LIST: 5,
    Other.IS: 50,
}
_NEGATIVE = 100  # most events pass a test that says what they are not


def cost(condition: Condition) -> int:
    """Smaller is cheaper to evaluate, and lets fewer events through."""
    match condition:
        case All(parts):
            return min(map(cost, parts))
        case AnyOf(parts):
            return max(map(cost, parts))
        case TextTest(kind, operand, _, negated):
            return _KINDS[kind] + _distance(operand) + _NEGATIVE * negated
        case OtherTest(other, operand):
            return _KINDS.get(other, _NEGATIVE) + _distance(operand)
    return 10 * _NEGATIVE


def _distance(operand: Operand) -> int:
    match operand:
        case Derived(_, of):
            return 20 + _distance(of)
        case Element(of):
            return 20 + _distance(of)
        case Argument() | Data():
            return 0
    return 10  # the task has to be unpacked


def gate(condition: Condition) -> Condition:
    """A weaker condition that is quick to test: of every conjunction the cheapest part alone."""
    match condition:
        case All(parts):
            return gate(min(parts, key=cost))
        case AnyOf(parts):
            return any_of(map(gate, parts))
    return condition


def expression(condition: Condition, names: Names) -> str:
    """A Python expression, true wherever the condition holds."""
    match condition:
        case All(parts):
            return " and ".join(
                _within(expression(part, names)) for part in sorted(parts, key=cost)
            )
        case AnyOf(parts):
            return _any(parts, names)
        case TextTest(_, operand, _, negated):
            source = _texts(operand, [condition], names)
            return f"not ({source})" if negated else source
        case OtherTest(kind, operand, constant):
            source = kind.value.format(v=value(operand, names), c=constant)
            return _over_elements(source, operand, names)
    return str(condition)


def _within(source: str) -> str:
    """An expression as a part of another."""
    return f"({source})" if " or " in source or " and " in source else source


def _any(parts: Iterable[Condition], names: Names) -> str:
    together: dict[Operand, list[TextTest]] = defaultdict(list)
    others = []
    for part in parts:
        if isinstance(part, TextTest) and not part.negated:
            together[part.operand].append(part)
        else:
            others.append(part)
    sources = [_texts(operand, tests, names) for operand, tests in together.items()]
    sources += [expression(other, names) for other in others]
    return " or ".join(_within(source) for source in sources)


def _texts(operand: Operand, tests: Sequence[TextTest], names: Names) -> str:
    """Any of some tests of one operand."""
    source = value(operand, names)
    name = source if source.isidentifier() else "value"
    once = source if source == name else f"({name} := {source})"
    found = f"type({once}) is str and {_within(_alternatives(name, tests))}"
    return _over_elements(found, operand, names)


def _over_elements(source: str, operand: Operand, names: Names) -> str:
    """`source` itself, or that it is so for any element of the list that is in the operand."""
    match operand:
        case Element(of):
            return f"any({source} for element in elements({value(of, names)}))"
        case Derived(_, of):
            return _over_elements(source, of, names)
    return source


def _alternatives(source: str, tests: Iterable[TextTest]) -> str:
    kinds: dict[Text, set[str]] = defaultdict(set)
    for test in tests:
        kinds[test.kind] |= test.texts
    return " or ".join(
        _alternative(kind, source, sorted(kinds[kind])) for kind in Text if kind in kinds
    )


def _alternative(kind: Text, source: str, texts: list[str]) -> str:
    one = repr(texts[0]) if len(texts) == 1 else ""
    match kind:
        case Text.EQUAL:
            return f"{source} == {one}" if one else f"{source} in {{{', '.join(map(repr, texts))}}}"
        case Text.STARTS:
            return f"{source}.startswith({one or tuple(texts)})"
        case Text.ENDS:
            return f"{source}.endswith({one or tuple(texts)})"
        case Text.CONTAINS:
            return " or ".join(f"{text!r} in {source}" for text in texts)
        case Text.MATCHES:
            return " or ".join(f"matches({source}, {text!r})" for text in texts)


def value(operand: Operand, names: Names) -> str:
    """A Python expression for the operand's value."""
    match operand:
        case Element():
            return "element"
        case Known(known):
            return repr(known)
        case Derived(function, of, parameters):
            arguments = "".join(f", {parameter!r}" for parameter in parameters)
            return f"{function}({value(of, names)}{arguments})"
    return names(operand)


def roots(condition: Condition) -> dict[Root, None]:
    """The arguments and fields that a condition reads, in the order of their use."""
    match condition:
        case All(parts) | AnyOf(parts):
            return {root: None for part in parts for root in roots(part)}
        case TextTest(_, operand) | OtherTest(_, operand):
            return dict.fromkeys(_root(operand))
    return {}


def _root(operand: Operand) -> tuple[Root, ...]:
    match operand:
        case Derived(_, of) | Element(of):
            return _root(of)
        case Known():
            return ()
    return (operand,)
