# SPDX-License-Identifier: Apache-2.0
"""How events are shown, whatever the form: what `--output option:…` says of it."""

from typing import Literal

import msgspec

from schemas.stream.messages import Hello


class Look(msgspec.Struct, frozen=True):
    """`parsed`: numbers that have names as these. `time`: since the epoch, since the collector's
    start, or not at all.
    """

    parsed: bool = False
    time: Literal["absolute", "relative", "none"] = "absolute"

    def offset(self, hello: Hello) -> int:
        """What a time since the epoch is less than the one that is shown, in ns."""
        return -(hello.clock_offset + hello.started) if self.time == "relative" else 0
