# SPDX-License-Identifier: Apache-2.0
"""What is left of a signature when all but the event is known: OPA's partial evaluation.

`POST /v1/compile` answers with queries, of which one must hold where the signature matches, each a
conjunction of expressions over `input`. What OPA did not inline comes as rules (`support`).
The shape of its syntax tree: https://www.openpolicyagent.org/docs/rest-api#compile-api
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detector.opa.connection import Connection

MATCH = "match"  # the variable that stands for the value of `tracee_match`
_QUERY = "data.pytracee.match_of.{key} = " + MATCH
_LONGEST = 16 << 20  # bytes of an answer; a larger one says nothing that would be quick to ask


@dataclass(frozen=True, slots=True)
class Constant:
    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Reference:
    """`head[path[0]][path[1]]…`; head is a Variable, `input` and `data` among them, or a Call."""

    head: "Term"
    path: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Several:
    """The elements of an array or set."""

    items: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Arguments:
    """A comprehension that makes an object of all arguments: name → value."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Whatever else there is in Rego."""


Term = Constant | Variable | Reference | Call | Several | Arguments | Opaque


@dataclass(frozen=True, slots=True)
class Expression:
    """A term that must be true or, if negated, must not."""

    term: Term
    negated: bool = False


Query = tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One body of a support rule: it gives `value` where the body holds."""

    value: Term
    body: Query


@dataclass(frozen=True, slots=True)
class Residual:
    """`support`: the rules by their path, as in ("data", "partial", "d0", …)."""

    queries: tuple[Query, ...]
    support: Mapping[tuple[str, ...], tuple[Rule, ...]]


def texts(terms: Sequence[Term]) -> list[str]:
    """The texts among them."""
    values = [term.value for term in terms if isinstance(term, Constant)]
    return [value for value in values if isinstance(value, str)]


def ask(connection: Connection, key: str) -> Residual:
    """The residual of the signature that the harness knows as `key`.

    Raises Gone, Refused, TimedOut; ValueError and other errors of a parser for a strange answer.
    """
    question = {"query": _QUERY.format(key=key), "unknowns": ["input"]}
    connection.ask("/v1/compile", json.dumps(question).encode())
    return read(connection.answer())


def read(answer: bytes) -> Residual:
    """OPA's answer as values."""
    if len(answer) > _LONGEST:
        raise ValueError(f"a residual of {len(answer)} bytes")
    found = json.loads(answer).get("result", {})
    rules: dict[tuple[str, ...], tuple[Rule, ...]] = {}
    for module in found.get("support", ()):
        package = tuple(str(part["value"]) for part in module["package"]["path"])
        for rule in module["rules"]:
            path = (*package, str(rule["head"]["ref"][0]["value"]))
            rules[path] = rules.get(path, ()) + _bodies(rule)
    return Residual(tuple(map(_query, found.get("queries", ()))), rules)


def _bodies(rule: Mapping[str, Any]) -> tuple[Rule, ...]:
    """A rule and its else branches. Functions and collections are there without any body."""
    head = rule["head"]
    if "args" in head or "key" in head or "value" not in head or len(head["ref"]) != 1:
        return (Rule(Opaque(), ()),)
    rest = _bodies(rule["else"]) if "else" in rule else ()
    return (Rule(_term(head["value"]), _query(rule["body"])), *rest)


def _query(body: Sequence[Mapping[str, Any]]) -> Query:
    return tuple(map(_expression, body))


def _expression(expression: Mapping[str, Any]) -> Expression:
    terms = expression["terms"]
    negated = expression.get("negated", False)
    if expression.get("with"):
        return Expression(Opaque(), negated)
    if isinstance(terms, list):
        return Expression(_call(terms), negated)
    return Expression(_term(terms) if "type" in terms else Opaque(), negated)


def _term(term: Mapping[str, Any]) -> Term:
    value = term.get("value")
    match term["type"], value:
        case "string" | "boolean" | "null", str() | bool() | None:
            return Constant(value)
        case "number", int():  # of another number Python may have another idea than Go
            return Constant(value)
        case "var", str():
            return Variable(value)
        case "ref", [head, *path]:
            return Reference(_term(head), tuple(map(_term, path)))
        case "call", [*terms]:
            return _call(terms)
        case "array" | "set", [*items]:
            return Several(tuple(map(_term, items)))
        case "objectcomprehension", {"key": key, "value": of, "body": body}:
            return _comprehension(_term(key), _term(of), _query(body))
    return Opaque()


def _call(terms: Sequence[Mapping[str, Any]]) -> Call:
    function, *arguments = terms
    name = ".".join(str(part["value"]) for part in function["value"])
    return Call(name, tuple(map(_term, arguments)))


def _comprehension(key: Term, value: Term, body: Query) -> Term:
    """`{name: value | argument = input.args[_]; name = argument.name; value = argument.value}`"""
    if any(expression.negated for expression in body):
        return Opaque()
    match [expression.term for expression in body]:
        case [
            Call("eq", (argument, Reference(Variable("input"), (Constant("args"), Variable())))),
            Call("eq", (name, Reference(of_name, (Constant("name"),)))),
            Call("eq", (found, Reference(of_value, (Constant("value"),)))),
        ] if (argument, argument, key, value) == (of_name, of_value, name, found):
            return Arguments()
    return Opaque()
