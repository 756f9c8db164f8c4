# SPDX-License-Identifier: Apache-2.0
"""Just enough of Rego's lexical grammar to find names: comments and texts are skipped.

Template strings hold expressions (`$"… {data.x} …"`): their texts are skipped, the expressions
are read.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_CODE = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
      | (?P<text>"(?:\\.|[^"\\\n])*"|`[^`]*`)
      | (?P<template>\$["`])
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign>.)""",
    re.VERBOSE,
)
_TEMPLATE_TEXT = {'"': re.compile(r'(?:\\.|[^\\{"])*'), "`": re.compile(r"(?:\\\{|[^{`])*")}
_DEPTH = {"{": 1, "}": -1}


class Token(NamedTuple):
    """A name, a text ("…" or `…`) or a single sign, and where it begins in the source."""

    kind: str
    text: str
    at: int


def tokens(source: str) -> Iterator[Token]:
    """The tokens of a Rego module, also of one that is not valid."""
    at = 0
    templates: list[tuple[str, int]] = []  # open ones: quote, braces that are open in it
    while at < len(source):
        quote, depth = templates[-1] if templates else ("", 1)
        if depth == 0:
            text = _TEMPLATE_TEXT[quote].match(source, at)
            at = (text.end() if text else at) + 1
            templates.pop()
            if source[at - 1 : at] == "{":
                templates.append((quote, 1))
            continue
        token = _next(source, at)
        at += len(token.text)
        if token.kind == "template":
            templates.append((token.text[1], 0))
        elif token.kind != "skip":
            yield token
            if templates:
                templates[-1] = (quote, depth + _DEPTH.get(token.text, 0))


def _next(source: str, at: int) -> Token:
    match = _CODE.match(source, at)
    assert match is not None  # every character belongs to one of the alternatives
    return Token(str(match.lastgroup), match[0], at)
