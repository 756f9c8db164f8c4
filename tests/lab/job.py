# SPDX-License-Identifier: Apache-2.0
"""The guest's job: a collector in the background, and the cases one after the other."""

import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.collecting import Line, Recording
from tests.lab.case import FOLDER, OTHER, PROGRAM, Case, File, Outcome

_BEGIN = f"""
set -e
ulimit -l unlimited # kernels up to 5.10 count a user's maps and programs
mkdir -p {{folders}}
cp {{modules}} {FOLDER}
cp {{program}} {PROGRAM}
ln {PROGRAM} {OTHER}
printf '#!{PROGRAM} 110\\n' >{FOLDER}/pt-script
chmod +x {FOLDER}/pt-script
cd {{root}}
env -i PATH="$PATH" {{python}} -P -m tests.lab.guest {FOLDER} {{rounds}} >{FOLDER}/report &
set +e
"""
# Nobody waits for a collector that has ended already: it said why, and that is the report.
_ROUND = f"""
until [ -s {FOLDER}/{{name}}.recording ]; do
    kill -0 $! 2>/dev/null || {{{{ cat {FOLDER}/report; exit 1; }}}}
    sleep 0.1
done
{{cases}}
touch {FOLDER}/{{name}}.done
"""
_CASE = """
echo "case {number}"
(
    cd {folder}
    start() {{ exec {program} "$@"; }}
    {before}
    start {words} </dev/null &
    echo "pid $!"
    wait $!
    echo "status $?"
    {stat}
) 2>/dev/null
"""
_STAT = "stat -L -c 'stat %d %i %f %.9Z %n' "
_END = f"""
wait
cat {FOLDER}/report
"""


def job(
    program: Path, modules: Sequence[Path], rounds: Path, cases: Sequence[Case], root: Path
) -> str:
    """A shell script. Cases are told apart by their number in what it prints."""
    begin = _BEGIN.format(
        program=shlex.quote(str(program)),
        modules=shlex.join(map(str, modules)),
        folders=" ".join(map(_folder, range(len(cases)))),
        root=shlex.quote(str(root)),
        python=shlex.quote(sys.executable),
        rounds=shlex.quote(str(rounds)),
    )
    names = dict.fromkeys(case.round for case in cases)
    return begin + "".join(_round(name, cases) for name in names) + _END


def _folder(case: int) -> str:
    return f"{FOLDER}/{case}"


def _round(name: str, cases: Sequence[Case]) -> str:
    own = [(number, case) for number, case in enumerate(cases) if case.round == name]
    return _ROUND.format(name=name, cases="".join(_case(*one) for one in own))


def _case(number: int, case: Case) -> str:
    return _CASE.format(
        number=number,
        folder=_folder(number),
        program=PROGRAM,
        before=case.before or ":",
        words=shlex.join(" -- ".join(case.steps).split(" ")),
        stat=_STAT + shlex.join(case.files) if case.files else ":",
    )


def outcomes(printed: str, seen: Sequence[tuple[Recording, str]]) -> list[Outcome]:
    """What each case did, from what the job printed; for each its recording and probe."""
    _, *parts = re.split(r"^case (\d+)\n", printed, flags=re.MULTILINE)
    texts = dict(zip(map(int, parts[::2]), parts[1::2], strict=True))
    return [_outcome(texts[number], *found) for number, found in enumerate(seen)]


def _outcome(text: str, recording: Recording, place: str) -> Outcome:
    numbers = {"pid": 0, "status": -1}
    calls, files, told = [], {}, {}
    for line in text.splitlines():
        words = line.split(" ")
        if words[0] in numbers:
            numbers[words[0]] = int(words[1])
        elif words[0] == "told":
            told[words[1]] = " ".join(words[2:])
        elif words[0] == "stat":
            files[" ".join(words[5:])] = _file(*words[1:5])
        elif len(words) == 8 and words[0].isdigit():
            tid, returned, *registers = map(int, words)
            calls.append(Line(tid, returned, tuple(registers)))
    pid, status = numbers["pid"], numbers["status"]
    return Outcome(pid, status, tuple(calls), files, recording, place, told)


def _file(device: str, inode: str, mode: str, ctime: str) -> File:
    number = int(device)
    return File(
        os.major(number) << 20 | os.minor(number),  # dev_t as the kernel keeps it
        int(inode),
        int(mode, 16),
        int(ctime.replace(".", "")),
    )
