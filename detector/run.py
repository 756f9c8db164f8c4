# SPDX-License-Identifier: Apache-2.0
"""A run: the signatures in force, over one input after the other."""

import sys
from collections.abc import Sequence
from contextlib import closing

from detector.detect import Detection
from detector.notices import Errors, say
from detector.outputs import Output
from detector.ruleset import Ruleset, Wanted
from detector.selection import Selection
from detector.signature import ANY
from detector.sources import open_source
from detector.stop import Stop
from pytracee.sinks.sink import SinkClosed

_DAMAGED = 1  # exit status: an input was damaged or cut


def detect(wanted: Wanted, names: Sequence[str], outputs: Sequence[Output]) -> int:
    """Exit status. Raises what Ruleset does, and SinkFailed."""
    errors, stop = Errors(), Stop()
    detection = Detection(_load(wanted, errors), outputs, errors, stop)
    stop.listen()
    whole = True
    try:
        for name in names:
            if not stop.asked:
                with closing(open_source(name)) as source:
                    whole = detection.run(source) and whole
    except SinkClosed:
        pass
    finally:
        detection.close()
        say(detection.totals.line(errors.count))
    return 0 if whole or stop.asked else _DAMAGED


def _load(wanted: Wanted, errors: Errors) -> Ruleset:
    ruleset = Ruleset(wanted, errors)
    for problem in ruleset.problems:
        say(problem)
    if sys.stderr.isatty():
        say(f"watching: {_watched(ruleset.selection)}")
    return ruleset


def _watched(selection: Selection) -> str:
    events = selection.events()
    over = "all events" if events == [ANY] else f"{len(events)} events"
    return f"{len(selection.signatures)} signatures over {over}"
