# SPDX-License-Identifier: Apache-2.0
"""From a residual to a condition: what of it can be said in Python.

Each query becomes the conjunction of those of its expressions that are understood; the others
count as true. That makes the condition weaker than the signature, never stronger.
"""

import contextlib
import itertools
from collections.abc import Mapping, Sequence

from detector.prefilter.condition import (
    Condition,
    Other,
    Text,
    all_of,
    any_of,
    has_elements,
    negation,
    other_test,
    text_test,
)
from detector.prefilter.residual import (
    MATCH,
    Call,
    Constant,
    Expression,
    Query,
    Reference,
    Residual,
    Several,
    Term,
    Variable,
)
from detector.prefilter.scope import (
    NotUnderstood,
    Scope,
    View,
    element,
    resolve,
    result_of,
    split_off_bindings,
)

_QUERIES = 500  # of one signature; more would take longer to ask than OPA takes
_NAMES = 16  # combinations of names that the arguments of one query may have
_DEPTH = 4  # of rules within rules

_TEXT_TESTS = {
    "startswith": Text.STARTS,
    "endswith": Text.ENDS,
    "contains": Text.CONTAINS,
}
_ANY_TESTS = {
    "strings.any_prefix_match": Text.STARTS,
    "strings.any_suffix_match": Text.ENDS,
}
_ORDER = {"lt": Other.LESS, "lte": Other.AT_MOST, "gt": Other.MORE, "gte": Other.AT_LEAST}


def translate(residual: Residual, view: View) -> Condition:
    """What must hold of such an event for the signature to match."""
    if len(set(view.arguments)) != len(view.arguments):
        return True  # which of two arguments of one name is meant is for OPA to say
    return _any_query(residual, residual.queries, view, _DEPTH)


def _any_query(residual: Residual, queries: Sequence[Query], view: View, depth: int) -> Condition:
    if len(queries) > _QUERIES:
        return True
    return any_of(_query(residual, query, view, depth) for query in queries)


def _query(residual: Residual, query: Query, view: View, depth: int) -> Condition:
    bindings, expressions = split_off_bindings(query)
    named = argument_names(bindings, expressions)
    combinations = [
        dict(zip(named, names, strict=True))
        for names in itertools.islice(itertools.product(*named.values()), _NAMES + 1)
        if set(names) <= set(view.arguments)
    ]
    if len(combinations) > _NAMES:
        return True
    scopes = (Scope(view, bindings, names) for names in combinations)
    return any_of(
        _Translation(residual, view, bindings, scope, depth).all(expressions) for scope in scopes
    )


def argument_names(
    bindings: Mapping[str, Term], expressions: Sequence[Expression]
) -> dict[str, Sequence[str]]:
    """Index variable → the names that `input.args[index].name` may have."""
    found: dict[str, Sequence[str]] = {}
    for expression in expressions:
        if not expression.negated and isinstance(expression.term, Call):
            with contextlib.suppress(NotUnderstood):
                index, names = _named(resolve(expression.term, bindings))
                if index:
                    found.setdefault(index, names)
    return found


def _named(term: Term) -> tuple[str, Sequence[str]]:
    match term:
        case Call("eq" | "equal", (Reference() as name, Constant() as text)):
            return _index(name), _texts([text])
        case Call("eq" | "equal", (Constant() as text, Reference() as name)):
            return _index(name), _texts([text])
        case Call("internal.member_2", (Reference() as name, Several(items))):
            if all(isinstance(item, Constant) for item in items):
                return _index(name), _texts(items)
    return "", ()


def _index(reference: Reference) -> str:
    match reference:
        case Reference(Variable("input"), (Constant("args"), Variable(index), Constant("name"))):
            return index
    return ""


def _texts(terms: Sequence[Term]) -> list[str]:
    values = [term.value for term in terms if isinstance(term, Constant)]
    return [value for value in values if isinstance(value, str)]


def _is_false(term: Term) -> bool:
    return isinstance(term, Constant) and term.value is False


class _Translation:
    """Of the expressions of one query; its methods raise NotUnderstood."""

    def __init__(
        self,
        residual: Residual,
        view: View,
        bindings: Mapping[str, Term],
        scope: Scope,
        depth: int,
    ) -> None:
        self._residual = residual
        self._view = view
        self._bindings = bindings
        self._scope = scope
        self._depth = depth

    def all(self, expressions: Sequence[Expression]) -> Condition:
        return all_of(map(self._expression, expressions))

    def _expression(self, expression: Expression) -> Condition:
        try:
            term = resolve(expression.term, self._bindings)
            if expression.negated:
                return self._negated(term)
            return self._call(term) if isinstance(term, Call) else self._truth(term)
        except NotUnderstood:
            return True

    def _negated(self, term: Term) -> Condition:
        if isinstance(term, Call):
            return negation(self._call(term))
        operand = self._scope.operand(term)
        return True if has_elements(operand) else other_test(Other.FALSE_OR_MISSING, operand)

    def _truth(self, term: Term) -> Condition:
        match term:
            case Constant(value):
                return value is not False
            case Reference(Variable("data"), path):
                return self._rules(path)
        return other_test(Other.IS_NOT, self._scope.operand(term), False)

    def _rules(self, path: Sequence[Term]) -> Condition:
        """That a support rule is true: one of its bodies holds that gives more than false."""
        rules = self._residual.support.get(("data", *_texts(path)), ())
        if not rules or self._depth == 0 or len(_texts(path)) != len(path):
            raise NotUnderstood
        bodies = [rule.body for rule in rules if not _is_false(rule.value)]
        return _any_query(self._residual, bodies, self._view, self._depth - 1)

    def _call(self, call: Call) -> Condition:
        whole = result_of(call)
        if whole is not None:
            return self._equal(*whole)
        match call:
            case Call("eq" | "equal", (left, right)):
                return self._equal(left, right)
            case Call("neq", (left, right)):
                return self._unequal(left, right)
            case Call("internal.member_2", (value, values)):
                return self._member(value, values)
            case Call("regex.match", (Constant(str(pattern)), value)):
                return text_test(Text.MATCHES, self._scope.operand(value), [pattern])
            case Call(function, (value, Constant(str(text)))) if function in _TEXT_TESTS:
                return text_test(_TEXT_TESTS[function], self._scope.operand(value), [text])
            case Call(function, (value, Several(texts))) if function in _ANY_TESTS:
                return self._any_affix(_ANY_TESTS[function], value, texts)
            case Call(function, (value, Constant(number))) if function in _ORDER:
                return self._order(_ORDER[function], value, number)
        raise NotUnderstood

    def _equal(self, left: Term, right: Term) -> Condition:
        if isinstance(left, Constant) or left == Variable(MATCH):
            left, right = right, left
        match right:
            case Variable(name) if name == MATCH:
                return self._match(left)
            case Constant(str(text)):
                return text_test(Text.EQUAL, self._scope.operand(left), [text])
            case Constant(bool(value)):
                return other_test(Other.IS, self._scope.operand(left), value)
            case Constant(int(value)):
                return other_test(Other.NUMBER_IS, self._scope.operand(left), value)
        raise NotUnderstood

    def _match(self, value: Term) -> Condition:
        """The value of `tracee_match`: any but false is a match, or an error to be told."""
        match value:
            case Constant(constant):
                return constant is not False
            case Reference(Variable("data"), path):
                return self._rules(path)
        return True

    def _unequal(self, left: Term, right: Term) -> Condition:
        if isinstance(left, Constant):
            left, right = right, left
        match right:
            case Constant(str(text)):
                return negation(text_test(Text.EQUAL, self._scope.operand(left), [text]))
            case Constant(bool(value)):
                return other_test(Other.IS_NOT, self._scope.operand(left), value)
            case Constant(int(value)):
                return other_test(Other.NUMBER_IS_NOT, self._scope.operand(left), value)
        raise NotUnderstood

    def _member(self, value: Term, values: Term) -> Condition:
        """One of these constants equals it, or one of these elements equals the constant."""
        if isinstance(values, Several):
            return any_of(self._equal(value, item) for item in values.items)
        if isinstance(value, Constant) and isinstance(value.value, str):
            return text_test(Text.EQUAL, element(self._scope.operand(values)), [value.value])
        raise NotUnderstood

    def _any_affix(self, kind: Text, value: Term, texts: Sequence[Term]) -> Condition:
        """It may be a list, of which OPA tests every element: that is left to it."""
        operand = self._scope.operand(value)
        if len(_texts(texts)) != len(texts):
            raise NotUnderstood
        listed = operand not in self._view.no_lists and other_test(Other.LIST, operand)
        return any_of([text_test(kind, operand, _texts(texts)), listed])

    def _order(self, kind: Other, value: Term, number: object) -> Condition:
        if type(number) is not int:
            raise NotUnderstood
        return other_test(kind, self._scope.operand(value), number)
