"""An interrupt (Ctrl-C) ends a command soon, also while threads read or write large pieces."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from emissions.cli.group import Session

INTERRUPTED = 130
"""Exit code of a command that was interrupted."""
PATIENCE = 1.0
"""Seconds that threads have to end before the process ends without them."""


@contextmanager
def prompt_interrupt(session: Session) -> Iterator[None]:
    """Let the first interrupt end the command in the plain way, but not wait for threads longer than a second.

    What a command writes has a hidden name until it is whole, so the process may end at any time; a second interrupt
    ends it at once.
    """
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    over = threading.Event()
    heard, told = socket.socketpair()
    told.setblocking(False)

    def watch() -> None:
        with heard:
            while number := heard.recv(1):
                if number[0] == signal.SIGINT and not over.wait(PATIENCE):
                    _leave(session)

    def interrupted(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, lambda *_: _leave(session))
        signal.default_int_handler(number, frame)

    # the system may hand an interrupt to any thread; a main thread that waits for another one does not wake up then,
    # but the number of the signal is written here all the same
    threading.Thread(target=watch, daemon=True).start()
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        over.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.set_wakeup_fd(before)
        told.close()


def say_interrupted(session: Session) -> None:
    """Say on standard error that the command was interrupted."""
    with suppress(OSError, ValueError):
        sys.stderr.write(session.text("interrupted") + "\n")
        sys.stderr.flush()


def _leave(session: Session) -> None:
    say_interrupted(session)
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(INTERRUPTED)
