# SPDX-License-Identifier: Apache-2.0
"""Policies as files have them, and a collector that reads them anew."""

import signal
from collections.abc import Sequence
from pathlib import Path

import yaml

from schemas.event import Event
from schemas.stream.messages import Hello
from schemas.stream.parser import Batch, Parser
from tests.collecting import Collecting, until


def document(name: str, scope: Sequence[str], *events: str, filters: Sequence[str] = ()) -> str:
    rules = [{"event": one, **({"filters": list(filters)} if filters else {})} for one in events]
    return yaml.safe_dump({
        "apiVersion": "tracee.aquasec.com/v1beta1",
        "kind": "Policy",
        "metadata": {"name": name, "annotations": {"description": "A test's."}},
        "spec": {"scope": list(scope), "rules": rules},
    })  # fmt: skip


def write(path: Path, *documents: str) -> None:
    path.write_text("---\n".join(documents))


def reload(running: Collecting, says: str = "reloaded: ") -> None:
    """SIGHUP, and wait until it has said what came of it."""
    before = running.stderr().count(says)
    running.process.send_signal(signal.SIGHUP)
    until(lambda: running.stderr().count(says) > before or None, says)


def parts(recording: Path) -> list[tuple[Hello, list[Event]]]:
    """Of a recording each Hello, and the events that it is for."""
    parser = Parser()
    found: list[tuple[Hello, list[Event]]] = []
    for item in parser.feed(recording.read_bytes()):
        if isinstance(item, Hello):
            found.append((item, []))
        elif isinstance(item, Batch):
            found[-1][1].extend(map(item.decoder.event, item.records))
    parser.finish()
    return found
