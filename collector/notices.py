# SPDX-License-Identifier: Apache-2.0
"""What the collector tells its operator, on stderr."""

from functools import partial

from pytracee.service import notices

say = partial(notices.say, "collector")
