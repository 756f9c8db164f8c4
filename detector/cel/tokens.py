# SPDX-License-Identifier: Apache-2.0
"""Just enough of CEL's lexical grammar to find names: comments and texts are skipped.

Of github.com/google/cel-spec/blob/master/doc/langdef.md.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*)
      | (?P<text>(?:[rR][bB]?|[bB][rR])(?:'''.*?'''|\"\"\".*?\"\"\"|'[^'\n]*'|"[^"\n]*")
               | [bB]?(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"
                        |'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
      | (?P<name>[A-Za-z_]\w*)
      | (?P<number>\d[\w.]*)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_PLAIN_TEXT = re.compile(r"""'([^'\\\n]*)'|"([^"\\\n]*)\"""")


class Token(NamedTuple):
    """A name, a text (with its quotes), a number or a single sign, and where it begins."""

    kind: str
    text: str
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.text)

    @property
    def plain(self) -> str | None:
        """What a text without prefix and escapes says; None for any other token."""
        match = _PLAIN_TEXT.fullmatch(self.text)
        return match[match.lastindex or 1] if match else None


def tokens(source: str) -> Iterator[Token]:
    """The tokens of an expression, also of one that is not valid."""
    for match in _TOKEN.finditer(source):
        if match.lastgroup != "skip":
            yield Token(str(match.lastgroup), match[0], match.start())
