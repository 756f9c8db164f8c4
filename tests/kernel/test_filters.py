# SPDX-License-Identifier: Apache-2.0
"""The kernel and the evaluator in Python agree on what is in an event, for filters at random."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from collector.choosing.evaluator import filters
from collector.choosing.subject import Subject
from collector.loading.plan import decide
from schemas.event import Event
from tests.choosing.writing import policy, wrong
from tests.collecting import Collecting, finish, needs_kernel, start
from tests.headers import call_numbers

pytestmark = needs_kernel

OPENAT = call_numbers("asm/unistd_64.h")["openat"]
PATHS = ("/etc/hostname", "/etc/host", "/etc/passwd", "/nowhere/x.so", "x", "/etc/" + "long" * 80)
FLAGS = (0, 0o1, 0o2, 0o100000, 0o2000001)
FOLDERS = (-100, -1, 7, 2147483647)


def one(seed: random.Random) -> str:
    """A filter at random."""
    equal = seed.choice(("=", "!="))
    bound = seed.choice(("=", "!=", "<", "<=", ">", ">="))
    match seed.choice(("pathname", "flags", "dirfd", "retval", "comm", "uid")):
        case "pathname":
            path = seed.choice(PATHS)
            at = seed.randrange(len(path))
            texts = (path, f"{path[:at]}*", f"*{path[at:]}", f"{path[:2]}*{path[-1:]}")
            return f"data.pathname{equal}{','.join(seed.sample(texts, 2))}"
        case "flags":
            return f"data.flags{equal}{seed.choice(('O_WRONLY', 'O_RDONLY,O_RDWR', 'O_CLOEXEC'))}"
        case "dirfd":
            return f"data.dirfd{bound}{seed.choice(FOLDERS)}"
        case "retval":
            return f"retval{bound}{seed.choice((-2, 0, 3, -9))}"
        case "comm":
            return f"comm{equal}{seed.choice(('pt-c*', 'pt-call', '*x', 'other'))}"
    return f"uid{bound}{seed.choice((0, 1, 1000))}"


def _subject(event: Event) -> Subject:
    return Subject(uid=event.task.uid, comm=event.task.comm.decode())


def asked(seed: random.Random) -> list[list[str]]:
    """Filters of one to three rules."""
    return [
        [one(seed) for _ in range(seed.randint(1, 3))]
        for _ in range(seed.choice((1, 1, 2, 3)))
    ]  # fmt: skip


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


@pytest.mark.parametrize("number", range(3))
def test_they_agree(
    number: int, collector: Callable[..., Collecting], program: Path, tmp_path: Path
) -> None:
    seed = random.Random(number)
    policies: list[list[list[str]]] = [[[]]]
    while len(policies) < 64:
        rules = asked(seed)
        if not any(wrong(["openat"], [], rule) for rule in rules):
            policies.append(rules)
    path = tmp_path / "policies.yaml"
    path.write_text("---\n".join(document(f"p{at}", one) for at, one in enumerate(policies)))
    running = collector("--policy", str(path))
    steps = [f"{OPENAT} i{seed.choice(FOLDERS)} s{name} i{flags} i0"
             for name in PATHS for flags in FLAGS]  # fmt: skip
    done = finish(start(program, *steps))
    running.stop()
    events = running.recording.of(done.pid)
    assert len(events) >= len(steps)
    for at, rules in enumerate(policies):
        judges = [filters(policy(["openat"], [], rule).rules[0]) for rule in rules]
        for event in events:
            expected = any(judge(event, _subject(event)) for judge in judges)
            assert (f"p{at}" in event.policy_names) == expected, (rules, event.data())


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
