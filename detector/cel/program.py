# SPDX-License-Identifier: Apache-2.0
"""Compiled expressions. The one module that imports CEL: 50 MB that only users of CEL pay for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cel_expr_python import cel

from detector.cel.expression import Broken, Expression
from detector.cel.values import ACCESSORS, FIELDS

_T = cel.Type
_TYPES = {
    "string": _T.STRING,
    "int": _T.INT,
    "uint": _T.UINT,
    "bool": _T.BOOL,
    "strings": _T.List(_T.STRING),
    "ints": _T.List(_T.INT),
    "address": _T.Map(_T.STRING, _T.STRING),
}
_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
#: how CEL's errors begin where something is not there: a variable, a key of a map
_ABSENT = ("UNKNOWN: No value with name", "NOT_FOUND: Key not found")


class Complaint(NamedTuple):
    """An error at a line and column of an expression, both from 1."""

    row: int
    col: int
    message: str


class Program:
    """One expression, or several as one list: that costs little more than one."""

    def __init__(self, expressions: Sequence[Expression]) -> None:
        """Of expressions in which `complaints` found nothing.

        Raises RuntimeError where they are too long or too deep for CEL, together.
        """
        self.fields = {name: FIELDS[name] for one in expressions for name in one.fields}
        self.arguments = {
            variable: argument
            for one in expressions
            for variable, argument in one.arguments.items()
        }
        # The line break ends a comment that an expression may end with.
        whole = ", ".join(f"({one.text}\n)" for one in expressions)
        self._compiled = _environment(expressions).compile(f"[{whole}]")

    def run(self, values: Mapping[str, Any]) -> list[bool]:
        """An answer for each expression. Variables without a value are absent from `values`.

        Raises Broken where one of the expressions has no answer.
        """
        try:
            answer = self._compiled.eval(data=values).plain_value()
        except RuntimeError as error:  # a text that is no UTF-8
            raise Broken(str(error)) from None
        if type(answer) is not list:  # an error is a value, and a true one
            raise Broken(str(answer))
        return [one is True for one in answer]

    def run_alone(self, values: Mapping[str, Any]) -> bool:
        """As `run`, for a program of one expression: what is not there does not match."""
        try:
            return self.run(values)[0]
        except Broken as error:
            if str(error).startswith(_ABSENT):
                return False
            raise


def complaints(expression: Expression) -> list[Complaint]:
    """What is wrong with its syntax, its types and its size."""
    try:
        found = _environment([expression]).compile(expression.text).return_type()
        Program([expression])
    except RuntimeError as error:
        return list(_complaints(str(error)))
    if found == _T.BOOL:
        return []
    return [Complaint(1, 1, f"an expression says true or false, and this is a {found.name()}")]


def _complaints(said: str) -> Iterator[Complaint]:
    found = _ERROR.findall(said)
    for row, col, message in found:
        text = message.removesuffix(" [INVALID_ARGUMENT]").removesuffix(" (in container '')")
        yield Complaint(int(row), int(col), text)
    if not found:
        yield Complaint(1, 1, said.splitlines()[0].removesuffix(" [CANCELLED]"))


def _environment(expressions: Sequence[Expression]) -> Any:
    types = {}
    for expression in expressions:
        for name in expression.fields:
            types[f"input.{name}"] = _TYPES[FIELDS[name].type]
        for variable, argument in expression.arguments.items():
            types[variable] = _TYPES[ACCESSORS[argument.accessor].type]
    return cel.NewEnv(variables=types)
