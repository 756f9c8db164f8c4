# SPDX-License-Identifier: Apache-2.0
"""Runs of programs that the kernel left out are counted for all events of the program, once."""

from collector.loading.skipped import Skipped, events_of
from schemas.events import BY_NAME


def test_programs_at_functions_and_their_events() -> None:
    names = ("zeroed_inodes", "hidden_inodes", "kprobe_attach", "security_file_open")
    probes = {BY_NAME[name]: BY_NAME[name].probes[0] for name in names}
    zeroed, hidden = BY_NAME["zeroed_inodes"].id, BY_NAME["hidden_inodes"].id
    assert events_of(probes) == {
        "on_filldir_fentry": [zeroed, hidden],
        "on_kprobe_attach_fexit": [BY_NAME["kprobe_attach"].id],
    }  # the kernel leaves out no program at an LSM hook: those count by themselves


def test_each_run_counts_once_and_for_each_event() -> None:
    misses = {7: 0, 9: 2}
    skipped = Skipped([(7, [1, 2]), (9, [3])], misses.__getitem__)
    assert skipped.look(last=False) == {3: 2}
    misses[7] = 5
    assert skipped.look(last=False) == {}  # it was looked at just now
    assert skipped.look(last=True) == {1: 5, 2: 5}
    assert skipped.look(last=True) == {}
