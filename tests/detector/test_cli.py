# SPDX-License-Identifier: Apache-2.0
"""The command line: lists, inputs, outputs, and what is said when it cannot go on."""

import json
import os
import pty
import re
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.rules import shipped
from schemas.stream.messages import Bye, encode
from tests.detector.conftest import DETECTOR, besides_waiting
from tests.detector.rego import ALWAYS, signature
from tests.recordings import batch, hello, record, recording

Run = Callable[..., subprocess.CompletedProcess[str]]
Make = Callable[..., Path]
STREAM = recording([record("ptrace", {"request": 0})])
QUIET = "detector: events 1, selected 1, findings 1, lost 0, errors 0\n"


#: to the letter, and in this order
GUIDE_LIST = Path(__file__).parents[1] / "golden" / "signature_list.txt"


def test_the_list_holds_that_of_the_guide(detector: Run) -> None:
    lines = detector("--list").stdout.splitlines()
    guide = GUIDE_LIST.read_text().splitlines()
    assert lines[0] == guide[0]
    assert [line for line in lines if line in guide] == guide


def test_a_name_longer_than_its_column_pushes_the_rest(detector: Run, signatures: Make) -> None:
    name = "CGroups Release Agent File Modification"
    text = signature("TRC-14", ALWAYS, package="TRC_14").replace("TRC-14 name", name)
    listed = detector("--list", "--signatures-dir", signatures(long=text)).stdout
    assert f"TRC-14     {name} 1.0.0   \n" in listed


def test_the_list_as_json_says_what_each_selects(detector: Run) -> None:
    listed = json.loads(detector("--list", "--output", "json").stdout)
    (first,) = [one for one in listed if one["ID"] == "TRC-2"]
    assert first["EventName"] == "anti_debugging"
    assert first["Events"] == [{"Source": "tracee", "Name": "ptrace", "Origin": "*"}]


def test_the_list_of_events_is_one_word_for_the_shell(detector: Run, signatures: Make) -> None:
    (word,) = detector("--list-events").stdout.split()
    assert {"execve", "ptrace", "security_file_open"} < set(word.split(","))
    star = signatures(star=signature("STAR", ALWAYS, events="*"))
    assert detector("--list-events", "--signatures-dir", star).stdout == "all\n"


def test_a_bad_file_is_told_and_the_good_ones_are_listed(detector: Run, signatures: Make) -> None:
    directory = signatures(good=signature("GOOD", ALWAYS), bad="package tracee.x\n\nx { }\n")
    done = detector("--list", "--signatures-dir", directory)
    assert done.returncode == 0
    assert "GOOD" in done.stdout
    assert f"detector: {directory}/bad.rego:3:" in done.stderr


@pytest.mark.parametrize("more", [["--list"], ["-"]])
def test_what_is_wrong_with_the_one_that_was_named_is_told(
    detector: Run, signatures: Make, more: list[str]
) -> None:
    directory = signatures(mine=signature("MINE", ALWAYS) + "\nx := nope(1)\n")
    done = detector("--signatures-dir", directory, "--signatures", "MINE,NONE", *more)
    assert done.returncode == 2
    file, mine, none = done.stderr.splitlines()
    assert file.startswith(f"detector: {directory}/mine.rego:")
    assert mine == "detector: --signatures: none has the id or event name 'MINE'"
    assert none.startswith("detector: --signatures: none has the id or event name 'NONE'")


def test_two_directories(detector: Run, signatures: Make) -> None:
    mine = signatures(mine=signature("TRC-2", ALWAYS, package="mine"))
    done = detector("--list", "--signatures-dir", shipped(), "--signatures-dir", mine)
    assert "TRC-2      TRC-2 name" in done.stdout
    assert "TRC-7" in done.stdout
    assert f"TRC-2 of {mine}/mine.rego replaces that of {shipped()}/anti_debug" in done.stderr


@pytest.mark.parametrize(
    "spelling",
    [
        [],
        ["-"],
        ["--input", "-"],
        ["--input-tracee", "file:stdin", "--input-tracee", "format:msgpack"],
    ],
)
def test_standard_input(detector: Run, spelling: list[str]) -> None:
    done = detector(*spelling, stdin=STREAM)
    assert (done.returncode, besides_waiting(done.stderr)) == (0, QUIET)
    assert "Signature ID: TRC-2\n" in done.stdout


@pytest.mark.parametrize("option", [[], ["--input"], ["--input-tracee"]])
def test_a_recording(detector: Run, tmp_path: Path, option: list[str]) -> None:
    (tmp_path / "recording").write_bytes(STREAM)
    name = "file:recording" if option == ["--input-tracee"] else "recording"
    done = detector(*option, name)
    assert (done.returncode, besides_waiting(done.stderr)) == (0, QUIET)
    assert "Signature ID: TRC-2\n" in done.stdout


def test_tracees_gob_is_our_stream_and_that_is_said(detector: Run) -> None:
    done = detector("--input-tracee", "file:stdin", "--input-tracee", "format:gob", stdin=STREAM)
    assert done.stderr.startswith("detector: --input-tracee format:gob: read as pytracee's own")
    assert done.stderr.endswith(QUIET)


def test_several_recordings_are_one_run(detector: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(STREAM)
    done = detector("a", "b", "--output", "json")
    assert "events 2, selected 2, findings 2" in done.stderr


def test_a_unix_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(tmp_path / "socket"))
        listener.listen()
        command = [*DETECTOR, "--input", f"unix:{tmp_path / 'socket'}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(STREAM)
            out, err = running.communicate(timeout=60)
    assert (running.returncode, besides_waiting(err.decode())) == (0, QUIET)
    assert b"Signature ID: TRC-2\n" in out


def test_outputs_side_by_side_and_the_same_one_once(detector: Run, tmp_path: Path) -> None:
    outputs = ["text", "text:-", "json:found", f"json:{tmp_path}/found", "text:also"]
    done = detector(*(word for one in outputs for word in ("--output", one)), stdin=STREAM)
    assert done.stdout.count("*** Detection ***") == 1
    (line,) = (tmp_path / "found").read_text().splitlines()
    assert json.loads(line)["SigMetadata"]["ID"] == "TRC-2"
    assert (tmp_path / "also").read_text() == done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nothing"], "nothing: No such file or directory: name a file of `collector"),
        (["."], ".: cannot be read: Is a directory"),
        (["--input", "unix:nobody"], "start `collector --output msgpack:unix:nobody` before"),
        (["--output", "jsn"], "--output jsn: no such format (did you mean json?)"),
        (["--output", "json:/nowhere/x"], "--output json:/nowhere/x: cannot write to /nowhere/x"),
        (["--input-tracee", "format:json"], "--input-tracee format:json: give file:stdin"),
        (["--list", "--output", "xml"], "--output xml: a list comes as table or json"),
        (["--signatures-dir", "/nowhere"], "Directory '/nowhere' does not exist"),
        (["--signatures", "-*"], "there is no signature that can run"),
        (["--signatures", "anti_debuging"], "(did you mean anti_debugging?)"),
        (["--no-such-option"], "No such option"),
    ],
)
def test_what_the_operator_must_mend(detector: Run, arguments: list[str], complaint: str) -> None:
    done = detector(*arguments, stdin=STREAM)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_a_wrong_opa_is_told_with_the_cure(detector: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTRACEE_OPA", "/bin/true")
    done = detector(stdin=STREAM)
    assert done.returncode == 2
    assert "PYTRACEE_OPA: /bin/true is no OPA" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_is_no_stream(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(DETECTOR, stdin=theirs, capture_output=True, cwd=tmp_path, check=False)
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 2
    assert b"standard input is a terminal. Run `collector | detector`" in done.stderr


def test_on_a_terminal_it_says_what_it_watches() -> None:
    ours, theirs = pty.openpty()
    subprocess.run(DETECTOR, input=STREAM, stdout=subprocess.DEVNULL, stderr=theirs, check=True)
    os.close(theirs)
    said = b""
    while b"errors" not in said:
        said += os.read(ours, 4096)
    os.close(ours)
    assert re.match(rb"detector: watching: \d+ signatures over \d+ events\r\n", said)


def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    stream = recording([record("ptrace", {"request": 0})] * 5000)
    command = " ".join(DETECTOR)
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -n 2; echo ${{PIPESTATUS[0]}}"],
        input=stream,
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"\n*** Detection ***\n0\n"
    said = besides_waiting(done.stderr.decode())
    assert said.startswith("detector: events ")
    assert said.count("\n") == 1


def test_a_full_disk_is_told(detector: Run) -> None:
    done = detector("--output", "json:/dev/full", stdin=STREAM)
    assert done.returncode == 1
    assert "detector: cannot write to /dev/full: No space left on device: " in done.stderr
    assert "Traceback" not in done.stderr


def test_two_streams_in_one_are_read_each_by_its_own_hello(detector: Run) -> None:
    second = encode(hello(["ptrace"])) + batch([record("ptrace", {"request": 0})])
    done = detector(stdin=STREAM + second + encode(Bye(events=1, lost=0)))
    assert done.stdout.count("*** Detection ***") == 2
    assert [one for one in done.stderr.splitlines() if "execve (TRC-7" in one]
    assert done.returncode == 0
