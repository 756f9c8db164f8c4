# SPDX-License-Identifier: Apache-2.0
"""The signatures in force: who selects what, what can be ruled out cheaply, and who judges."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from detector.cel.engine import CelEngine
from detector.choice import choose, inner
from detector.engine import Engine
from detector.engines import Engines
from detector.ledger import Ledger
from detector.notices import Errors
from detector.opa.blame import Blame
from detector.opa.engine import RegoEngine
from detector.prefilter.prefilter import Prefilter, derive
from detector.python.engine import PythonEngine
from detector.rules import Rules, running
from detector.selection import Selection


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked for; a reload reads the same again."""

    directories: Sequence[Path]
    signatures: Sequence[str]  # comma lists of ids, aliases, event names
    prefilter: bool


class Ruleset:
    """Loaded and running, with an OPA of its own, until `close`.

    `silent` are the keys of signatures that run only because others take their findings.
    """

    def __init__(self, wanted: Wanted, errors: Errors, ledger: Ledger | None = None) -> None:
        """Raises OperatorError, OpaMissing, CheckFailed or ServerFailed."""
        self._stack = ExitStack()
        try:
            rules = self._stack.enter_context(running(wanted.directories))
            chosen = choose(rules.signatures, wanted.signatures)
            self.problems = rules.problems
            silent = inner(chosen, rules.signatures)
            self.silent = frozenset(signature.key for signature in silent)
            self.selection = Selection([*chosen, *silent])
            self.ledger = ledger or Ledger()
            self.server = rules.server
            self.engines = _engines(rules, self.selection, errors, self.ledger)
            self.prefilter = (
                _prefilter(rules, self.selection) if wanted.prefilter else Prefilter({})
            )
        except BaseException:
            self._stack.close()
            raise

    def close(self) -> None:
        """The engines end before their OPA does."""
        self.engines.close()
        self._stack.close()


def _engines(rules: Rules, selection: Selection, errors: Errors, ledger: Ledger) -> Engines:
    blame = Blame(selection.signatures, rules.bundle, errors)
    rego = RegoEngine(rules.server, rules.bundle.fields, blame, ledger=ledger)
    cel = [one for one in rules.cel if one.signature.key in selection.signatures]
    python = [one for one in rules.python if one.signature.key in selection.signatures]
    others: list[Engine] = [CelEngine(cel, errors)] if cel else []
    others += [PythonEngine(python, errors)] if python else []
    return Engines(rego, others, ledger)


def _prefilter(rules: Rules, selection: Selection) -> Prefilter:
    rego = rules.bundle.signatures
    chosen = selection.signatures.values()
    residuals = derive(rules.server, {s.key: s.metadata.id for s in chosen if s.key in rego})
    return Prefilter(residuals, {s.key: s.selectors for s in chosen if s.key not in rego})
