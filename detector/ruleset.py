# SPDX-License-Identifier: Apache-2.0
"""The signatures in force: who selects what, what can be ruled out cheaply, and who judges."""

from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from detector.cel.engine import CelEngine
from detector.choice import inner
from detector.engine import Engine
from detector.engines import Engines
from detector.ledger import Ledger
from detector.notices import Errors
from detector.opa.blame import Blame
from detector.opa.engine import RegoEngine
from detector.prefilter.prefilter import Prefilter, derive
from detector.python.engine import PythonEngine
from detector.python.load import Code, LoadedClass
from detector.python.signature import PythonSignature
from detector.rules import Rules, running
from detector.selection import Selection
from detector.suspension import Suspension


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
        self._errors = errors
        self._engines: Engines | None = None
        self._left_out: frozenset[str] = frozenset()
        self._python: PythonEngine | None = None
        self._kept: Mapping[Code, PythonSignature] = {}
        try:
            self._rules = rules = self._stack.enter_context(running(wanted.directories))
            chosen = rules.chosen(wanted.signatures)
            self.problems = rules.problems
            silent = inner(chosen, rules.signatures)
            self.silent = frozenset(signature.key for signature in silent)
            self.selection = Selection([*chosen, *silent])
            self.suspension = Suspension(self.selection.ids(), errors)
            self.ledger = ledger or Ledger()
            self.server = rules.server
            self.prefilter = (
                _prefilter(rules, self.selection) if wanted.prefilter else Prefilter({})
            )
        except BaseException:
            self._stack.close()
            raise

    @property
    def engines(self) -> Engines:
        """Made when first asked for: who only loads signatures has none of their objects."""
        if self._engines is None:
            self._engines = self._made()
        return self._engines

    def only(self, names: Container[str]) -> tuple[Selection, frozenset[str]]:
        """Of the selection, signatures of these event names; and the keys of the silent ones."""
        everything = list(self.selection.signatures.values())
        chosen = [one for one in everything if one.metadata.event_name in names]
        silent = inner(chosen, everything)
        return Selection([*chosen, *silent]), frozenset(one.key for one in silent)

    def take_over(self, old: "Ruleset") -> None:
        """Before the engines are made: go on with the counts and the Python objects of the old one.

        An object goes on where its file is the same; it is not the old one's any more.
        """
        keys = {name: key for key, name in self.selection.ids().items()}
        before = old.selection.ids()
        again = {key: keys[name] for key, name in before.items() if name in keys}
        self.ledger.take_over(old.ledger, again)
        if old._python is not None:
            self._kept = old._python.give_away({one.code for one in self._classes()})

    def fork(self, errors: Errors, without: Iterable[str]) -> None:
        """In a process that was forked since: an OPA of its own, and not these keys' signatures.

        The bundle stays the other process's, which ends after this one.
        """
        self._errors = errors
        self.suspension = Suspension(self.selection.ids(), errors)
        self._left_out = frozenset(without)
        self._not_ours, self._stack = self._stack, ExitStack()  # forgotten, it would clean up
        self._stack.callback(self.server.stop)
        self.server.fork()

    def close(self) -> None:
        """The engines end before their OPA does."""
        if self._engines is not None:
            self._engines.close()
        self._stack.close()

    def _made(self) -> Engines:
        rules, errors, signatures = self._rules, self._errors, self.selection.signatures
        blame = Blame(signatures, rules.bundle, errors, self.suspension)
        rego = RegoEngine(rules.server, rules.bundle.fields, blame, ledger=self.ledger)
        cel = [one for one in rules.cel if one.signature.key in signatures]
        others: list[Engine] = [CelEngine(cel, errors)] if cel else []
        if classes := self._classes():
            self._python = PythonEngine(classes, errors, self.suspension, self._kept)
            others.append(self._python)
        return Engines(rego, others, self.ledger, self.suspension)

    def _classes(self) -> list[LoadedClass]:
        keys = self.selection.signatures.keys() - self._left_out
        return [one for one in self._rules.python if one.signature.key in keys]


def _prefilter(rules: Rules, selection: Selection) -> Prefilter:
    rego = rules.bundle.signatures
    chosen = selection.signatures.values()
    residuals = derive(rules.server, {s.key: s.metadata.id for s in chosen if s.key in rego})
    return Prefilter(residuals, {s.key: s.selectors for s in chosen if s.key not in rego})
