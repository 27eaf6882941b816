"""Who asks in, how long that one has to wait out: limits of use that all processes of a server share.

Each client has a bucket that refills with time, and there is one for all together. The buckets are a fixed piece of
shared memory: a client is put into one of its slots by a keyed hash, so that no number of clients makes it grow. Two
clients that share a slot share its limit.
"""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import mmap
import os
import secrets
import struct
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SLOTS: Final = 4096
_BUCKET: Final = struct.Struct("<dd")
"""How much of it is used up, and when that was so."""
_ALL: Final = 0
"""The slot of everybody together."""


class Rates:
    """Limits per client and in total.

    Parameters
    ----------
    per_minute, total_per_minute : int
        How often one client, and all together, may have a turn; so many turns may be taken at once.
    clock : callable
        Seconds, the same in every process.
    """

    def __init__(self, *, per_minute: int, total_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._own = float(per_minute)
        self._total = float(total_per_minute)
        self._clock = clock
        self._salt = secrets.token_bytes(16)
        self._threads = threading.Lock()
        self._file, path = tempfile.mkstemp(prefix="ibar-rates-")
        weakref.finalize(self, os.close, self._file)
        Path(path).unlink()  # processes that part from this one keep it open
        os.ftruncate(self._file, (SLOTS + 1) * _BUCKET.size)
        self._memory = mmap.mmap(self._file, (SLOTS + 1) * _BUCKET.size)

    def take(self, client: str) -> float:
        """Take a turn and return 0; or take none, and return the seconds after which there is one.

        Parameters
        ----------
        client : str
            An IP address; the addresses of one IPv6 network (/64) are one client.
        """
        slot = self._slot(client)
        with self._locked():
            now = self._clock()
            used = {at: self._used(at, rate, now) for at, rate in ((slot, self._own), (_ALL, self._total))}
            wait = max(_wait(used[slot], self._own), _wait(used[_ALL], self._total))
            if not wait:
                for at, amount in used.items():
                    _BUCKET.pack_into(self._memory, at * _BUCKET.size, amount + 1, now)
        return wait

    def _used(self, at: int, per_minute: float, now: float) -> float:
        used, then = _BUCKET.unpack_from(self._memory, at * _BUCKET.size)
        return float(max(0.0, used - max(0.0, now - then) * per_minute / 60))

    def _slot(self, client: str) -> int:
        digest = hashlib.blake2b(_network(client).encode(), key=self._salt, digest_size=8).digest()
        return 1 + int.from_bytes(digest) % SLOTS

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep out other threads, and other processes: the kernel lets go of a file's lock when its holder dies."""
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)


def _wait(used: float, per_minute: float) -> float:
    """Return the seconds until a whole turn is free."""
    return max(0.0, (used + 1 - per_minute) * 60 / per_minute)


def _network(client: str) -> str:
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
