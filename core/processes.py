"""What a process asks of the kernel: to end with its parent, and to hold many files open."""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent_pid: int, signal_number: int = signal.SIGTERM) -> None:
    """Ask the kernel for a signal when the parent ends, however it ends (Linux; elsewhere nothing happens).

    Call it first thing in the child; ``parent_pid`` closes the gap between the start and this call.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), signal_number)


def allow_many_open_files() -> None:
    """Raise this process's limit of open files to the highest it may have.

    A generation holds one file open for each part, and several generations live at once; where the limit is met, the
    next generation has to leave datasets out.
    """
    _, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, highest))
