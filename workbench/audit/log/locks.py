"""The lock on the ledger file, who holds it, and the file systems where it means nothing."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.audit.errors import LedgerError

_NETWORK = frozenset(
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "lustre", "glusterfs",
     "beegfs", "gpfs", "davfs", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.rclone"]
)  # fmt: skip
_FIRST_WAIT_SECONDS, _MAX_WAIT_SECONDS = 0.000_2, 0.02


def _unescape(text: str) -> str:
    for code in ("\\040", "\\011", "\\012", "\\134"):
        text = text.replace(code, chr(int(code[1:], 8)))
    return text


def file_system(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """The type of the file system that holds `path`, or "" where that cannot be told."""
    where = os.path.realpath(path)
    best, kind = -1, ""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        left, _, right = line.partition(" - ")
        fields = left.split()
        if len(fields) < 5 or not right:
            continue
        point = _unescape(fields[4])
        inside = where == point or where.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:
            best, kind = len(point), right.split()[0]
    return kind


def refuse_network(path: Path) -> None:
    """Raise LedgerError where the ledger would lie on a network file system."""
    kind = file_system(path)
    if kind in _NETWORK:
        raise LedgerError(
            f"{path} lies on a network file system ({kind}); locks and syncs fail there.",
            hint="Put the case folder on a local disk.",
        )


def holder(inode: int) -> str:
    """Who holds a lock on the file with this inode: "pid 12 (name, stopped)", or ""."""
    try:
        lines = Path("/proc/locks").read_text("ascii").splitlines()
    except OSError:
        return ""
    for line in lines:
        fields = line.split()
        if len(fields) < 8 or "->" in fields or fields[5].rpartition(":")[2] != str(inode):
            continue
        return _describe(fields[4])
    return ""


def _describe(pid: str) -> str:
    try:
        status = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return f"pid {pid}"
    name = status[status.find("(") + 1 : status.rfind(")")]
    state = status[status.rfind(")") + 2 :][:1]
    return f"pid {pid} ({name}{', stopped' if state in ('T', 't') else ''})"


@contextmanager
def exclusive(handle: int, path: Path, timeout: float) -> Iterator[None]:
    """Hold the exclusive lock of an open file; raises LedgerError naming the holder on time-out."""
    deadline = time.monotonic() + timeout
    wait = _FIRST_WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                raise LedgerError(
                    f"{path} cannot be locked here: {error.strerror}.",
                    hint="Put the case folder on a local disk that supports file locks.",
                ) from error
        if time.monotonic() >= deadline:
            by = holder(os.fstat(handle).st_ino)
            raise LedgerError(
                f"{path} has been locked for {timeout:g} s by {by or 'another process'}.",
                hint="Wait, or end that process if it hangs; then try again. Your draft is kept.",
            )
        time.sleep(wait)
        wait = min(wait * 1.5, _MAX_WAIT_SECONDS)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)
