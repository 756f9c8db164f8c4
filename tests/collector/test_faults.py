# SPDX-License-Identifier: Apache-2.0
"""What the operator or the machine does wrong: one clear line with the cure, status 2, no
traceback; and every way to an end, with its totals."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.collecting import COLLECTOR, Collecting, finish, needs_kernel, start, until
from tests.headers import call_numbers

GETPPID = call_numbers("asm/unistd_64.h")["getppid"]
TOTALS = re.compile(r"^collector: events \d+, lost \d+, dropped \d+$", re.MULTILINE)


def refused(*command: object, cwd: Path) -> list[str]:
    """What a collector says that ends with status 2, line by line."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, cwd=cwd, check=False
    )
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


def test_without_privilege_it_says_what_it_needs(tmp_path: Path) -> None:
    drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    [line] = refused(*drop, *COLLECTOR, cwd=tmp_path)
    assert line.startswith("collector: no privilege to load kernel programs: run it with sudo, or")
    assert "CAP_BPF" in line


@needs_kernel
def test_without_btf_it_says_which_kernels_have_it(tmp_path: Path) -> None:
    hide = 'mount -t tmpfs none /sys/kernel/btf && exec "$@"'
    [line] = refused("unshare", "-m", "sh", "-c", hide, "sh", *COLLECTOR, cwd=tmp_path)
    assert line.startswith("collector: this kernel has no BTF (/sys/kernel/btf/vmlinux)")
    assert "CONFIG_DEBUG_INFO_BTF" in line


@needs_kernel
def test_without_btf_the_list_says_so_of_every_event(tmp_path: Path) -> None:
    hide = 'mount -t tmpfs none /sys/kernel/btf && exec "$@"'
    command = ["unshare", "-m", "sh", "-c", hide, "sh", *COLLECTOR, "--events", "list"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert all("not here: this kernel has no BTF" in line for line in done.stdout.splitlines())


def test_all_complaints_come_at_once_with_the_nearest_names(tmp_path: Path) -> None:
    options = ["--events", "ptrac,exceve,quite-another", "--scope", "pdi=3", "--scope", "uid=x"]
    text = "\n".join(refused(*COLLECTOR, *options, cwd=tmp_path))
    for part in (
        "no event or set is named 'ptrac' (did you mean ptrace?)",
        "no event or set is named 'exceve' (did you mean execve?)",
        "no event or set is named 'quite-another': see collector --events list",
        "--scope pdi=3: no scope is named 'pdi' (did you mean pid?)",
        "--scope uid=x: 'x' is not a number",
    ):
        assert part in text


def test_an_option_that_does_not_exist(tmp_path: Path) -> None:
    assert "No such option" in "\n".join(refused(*COLLECTOR, "--evnets", "x", cwd=tmp_path))


@needs_kernel
@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--record", "nowhere/x"], "nowhere/x: No such file or directory"),
        (["--record", "."], "."),
        (["--output", "xml"], "--output xml: "),
        (["--output", "json:nowhere/x"], "nowhere/x: No such file or directory"),
        (["--perf-buffer-size", "0"], "--perf-buffer-size"),
    ],
    ids=str,
)
def test_an_output_that_cannot_be(options: list[str], part: str, tmp_path: Path) -> None:
    assert part in "\n".join(refused(*COLLECTOR, *options, cwd=tmp_path))


@needs_kernel
def test_the_stream_is_not_put_on_a_terminal(tmp_path: Path) -> None:
    command = ["script", "-qec", " ".join([*COLLECTOR, "--output", "msgpack"]), "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert "a terminal cannot show the stream: pipe it into detector" in done.stdout


@needs_kernel
def test_a_reader_that_goes_ends_it_quietly(tmp_path: Path) -> None:
    shell = '"$@" | true; exit ${PIPESTATUS[0]}'
    command = ["bash", "-c", shell, "bash", *COLLECTOR, "--events", "execve"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0
    assert TOTALS.fullmatch(done.stderr.strip())


@needs_kernel
@pytest.mark.parametrize("form", ["table", "json"])
def test_a_reader_of_a_printer_that_goes_ends_it_quietly(
    form: str, program: Path, tmp_path: Path
) -> None:
    options = ["--events", "sched_process_exec,sched_process_fork", "--output", form]
    shell = '"$@" | head -n 1; exit ${PIPESTATUS[0]}'
    process = subprocess.Popen(
        ["bash", "-c", shell, "bash", *COLLECTOR, *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
    )  # fmt: skip
    # Something to print, until it has ended. Each start of the trigger is an exec.
    until(lambda: (finish(start(program, str(GETPPID))), process.poll())[1], "its end")
    stdout, stderr = process.communicate()
    assert process.returncode == 0
    assert len(stdout.splitlines()) == 1
    assert TOTALS.fullmatch(stderr.strip())


@needs_kernel
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_all_that_happened(
    number: int, collector: Callable[..., Collecting], program: Path
) -> None:
    running = collector("--events", "getppid", "--scope", "comm=pt-call")
    finish(start(program, f"times 1000 {GETPPID}"))
    said = running.stop(number)
    assert said == "collector: events 1000, lost 0, dropped 0\n"
    assert running.recording.bye
    assert running.recording.bye.events == len(running.recording.events) == 1000


@needs_kernel
def test_a_second_interrupt_ends_it_at_once(tmp_path: Path, program: Path) -> None:
    reading, writing = os.pipe()  # nobody reads: the collector blocks in its write
    command = [*COLLECTOR, "--events", "getppid", "--scope", "comm=pt-call"]
    process = subprocess.Popen(
        [*command, "--output", "msgpack"], stdout=writing, stderr=subprocess.DEVNULL, cwd=tmp_path
    )
    os.close(writing)

    def caught() -> bool:
        status = Path(f"/proc/{process.pid}/status").read_text()
        mask = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(mask.split()[1], 16) >> signal.SIGINT - 1 & 1)

    def blocked() -> bool | None:
        finish(start(program, f"times 1000 {GETPPID}"))
        call = Path(f"/proc/{process.pid}/syscall").read_text().split()
        return call[:2] in (["20", "0x1"], ["1", "0x1"]) or None  # writev, write to stdout

    until(blocked, "a full pipe")
    assert caught()
    process.send_signal(signal.SIGINT)
    until(lambda: not caught() or None, "the first interrupt")
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == -signal.SIGINT
    os.close(reading)


def test_the_list_needs_no_privilege(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "collector", "--events", "list", "--output", "json"]
    drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    done = subprocess.run([*drop, *command], capture_output=True, cwd=tmp_path, check=True)
    assert b'"name": "ptrace"' in done.stdout
