# SPDX-License-Identifier: Apache-2.0
"""What the collector tells its operator."""

from functools import partial

from pytracee.service import notices
from pytracee.service.notices import Level

say = partial(notices.say, "collector")
debug = partial(say, level=Level.DEBUG)
warn = partial(say, level=Level.WARN)
fail = partial(say, level=Level.ERROR)
