# SPDX-License-Identifier: Apache-2.0
"""From a residual to a condition: what of it can be said in Python.

Each query becomes the conjunction of those of its expressions that are understood; the others
count as true. That makes the condition weaker than the signature, never stronger.
"""

import contextlib
import itertools
from collections.abc import Mapping, Sequence
from math import prod

from detector.prefilter.condition import Condition, all_of, any_of
from detector.prefilter.expressions import Expressions
from detector.prefilter.residual import (
    Call,
    Constant,
    Expression,
    Query,
    Reference,
    Residual,
    Several,
    Term,
    Variable,
    texts,
)
from detector.prefilter.scope import NotUnderstood, Scope, View, resolve, split_off_bindings

_QUERIES = 500  # of one signature; more would take longer to ask than OPA takes
_NAMES = 16  # combinations of names that the arguments of one query may have
_DEPTH = 4  # of rules within rules


def translate(residual: Residual, view: View) -> Condition:
    """What must hold of such an event for the signature to match."""
    if len(set(view.arguments)) != len(view.arguments):
        return True  # which of two arguments of one name is meant is for OPA to say
    return _Translation(residual, view).any_query(residual.queries, _DEPTH)


class _Translation:
    """Of queries, and of the support rules that they name."""

    def __init__(self, residual: Residual, view: View) -> None:
        self._support = residual.support
        self._view = view

    def any_query(self, queries: Sequence[Query], depth: int) -> Condition:
        if len(queries) > _QUERIES:
            return True
        return any_of(self._query(query, depth) for query in queries)

    def _query(self, query: Query, depth: int) -> Condition:
        bindings, expressions = split_off_bindings(query)
        named = {
            index: [name for name in names if name in self._view.arguments]
            for index, names in argument_names(bindings, expressions).items()
        }
        if prod(map(len, named.values())) > _NAMES:
            return True
        return any_of(
            self._all(
                expressions,
                Scope(self._view, bindings, dict(zip(named, names, strict=True))),
                depth,
            )
            for names in itertools.product(*named.values())
        )

    def _all(self, expressions: Sequence[Expression], scope: Scope, depth: int) -> Condition:
        understood = Expressions(scope, lambda path: self._rules(path, depth))
        return all_of(map(understood.condition, expressions))

    def _rules(self, path: Sequence[str], depth: int) -> Condition:
        """That a support rule is true: one of its bodies holds that gives more than false."""
        rules = self._support.get(("data", *path), ())
        if not rules or depth == 0:
            return True
        bodies = [rule.body for rule in rules if not _is_false(rule.value)]
        return self.any_query(bodies, depth - 1)


def _is_false(term: Term) -> bool:
    return isinstance(term, Constant) and term.value is False


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
            return _index(name), texts([text])
        case Call("eq" | "equal", (Constant() as text, Reference() as name)):
            return _index(name), texts([text])
        case Call("internal.member_2", (Reference() as name, Several(items))):
            if all(isinstance(item, Constant) for item in items):
                return _index(name), texts(items)
    return "", ()


def _index(reference: Reference) -> str:
    match reference:
        case Reference(Variable("input"), (Constant("args"), Variable(index), Constant("name"))):
            return index
    return ""
