# SPDX-License-Identifier: Apache-2.0
"""Every system call of the catalogue, made for real: each field is what was in its register, the
return value what the caller got.
"""

import pytest

from schemas.events import CATALOGUE
from tests.collecting import Collecting, needs_kernel
from tests.conftest import Run
from tests.kernel.refused import REFUSED, Refused


@needs_kernel
@pytest.mark.parametrize("call", REFUSED, ids=str)
def test_a_call_is_seen_as_it_was_made(call: Refused, live: Collecting, run: Run) -> None:
    done = run(*call.steps)
    if not call.emulated(done.status):
        pytest.skip("this kernel takes no 32-bit calls (CONFIG_IA32_EMULATION)")
    assert call.wrong(live.of(done.pid), done.pid, done.calls) == ""


def test_every_system_call_is_made_here() -> None:
    calls = {event.name for event in CATALOGUE if event.numbers is not None}
    assert {call.event.name for call in REFUSED} == calls
