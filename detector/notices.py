# SPDX-License-Identifier: Apache-2.0
"""What the detector tells its operator, on stderr: one line each."""

from functools import partial

from pytracee.service import notices

say = partial(notices.say, "detector")


class Errors(notices.Errors):
    """The detector's."""

    def __init__(self) -> None:
        super().__init__(say)
