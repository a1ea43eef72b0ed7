"""Runs a part of a battery as an ordinary user: file modes mean nothing to root."""

from __future__ import annotations

import codecs
import multiprocessing.pool
import multiprocessing.popen_fork
import multiprocessing.queues
import multiprocessing.synchronize
import os
import traceback
from collections.abc import Callable
from pathlib import Path

NOBODY = 65_534
# Imported late, these would lie where an ordinary user cannot read.
_EARLY = (multiprocessing.pool, multiprocessing.popen_fork, multiprocessing.queues,
          multiprocessing.synchronize, codecs.lookup("ascii"))  # fmt: skip


def reachable(folder: Path) -> None:
    """Let everybody pass through the folders above a temporary one."""
    for above in (folder, *folder.parents):
        if above not in (Path("/"), Path("/tmp")) and above.stat().st_uid == os.getuid():
            above.chmod(above.stat().st_mode | 0o011)


def hand_over(folder: Path, uid: int = NOBODY) -> None:
    """Give a folder and all that is in it to a user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)


def run_as(
    act: Callable[[], str], uid: int = NOBODY, *, groups: tuple[int, ...] = (), umask: int = 0o022
) -> str:
    """What `act` returns, called in a child that is this user; AssertionError where it fails.

    Where this process is not root the child is of the same user.
    """
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        code, words = 1, "died"
        try:
            if os.getuid() == 0:
                os.setgroups(groups)
                os.setgid(uid)
                os.setuid(uid)
            os.umask(umask)
            words = act()
            code = 0
        except BaseException:
            words = traceback.format_exc()
        finally:
            os.write(target, words.encode()[-60_000:])
            os._exit(code)
    os.close(target)
    with open(source, "rb") as found:
        words = found.read().decode()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code == 0, words
    return words
