"""The disk that open results and their copies may use, shared by all results of one worker."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

# What the results leave free for everybody else on the same disk: the ledger must be able to
# write its next record.
RESERVE = 1 << 30


class DiskBudget:
    """Bytes that may be spooled; `take` says no when they are used up or the disk is full."""

    def __init__(self, folder: Path, total: int) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self.total = total
        self.used = 0

    def take(self, size: int) -> bool:
        """Count `size` bytes as used; False, and nothing counted, where they do not fit."""
        with self._lock:
            if self.used + size > self.total:
                return False
            if shutil.disk_usage(self._folder).free - size < RESERVE:
                return False
            self.used += size
            return True

    def give_back(self, size: int) -> None:
        """These bytes were deleted."""
        with self._lock:
            self.used -= size
