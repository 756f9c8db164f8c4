# SPDX-License-Identifier: Apache-2.0
"""Names of numbers: clocks and timers. As the kernel's own headers have them (include/uapi)."""

CLOCK = {
    0: "CLOCK_REALTIME",
    1: "CLOCK_MONOTONIC",
    2: "CLOCK_PROCESS_CPUTIME_ID",
    3: "CLOCK_THREAD_CPUTIME_ID",
    4: "CLOCK_MONOTONIC_RAW",
    5: "CLOCK_REALTIME_COARSE",
    6: "CLOCK_MONOTONIC_COARSE",
    7: "CLOCK_BOOTTIME",
    8: "CLOCK_REALTIME_ALARM",
    9: "CLOCK_BOOTTIME_ALARM",
    11: "CLOCK_TAI",
    16: "CLOCK_AUX",
}

ITIMER = {
    0: "ITIMER_REAL",
    1: "ITIMER_VIRTUAL",
    2: "ITIMER_PROF",
}

TIMER = {
    0x1: "TIMER_ABSTIME",
}

TIMERFD = {
    0x1: "TFD_TIMER_ABSTIME",
    0x2: "TFD_TIMER_CANCEL_ON_SET",
}
