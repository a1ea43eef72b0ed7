"""The system calls that a worker may make, as a filter program for the kernel.

What is not listed does not exist (ENOSYS), so that libraries fall back as on an older kernel; what
is listed as refused is not permitted (EPERM). Nothing is killed but a process that calls by another
machine's numbers. Of some calls only harmless forms are let through: threads but no processes,
signals to oneself, no terminal input, no new limits.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_LIST = Path(__file__).with_name("syscalls.txt")

ALLOW, KILL_PROCESS, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS = 1, 38
_LOAD, _JUMP_EQUAL, _JUMP_GE, _JUMP_SET, _GIVE = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT = 0, 4
_X32 = 0x40000000  # calls of the x32 form, by other numbers

_CLONE_THREAD = 0x00010000
# What files, threads and the interpreter ask a descriptor: TCGETS TIOCGWINSZ FIONREAD FIONBIO
# FIONCLEX FIOCLEX.
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# PR_SET_NAME PR_GET_NAME PR_CAPBSET_READ, and a name for a range of memory.
_PRCTLS = (15, 16, 23, 0x53564D41)

Step = tuple[int, int, int, int]


@dataclass(frozen=True)
class Machine:
    """One kind of processor: the kernel's name for it and the numbers of its calls."""

    audit: int
    calls: Mapping[str, tuple[int, str]]  # the call to its number, and what becomes of it
    x32: bool = False


@lru_cache(maxsize=1)
def machines() -> dict[str, Machine]:
    """The machines that there is a list for, as `platform.machine` names them."""
    rows = [
        line.split()
        for line in _LIST.read_text(encoding="ascii").splitlines()
        if line and not line.startswith("#")
    ]
    x86, arm = (
        {row[0]: (int(row[column]), row[3]) for row in rows if row[column] != "-"}
        for column in (1, 2)
    )
    return {
        "x86_64": Machine(0xC000003E, x86, x32=True),
        "aarch64": Machine(0xC00000B7, arm),
    }


def filter_program(machine: Machine, pid: int) -> bytes:
    """The filter for a process of this id, as the kernel reads it (little-endian)."""
    steps: list[Step] = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_JUMP_EQUAL, 1, 0, machine.audit),
        (_GIVE, 0, 0, KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine.x32:
        steps += [(_JUMP_GE, 0, 1, _X32), (_GIVE, 0, 0, ERROR | ENOSYS)]
    for name, (number, what) in machine.calls.items():
        rule = _rule(name, what, pid)
        steps += [(_JUMP_EQUAL, 0, len(rule), number), *rule]
    steps.append((_GIVE, 0, 0, ERROR | ENOSYS))
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def _rule(name: str, what: str, pid: int) -> list[Step]:
    if what == "allow":
        return [(_GIVE, 0, 0, ALLOW)]
    if what == "refuse":
        return [(_GIVE, 0, 0, ERROR | EPERM)]
    if name == "clone":
        return [_argument(0), (_JUMP_SET, 1, 0, _CLONE_THREAD), *_refuse_or_allow()]
    if name in ("kill", "tgkill"):
        return _one_of(0, (pid,))
    if name == "ioctl":
        return _one_of(1, _IOCTLS)
    if name == "prctl":
        return _one_of(0, _PRCTLS)
    # prlimit64 of a process's own limits, which reads them: no new ones are given.
    return [
        _argument(0), (_JUMP_EQUAL, 0, 4, 0),
        _argument(2), (_JUMP_EQUAL, 0, 2, 0),
        _argument(2, high=True), (_JUMP_EQUAL, 1, 0, 0),
        *_refuse_or_allow(),
    ]  # fmt: skip


def _argument(place: int, *, high: bool = False) -> Step:
    return _LOAD, 0, 0, 16 + 8 * place + 4 * high


def _refuse_or_allow() -> list[Step]:
    return [(_GIVE, 0, 0, ERROR | EPERM), (_GIVE, 0, 0, ALLOW)]


def _one_of(place: int, values: tuple[int, ...]) -> list[Step]:
    """Allow where the lower half of an argument, which is all that is read of it, is listed."""
    left = len(values)
    tests = [(_JUMP_EQUAL, left - at, 0, value) for at, value in enumerate(values)]
    return [_argument(place), *tests, *_refuse_or_allow()]


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def apply(libc: ctypes.CDLL, program: bytes) -> bool:
    """Put this process, and all threads that it starts from now on, behind a filter for good.

    The caller has given up new privileges. False where the kernel has no such filters.
    """
    buffer = ctypes.create_string_buffer(program, len(program))
    given = _Program(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    set_seccomp, mode_filter = 22, 2
    return int(libc.prctl(set_seccomp, mode_filter, ctypes.byref(given), 0, 0)) == 0
