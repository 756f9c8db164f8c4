# SPDX-License-Identifier: Apache-2.0
"""Every command line that people know works, with our program's name in it."""

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from collector.context.containers import hierarchy
from tests.collecting import ROOT, needs_kernel, until
from tests.seed_commands.doing import CONTAINER, doing
from tests.seed_commands.running import OURS, Running
from tests.seed_commands.table import CAPTURE, COMMANDS, NETWORK, RUNTIME, Command
from tests.sinks.receiver import Receiver, receiver

PAGE = 4096  # bytes
TEMPLATE = "{{.Timestamp}},{{.ProcessID}},{{.EventName}},{{.Container.Name}}\n"
CONFIG = """\
output:
  formats:
    - json
  options:
    parse-arguments: true
    out-file: {folder}/events.json
  forward:
    - protocol: webhook
      url: {url}/config
      headers:
        Authorization: "Bearer token123"
log:
  level: info
  file: {folder}/tracee.log
  format: json
"""


def test_only_what_is_not_built_yet_waits() -> None:
    """How many command lines that is: so that it is not one more, unseen."""
    assert Counter(one.waits for one in COMMANDS if one.waits) == {
        NETWORK: 6, CAPTURE: 4, RUNTIME: 1,
    }  # fmt: skip
    assert len(COMMANDS) == 103


def test_every_line_begins_with_one_of_our_programs() -> None:
    assert {one.line.split()[0] for one in COMMANDS} == set(OURS)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where others may go too."""
    made = Path(tempfile.mkdtemp(prefix="pt-seed-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def received() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@needs_kernel
@pytest.mark.parametrize(
    "command", [one for one in COMMANDS if not one.waits], ids=lambda one: f"{one.where} {one.line}"
)
def test_a_command_shows_what_it_is_to_show(
    command: Command, folder: Path, received: Receiver, program: Path
) -> None:
    people = [one for one in (command.inside, command.outside) if one]
    if any(one.contained for one in people) and hierarchy() is None:
        pytest.skip("there is no version 2 hierarchy of control groups")
    (folder / "template.tmpl").write_text(TEMPLATE)
    (folder / "config.yaml").write_text(CONFIG.format(folder=folder, url=received.url))
    shutil.copytree(ROOT / "examples" / "signatures", folder / "signatures")
    with ExitStack() as stack:
        pids = [stack.enter_context(doing(one, folder, program)) for one in people]
        values = {
            "pid": str(pids[0]), "id": CONTAINER[:12], "folder": str(folder), "url": received.url,
            "policies": str(ROOT / "examples" / "policies"),
        }  # fmt: skip
        run(command, values, folder, received)


def run(command: Command, values: dict[str, str], folder: Path, received: Receiver) -> None:
    running = Running(filled(command.line, values), folder)
    sees = [filled(text, values) for text in command.sees]
    outs = [filled(out, values) for out in command.outs]

    def there() -> bool | None:
        if not running.alive() and not command.ends:
            pytest.fail(f"it ended: {said(running)}")
        if not sees:
            return running.attached() or None
        texts = [shown(out, running, received) for out in outs]
        return all(one.strip('"') in text for one in sees for text in texts) or None

    try:
        if not command.ends:
            until(there, f"{sees} in what {command.line} shows, which says {said(running)!r}")
        if command.ring:
            assert command.ring * PAGE in running.rings()
        assert (running.wait() if command.ends else running.stop()) == 0, said(running)
        for out in outs:
            end = running.last.read_text() if running.late else shown(out, running, received)
            judge(command, sees, end)
        assert [one for one in command.says if one not in said(running)] == []
        assert [one for one in command.silent if one in said(running)] == []
    finally:
        running.kill()


def shown(out: str, running: Running, received: Receiver) -> str:
    if out == "webhook":
        return "\n".join(f"{one.line}\n{one.body}" for one in received.requests)
    if out:
        return Path(out).read_text() if Path(out).exists() else ""
    return running.output()


def judge(command: Command, sees: list[str], text: str) -> None:
    """All that there was at the end."""
    if command.whole:
        assert re.fullmatch(command.whole, text)
    else:
        assert [one for one in sees if one not in text] == []
    assert [one for one in command.never if one in text] == []
    if command.outside:
        assert command.outside.comm not in text


def said(running: Running) -> str:
    return running.said.read_text(errors="replace")


def filled(text: str, values: dict[str, str]) -> str:
    """Braces of words that we know: `{{.Name}}` is a template's."""
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], text)
