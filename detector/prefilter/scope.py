# SPDX-License-Identifier: Apache-2.0
"""The variables of one query: what they are bound to, and what of an event a term means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detector.prefilter.condition import (
    MISSING,
    Argument,
    Data,
    Derived,
    Element,
    Field,
    Known,
    Operand,
    has_elements,
)
from detector.prefilter.residual import (
    MATCH,
    Arguments,
    Call,
    Constant,
    Expression,
    Query,
    Reference,
    Term,
    Variable,
)

_DEPTH = 20  # of variables bound to terms with variables

#: Rego function of one operand → (number of its arguments, its name among our operations)
_FUNCTIONS = {
    "bits.and": (2, "bits_and"),
    "count": (1, "count"),
    "lower": (1, "lower"),
    "split": (2, "split"),
    "trim_prefix": (2, "trim_prefix"),
    "trim_suffix": (2, "trim_suffix"),
    "upper": (1, "upper"),
}


class NotUnderstood(Exception):
    """Counts as true."""


@dataclass(frozen=True, slots=True)
class View:
    """What is known of an event before it is there.

    Its name, the names of its arguments, the paths of the fields that can be had of it, and what
    among all these is never a list.
    """

    event: str
    arguments: tuple[str, ...]
    fields: frozenset[tuple[str, ...]]
    no_lists: frozenset[Operand]


class Scope:
    """Of a query whose argument indices have these names: `input.args[i]` is `names[i]`."""

    def __init__(self, view: View, bindings: Mapping[str, Term], names: Mapping[str, str]) -> None:
        self.view = view
        self.bindings = bindings
        self._names = names

    def operand(self, term: Term) -> Operand:
        """Raises NotUnderstood."""
        match resolve(term, self.bindings):
            case Constant(value):
                return Known(value)
            case Call(function, arguments):
                return self._call(function, arguments)
            case Reference(Variable("input"), path):
                return self._input(path)
            case Reference(Arguments(), (Constant(str(name)), *rest)):
                return self._walk(self._argument(name), rest)
            case Reference(Call(function, arguments), path):
                return self._walk(self._call(function, arguments), path)
        raise NotUnderstood

    def _call(self, function: str, arguments: Sequence[Term]) -> Operand:
        arity, name = _FUNCTIONS.get(function, (0, ""))
        if not name or len(arguments) != arity:
            raise NotUnderstood
        first, *others = arguments
        if not all(isinstance(other, Constant) for other in others):
            raise NotUnderstood
        parameters = tuple(other.value for other in others if isinstance(other, Constant))
        operand = self.operand(first)
        return MISSING if operand == MISSING else Derived(name, operand, parameters)

    def _input(self, path: Sequence[Term]) -> Operand:
        match path:
            case (Constant("eventName"),):
                return Known(self.view.event)
            case (Constant("args"), Variable(index), Constant("name")) if index in self._names:
                return Known(self._names[index])
            case (Constant("args"), Variable(index), Constant("value"), *rest) if (
                index in self._names
            ):
                return self._walk(self._argument(self._names[index]), rest)
            case (Constant("args"), *_):
                raise NotUnderstood
            case (Constant("data"), Constant(str(name)), *rest):
                there = name in self.view.arguments
                return self._walk(Data(name) if there else MISSING, rest)
        names = tuple(str(part.value) for part in path if isinstance(part, Constant))
        if len(names) != len(path) or names not in self.view.fields:
            raise NotUnderstood
        return Field(names)

    def _argument(self, name: str) -> Operand:
        return Argument(name) if name in self.view.arguments else MISSING

    def _walk(self, operand: Operand, path: Sequence[Term]) -> Operand:
        """`operand[step][step]…`"""
        for step in path:
            if operand != MISSING:
                operand = self._step(operand, step)
        return operand

    def _step(self, operand: Operand, step: Term) -> Operand:
        match step:
            case Constant(str(name)):
                return Derived("key", operand, (name,))
            case Constant(int(index)) if type(index) is int and index >= 0:
                return Derived("item", operand, (index,))
            case Variable():  # not bound to anything: every index
                return element(operand)
            case Call("minus", (Call("count", (counted,)), Constant(1))):
                if self.operand(counted) == operand:
                    return Derived("item", operand, (-1,))
        raise NotUnderstood


def element(operand: Operand) -> Element:
    """Raises NotUnderstood for elements of elements."""
    if has_elements(operand):
        raise NotUnderstood
    return Element(operand)


def split_off_bindings(query: Query) -> tuple[dict[str, Term], list[Expression]]:
    """The variables that the query only gives a name to something with, and the rest of it."""
    bindings: dict[str, Term] = {}
    rest = []
    for expression in query:
        name, term = _binding(expression)
        if name and name not in bindings:
            bindings[name] = term
        else:
            rest.append(expression)
    return bindings, rest


def _binding(expression: Expression) -> tuple[str, Term]:
    if not expression.negated and isinstance(expression.term, Call):
        match expression.term:
            case Call("eq" | "equal", terms) if Variable(MATCH) in terms:
                pass
            case Call("eq" | "equal", (Variable(name), term)):
                return name, term
            case Call("eq" | "equal", (term, Variable(name))):
                return name, term
            case Call(function, (*terms, Variable(name))) if _gives(function, terms):
                return name, Call(function, tuple(terms))
    return "", expression.term


def _gives(function: str, terms: Sequence[Term]) -> bool:
    """Whether a call with one more argument than it takes has its result as the last one."""
    return function in _FUNCTIONS and _FUNCTIONS[function][0] == len(terms)


def result_of(call: Call) -> tuple[Call, Term] | None:
    """`split(a, "/", b)` → `split(a, "/")` and `b`, which it must equal."""
    terms = call.arguments[:-1]
    if not _gives(call.function, terms):
        return None
    return Call(call.function, terms), call.arguments[-1]


def resolve(term: Term, bindings: Mapping[str, Term], depth: int = _DEPTH) -> Term:
    """The term with bound variables replaced by what they are bound to. Raises NotUnderstood."""
    if depth == 0:
        raise NotUnderstood
    match term:
        case Variable(name) if name in bindings:
            return resolve(bindings[name], bindings, depth - 1)
        case Call(function, arguments):
            return Call(function, tuple(resolve(a, bindings, depth - 1) for a in arguments))
        case Reference(head, path):
            steps = tuple(resolve(step, bindings, depth - 1) for step in path)
            match resolve(head, bindings, depth - 1):
                case Reference(inner, before):
                    return Reference(inner, before + steps)
                case whole:
                    return Reference(whole, steps)
    return term
