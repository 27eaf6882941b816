"""What a process may use while it parses a foreign file: the numbers, and the step of taking them upon itself."""

from __future__ import annotations

import os
import signal
from typing import Any, Final

SECONDS: Final = 10
"""By the clock, and of the processor as well."""
MEMORY_BYTES: Final = 512 << 20
OUTPUT_BYTES: Final = 64 << 20
OUT_OF_MEMORY: Final = 71
"""Exit status of a child that had too little memory."""
_REFUSED: Final = (
    "ctypes.dlopen", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "socket.", "subprocess.",
)  # fmt: skip
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def take() -> None:
    """Limit this process in time, memory and output; it cannot go back.

    Who started it counts the time as well; the alarm is for a process whose starter is gone.
    """
    import resource  # POSIX only

    limits = {
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_FSIZE: OUTPUT_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse, as an audit hook, what a parser has no business with: the network, other programs, writing files."""
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if writes or event.startswith(_REFUSED):
        raise PermissionError(f"{event} is not allowed while a foreign file is read")
