# SPDX-License-Identifier: Apache-2.0
"""The kernel and the evaluator in Python agree on what is in an event, for any filters."""

import re
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as some

from collector.choosing.evaluator import filters
from collector.choosing.subject import Subject
from collector.loading.plan import decide
from schemas.event import Event
from tests.choosing.writing import policy, wrong
from tests.collecting import Collecting, finish, needs_kernel, start
from tests.headers import call_numbers
from tests.kernel.examples import FEW

pytestmark = needs_kernel

OPENAT = call_numbers("asm/unistd_64.h")["openat"]
PATHS = ("/etc/hostname", "/etc/host", "/etc/passwd", "/nowhere/x.so", "x", "/etc/" + "long" * 80)
FLAGS = (0, 0o1, 0o2, 0o100000, 0o2000001)
FOLDERS = (-100, -1, 7, 2147483647)


@some.composite
def _one(draw: some.DrawFn) -> str:
    def of(*values: object) -> object:
        return draw(some.sampled_from(values))

    equal, bound = of("=", "!="), of("=", "!=", "<", "<=", ">", ">=")
    match of("pathname", "flags", "dirfd", "retval", "comm", "uid"):
        case "pathname":
            path = draw(some.sampled_from(PATHS))
            at = draw(some.integers(0, len(path) - 1))
            texts = (path, f"{path[:at]}*", f"*{path[at:]}", f"{path[:2]}*{path[-1:]}")
            return f"data.pathname{equal}{of(*texts)},{of(*texts)}"
        case "flags":
            return f"data.flags{equal}{of('O_WRONLY', 'O_RDONLY,O_RDWR', 'O_CLOEXEC')}"
        case "dirfd":
            return f"data.dirfd{bound}{of(*FOLDERS)}"
        case "retval":
            return f"retval{bound}{of(-2, 0, 3, -9)}"
        case "comm":
            return f"comm{equal}{of('pt-c*', 'pt-call', '*x', 'other')}"
    return f"uid{bound}{of(0, 1, 1000)}"


def _subject(event: Event) -> Subject:
    return Subject(uid=event.task.uid, comm=event.task.comm.decode())


def _possible(rule: list[str]) -> bool:
    return not wrong(["openat"], [], rule)


#: the filters of one to three rules
RULES = some.lists(
    some.lists(_one(), min_size=1, max_size=3).filter(_possible), min_size=1, max_size=3
)
POLICIES = some.lists(RULES, min_size=63, max_size=63).map(lambda found: [[[]], *found])
CALLS = some.permutations([(name, flags) for name in PATHS for flags in FLAGS])


def document(name: str, rules: list[list[str]]) -> str:
    return yaml.safe_dump({
        "apiVersion": "tracee.aquasec.com/v1beta1",
        "kind": "Policy",
        "metadata": {"name": name, "annotations": {"description": "A test's."}},
        "spec": {
            "scope": ["comm=pt-call"],
            "rules": [{"event": "openat", **({"filters": one} if one else {})} for one in rules],
        },
    })  # fmt: skip


def test_they_agree(collector: Callable[..., Collecting], program: Path, tmp_path: Path) -> None:
    judged = []

    @FEW
    @given(POLICIES, CALLS, some.lists(some.sampled_from(FOLDERS), min_size=1, max_size=30))
    def agree(
        policies: list[list[list[str]]], calls: list[tuple[str, int]], folders: list[int]
    ) -> None:
        path = tmp_path / "policies.yaml"
        path.write_text("---\n".join(document(f"p{at}", one) for at, one in enumerate(policies)))
        running = collector("--policy", str(path))
        steps = [
            f"{OPENAT} i{folder} s{name} i{flags} i0"
            for (name, flags), folder in zip(calls, cycle(folders), strict=False)
        ]
        done = finish(start(program, *steps))
        running.stop()
        events = running.recording.of(done.pid)
        assert len(events) >= len(steps)
        for at, rules in enumerate(policies):
            judges = [filters(policy(["openat"], [], rule).rules[0]) for rule in rules]
            for event in events:
                expected = any(judge(event, _subject(event)) for judge in judges)
                judged.append(expected)
                assert (f"p{at}" in event.policy_names) == expected, (rules, event.data())

    agree()
    # It was a test: what was asked was at times so and at times not.
    assert 0.1 < sum(judged) / len(judged) < 0.9


def _refused(running: Collecting) -> set[str]:
    return set(re.findall(r"refuses the program (\w+)", running.stop()))


def test_filters_cost_no_event_its_program(collector: Callable[..., Collecting]) -> None:
    """Every form of test, at every program that sends: the verifier walks both together."""
    everything = ("--events", "all", "--log", "debug")
    given = ("uid=0", "comm=a*", "data.pathname=/b*,*c", "openat.data.flags=O_RDWR", "container")
    words = [word for text in given for word in ("--filter", text)]
    plain, filtering = collector(*everything), collector(*everything, *words)
    assert _refused(filtering) == _refused(plain)


def test_most_is_the_kernels_to_decide() -> None:
    filtered = [
        "data.pathname=/etc/*,*.so,/x", "data.pathname!=/etc/passwd", "data.flags=O_RDWR",
        "retval<0", "data.dirfd>3", "uid=0,7", "comm!=a*",
    ]  # fmt: skip
    plan = decide([policy(["openat"], [], filtered)], lambda _: "")
    assert {(event.name, bit) for event, bit in plan.filters.decided} == {("openat", 0)}
    assert [plan.left(event) for event in plan.asked] == [0]
    inside = decide([policy(["openat"], [], ["data.pathname=/a*b"])], lambda _: "")
    assert [inside.left(event) for event in inside.asked] == [1]
