# SPDX-License-Identifier: Apache-2.0
"""What the detector tells its operator: one line each."""

from functools import partial

from pytracee.service import notices
from pytracee.service.notices import Level

say = partial(notices.say, "detector")
warn = partial(say, level=Level.WARN)
fail = partial(say, level=Level.ERROR)


class Errors(notices.Errors):
    """The detector's."""

    def __init__(self) -> None:
        super().__init__(warn)
