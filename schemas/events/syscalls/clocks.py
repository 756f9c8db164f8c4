# SPDX-License-Identifier: Apache-2.0
"""Clocks and timers."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1326, "time", (201, 13, None), "time time_tod",
        "Ask for the time, in seconds.",
        """
        time_t* tloc  where the time goes
        """,
    ),
    call(
        1327, "gettimeofday", (96, 78, 169), "time time_tod",
        "Ask for the time, in microseconds.",
        """
        struct timeval* tv  the time
        struct timezone* tz  the time zone
        """,
    ),
    call(
        1328, "settimeofday", (164, 79, 170), "time time_tod",
        "Set the time.",
        """
        const struct timeval* tv  the time
        const struct timezone* tz  the time zone
        """,
    ),
    call(
        1329, "clock_gettime", (228, 403, 113), "time time_clock",
        "Ask a clock for its time.",
        """
        clockid_t clockid: clock  clock
        struct timespec* tp  the time
        """,
    ),
    call(
        1330, "clock_settime", (227, 404, 112), "time time_clock",
        "Set a clock.",
        """
        clockid_t clockid: clock  clock
        const struct timespec* tp  the time
        """,
    ),
    call(
        1331, "clock_getres", (229, 406, 114), "time time_clock",
        "Ask for a clock's resolution.",
        """
        clockid_t clockid: clock  clock
        struct timespec* res  where the resolution goes
        """,
    ),
    call(
        1332, "clock_nanosleep", (230, 407, 115), "time time_clock",
        "Sleep by a clock.",
        """
        clockid_t clockid: clock  clock
        int flags: timer_flags  flags
        const struct timespec* request  how long
        struct timespec* remain  time that is left
        """,
    ),
    call(
        1333, "clock_adjtime", (305, 343, 266), "time time_clock",
        "Tune a clock.",
        """
        clockid_t clk_id: clock  clock
        struct timex* buf  the settings
        """,
    ),
    call(
        1334, "adjtimex", (159, 124, 171), "time time_clock",
        "Tune the system's clock.",
        """
        struct timex* buf  the settings
        """,
    ),
    call(
        1335, "nanosleep", (35, None, 101), "time time_timer",
        "Sleep.",
        """
        const struct timespec* req  how long
        struct timespec* rem  time that is left
        """,
    ),
    call(
        1336, "alarm", (37, 27, None), "time time_timer",
        "Ask for a signal after some seconds.",
        """
        unsigned int seconds  after how many
        """,
    ),
    call(
        1337, "getitimer", (36, 105, 102), "time time_timer",
        "Ask for an interval timer.",
        """
        int which: itimer  which timer
        struct itimerval* curr_value  where the timer goes
        """,
    ),
    call(
        1338, "setitimer", (38, 104, 103), "time time_timer",
        "Set an interval timer.",
        """
        int which: itimer  which timer
        struct itimerval* new_value  new setting
        struct itimerval* old_value  where the old setting goes
        """,
    ),
    call(
        1339, "timer_create", (222, 259, 107), "time time_timer",
        "Make a timer.",
        """
        clockid_t clockid: clock  clock
        struct sigevent* sevp  how to be told
        timer_t* timer_id  the timer
        """,
    ),
    call(
        1340, "timer_settime", (223, 409, 110), "time time_timer",
        "Set a timer.",
        """
        timer_t timer_id  the timer
        int flags: timer_flags  flags
        const struct itimerspec* new_value  new setting
        struct itimerspec* old_value  where the old setting goes
        """,
    ),
    call(
        1341, "timer_gettime", (224, 408, 108), "time time_timer",
        "Ask for a timer.",
        """
        timer_t timer_id  the timer
        struct itimerspec* curr_value  where the timer goes
        """,
    ),
    call(
        1342, "timer_getoverrun", (225, 262, 109), "time time_timer",
        "Ask how often a timer ran out unseen.",
        """
        timer_t timer_id  the timer
        """,
    ),
    call(
        1343, "timer_delete", (226, 263, 111), "time time_timer",
        "Delete a timer.",
        """
        timer_t timer_id  the timer
        """,
    ),
    call(
        1344, "timerfd_create", (283, 322, 85), "time time_timer",
        "Make a file descriptor that tells of a timer.",
        """
        int clockid: clock  clock
        int flags: descriptor_flags  flags
        """,
    ),
    call(
        1345, "timerfd_settime", (286, 411, 86), "time time_timer",
        "Set the timer of a file descriptor.",
        """
        int fd  file descriptor
        int flags: timerfd_flags  flags
        const struct itimerspec* new_value  new setting
        struct itimerspec* old_value  where the old setting goes
        """,
    ),
    call(
        1346, "timerfd_gettime", (287, 410, 87), "time time_timer",
        "Ask for the timer of a file descriptor.",
        """
        int fd  file descriptor
        struct itimerspec* curr_value  where the timer goes
        """,
    ),
)  # fmt: skip
