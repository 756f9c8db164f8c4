# SPDX-License-Identifier: Apache-2.0
"""What a task does when a signal comes."""

from schemas.event_type import EventType, before, fields, hook

EVENTS = (
    EventType(
        id=570,
        name="do_sigaction",
        doc="A task asked what a signal does, or sets it.",
        sets=("proc", "signals"),
        fields=fields("""
            int sig: signal  the signal
            bool is_sa_initialized  whether a new action is given
            unsigned long sa_flags  its flags
            unsigned long sa_mask  signals that it holds back
            u8 sa_handle_method: handle_method  how it handles the signal
            void* sa_handler  its function, if it is one
            bool is_old_sa_initialized  whether the old action is asked for
            unsigned long old_sa_flags  its flags
            unsigned long old_sa_mask  signals that it held back
            u8 old_sa_handle_method: handle_method  how it handled the signal
            void* old_sa_handler  its function, if it was one
        """),
        probes=(
            *hook("do_sigaction", "do_sigaction"),
            before(
                "do_sigaction", "rt_sigaction", note="sees rt_sigaction only, before it is checked"
            ),
        ),
    ),
)
