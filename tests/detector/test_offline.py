# SPDX-License-Identifier: Apache-2.0
"""The program over recordings, whatever form they have: the same findings in the same order."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zstandard

from bench.mix import mixed
from schemas.rendering.json_lines import JsonLines
from schemas.rendering.look import Look
from schemas.stream.parser import Batch, StreamReader
from tests.sinks.receiver import receiver

Run = Callable[..., subprocess.CompletedProcess[str]]
EVENTS = 40_000


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("offline") / "mixed.rec"
    path.write_bytes(mixed(EVENTS)[0])
    return path


def found(run: Run, *arguments: object) -> list[str]:
    done = run("--output", "json", *arguments)
    assert done.returncode == 0, done.stderr
    assert f"events {EVENTS}" in done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) > 100
    return lines


def test_jobs_and_zstd_change_nothing(detector: Run, recording: Path, tmp_path: Path) -> None:
    packed = tmp_path / "mixed.zst"
    packed.write_bytes(zstandard.compress(recording.read_bytes()))
    expected = found(detector, recording)
    assert found(detector, "--jobs", 2, recording) == expected
    assert found(detector, "--jobs", 3, packed) == expected
    assert found(detector, packed) == expected


def test_json_lines_give_the_findings_of_the_recording(
    detector: Run, recording: Path, tmp_path: Path
) -> None:
    lines = tmp_path / "events.json"
    with recording.open("rb") as source, lines.open("wb") as target:
        for batch in (item for item in StreamReader(source) if isinstance(item, Batch)):
            form = JsonLines(batch.decoder, Look())
            target.writelines(form.line(batch.decoder.values(one)) for one in batch.records)

    def seen(text: str) -> tuple[str, int]:
        line = msgspec.json.decode(text)
        return line["SigMetadata"]["ID"], line["Context"]["timestamp"]

    # The recording says that it could have security_socket_connect, which TRC-1 takes instead of
    # connect; lines say nothing of the kind, and there it judges the connect that comes.
    expected = sorted(map(seen, found(detector, recording)))
    told = sorted(one for one in map(seen, found(detector, lines)) if one[0] != "TRC-1")
    assert told == expected


def test_garbage_is_told_and_exits_with_1(detector: Run) -> None:
    done = detector(stdin=b"{" + b"garbage\n" * 10_000)
    assert done.returncode == 1
    assert "neither a recording nor Tracee's JSON" in done.stderr
    assert len(done.stderr.splitlines()) < 20


def test_equal_findings_are_counted_instead(detector: Run, recording: Path) -> None:
    done = detector("--output", "json", "--suppress", "1h", recording, recording)
    twice = done.stdout.splitlines()
    assert len(twice) < 2 * len(found(detector, recording))
    assert "detector: suppressed: " in done.stderr


def test_a_webhook_gets_every_finding(detector: Run, recording: Path, tmp_path: Path) -> None:
    expected = found(detector, recording)
    with receiver() as there:
        done = detector("--webhook-spool", tmp_path, "-o", f"webhook:{there.url}", recording)
        assert done.returncode == 0
        assert there.accepted == expected
