"""Puts the calling process behind Landlock, seccomp and resource limits: no engine is imported.

It must run before the engine starts its threads: both mechanisms bind the calling thread and the
threads it starts later, not those that exist already. Where the kernel lacks them the limits that
remain are named in the returned `Isolation`, never silently left out.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.workers import seccomp

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446

_EXECUTE, _WRITE, _READ, _READ_DIR = 1, 2, 4, 8
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK, _MAKE_SYM = 64, 512, 2048, 4096
_TRUNCATE = 16384
_NEVER = _EXECUTE | _MAKE_CHAR | _MAKE_SOCK | _MAKE_BLOCK | _MAKE_SYM
_FILE_RIGHTS = _EXECUTE | _WRITE | _READ | _TRUNCATE

# What the interpreter and the engine must read to work at all; DuckDB aborts where
# /sys/fs/cgroup answers "permission denied".
_SYSTEM_PATHS = (
    "/usr", "/lib", "/lib64", "/proc/self", "/proc/meminfo", "/proc/stat", "/proc/cpuinfo",
    "/sys/fs/cgroup", "/sys/devices/system/cpu", "/dev/urandom", "/etc/localtime",
)  # fmt: skip


@dataclass(frozen=True)
class Isolation:
    """What holds around this process; `missing` names what the host could not give."""

    landlock: int
    seccomp: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """The walls that are not there."""
        walls = []
        if self.landlock < 1:
            walls.append("Landlock")
        if not self.seccomp:
            walls.append("seccomp")
        return tuple(walls)

    @property
    def words(self) -> str:
        """For the status line."""
        return f"reduced isolation: no {' or '.join(self.missing)}" if self.missing else "sandboxed"


_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def landlock_abi() -> int:
    """The kernel's Landlock version; below 1 where there is none."""
    return int(_libc.syscall(_LANDLOCK_CREATE, None, 0, 1))


def _restrict_files(readonly: Iterable[Path], writable: Iterable[Path]) -> int:
    abi = landlock_abi()
    if abi < 1:
        return 0
    highest = 12 if abi == 1 else 13 if abi == 2 else 14 if abi < 5 else 15
    every = (1 << (highest + 1)) - 1
    network = 3 if abi >= 4 else 0
    scoped = 3 if abi >= 6 else 0
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    attributes = struct.pack("QQQ", every, network, scoped)[:size]
    ruleset = _check(
        _libc.syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0), "Landlock rule set"
    )
    try:
        for paths, rights in ((readonly, _READ | _READ_DIR), (writable, every & ~_NEVER)):
            for path in paths:
                _allow(ruleset, path, rights & every)
        _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
        _check(_libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0), "Landlock")
    finally:
        os.close(ruleset)
    return abi


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, handle)
        _check(_libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0), f"Landlock rule for {path}")
    finally:
        os.close(handle)


def _filter_calls() -> bool:
    machine = seccomp.machines().get(platform.machine())
    if machine is None:
        return False
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    return seccomp.apply(_libc, seccomp.filter_program(machine, os.getpid()))


def _limit_resources(address_space_mib: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if address_space_mib:
        size = address_space_mib << 20
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 1024 if hard == resource.RLIM_INFINITY else min(1024, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, most), most))
    # A file that hits its limit shall be an error the engine reports, not a silent death.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def die_with_parent(parent: int) -> None:
    """Be killed when the thread that started this process ends; exit if it already has."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)


def enter(
    readonly: Iterable[Path], writable: Iterable[Path], *, address_space_mib: int = 0
) -> Isolation:
    """Restrict this process for good: files and system calls as given, no core dumps.

    `address_space_mib` 0 sets no address-space limit. Raises OSError where the kernel has a
    mechanism but refuses to apply it.
    """
    os.umask(0o077)
    _limit_resources(address_space_mib)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    interpreter = (Path(sys.prefix), Path(sys.base_prefix), Path(__file__).resolve().parents[1])
    system = (*map(Path, _SYSTEM_PATHS), *interpreter)
    abi = _restrict_files((*readonly, *system), writable)
    return Isolation(abi, _filter_calls())
