# SPDX-License-Identifier: Apache-2.0
"""One expression of a query as a condition: which of Rego's tests can be made in Python."""

from collections.abc import Callable, Sequence

from detector.prefilter.condition import (
    Condition,
    Other,
    Text,
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
    Reference,
    Several,
    Term,
    Variable,
    texts,
)
from detector.prefilter.scope import NotUnderstood, Scope, element, resolve, result_of

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


class Expressions:
    """Of one query; its private methods raise NotUnderstood.

    `rules` gives the condition under which the support rule at a path is true.
    """

    def __init__(self, scope: Scope, rules: Callable[[Sequence[str]], Condition]) -> None:
        self._scope = scope
        self._rules = rules

    def condition(self, expression: Expression) -> Condition:
        """What must hold for the expression to; True where that cannot be said."""
        try:
            term = resolve(expression.term, self._scope.bindings)
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
                return self._support(path)
        return other_test(Other.IS_NOT, self._scope.operand(term), False)

    def _support(self, path: Sequence[Term]) -> Condition:
        if len(texts(path)) != len(path):
            raise NotUnderstood
        return self._rules(texts(path))

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
            case Call(function, (value, Several(items))) if function in _ANY_TESTS:
                return self._any_affix(_ANY_TESTS[function], value, items)
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
                return self._support(path)
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

    def _any_affix(self, kind: Text, value: Term, items: Sequence[Term]) -> Condition:
        """It may be a list, of which OPA tests every element: that is left to it."""
        operand = self._scope.operand(value)
        if len(texts(items)) != len(items):
            raise NotUnderstood
        listed = operand not in self._scope.view.no_lists and other_test(Other.LIST, operand)
        return any_of([text_test(kind, operand, texts(items)), listed])

    def _order(self, kind: Other, value: Term, number: object) -> Condition:
        if type(number) is not int:
            raise NotUnderstood
        return other_test(kind, self._scope.operand(value), number)
