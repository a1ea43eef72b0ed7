"""The filter of system calls: its bytes by an interpreter, for both machines, and in a process."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.workers.sandbox import landlock_abi
from workbench.workers.seccomp import (
    ALLOW,
    ENOSYS,
    EPERM,
    ERROR,
    KILL_PROCESS,
    filter_program,
    machines,
)

PID = 4242
MACHINES = sorted(machines())
NEVER = ("socket", "connect", "execve", "ptrace", "mount", "io_uring_setup", "process_vm_readv",
         "setns", "symlinkat", "linkat", "memfd_create", "bpf")  # fmt: skip


def verdict(program: bytes, audit: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What the kernel would do: a machine of one register over the call's data."""
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, audit, 0, *padded)
    steps = list(struct.iter_unpack("<HBBI", program))
    register, at = 0, 0
    while True:
        code, true, false, value = steps[at]
        at += 1
        if code == 0x20:
            (register,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return int(value)
        else:
            met = {0x15: register == value, 0x35: register >= value, 0x45: bool(register & value)}
            at += true if met[code] else false


def judged(name: str, call: str, *arguments: int) -> int:
    machine = machines()[name]
    program = filter_program(machine, PID)
    return verdict(program, machine.audit, machine.calls[call][0], arguments)


@pytest.mark.parametrize("name", MACHINES)
def test_every_listed_call_has_its_verdict(name: str) -> None:
    expected = {"allow": ALLOW, "refuse": ERROR | EPERM}
    for call, (_, what) in machines()[name].calls.items():
        if what in expected:
            assert judged(name, call) == expected[what], call
    assert all(machines()[name].calls[call][1] == "refuse" for call in NEVER)


@pytest.mark.parametrize("name", MACHINES)
def test_threads_but_no_processes_and_signals_to_oneself(name: str) -> None:
    thread, process = 0x003D0F00, 0x01200011
    assert judged(name, "clone", thread) == ALLOW
    assert judged(name, "clone", process) == ERROR | EPERM
    assert judged(name, "tgkill", PID, 7, 6) == ALLOW
    assert judged(name, "tgkill", PID - 1, 7, 6) == ERROR | EPERM
    assert judged(name, "kill", 1, 9) == ERROR | EPERM


@pytest.mark.parametrize("name", MACHINES)
def test_only_harmless_forms_pass(name: str) -> None:
    assert judged(name, "ioctl", 0, 0x5401) == ALLOW
    assert judged(name, "ioctl", 0, 0x5412) == ERROR | EPERM  # types into the terminal
    assert judged(name, "prctl", 15, 1) == ALLOW
    assert judged(name, "prctl", 4, 1) == ERROR | EPERM  # dumps of memory
    assert judged(name, "prlimit64", 0, 7, 0, 99) == ALLOW
    assert judged(name, "prlimit64", 0, 7, 1 << 40, 0) == ERROR | EPERM
    assert judged(name, "prlimit64", 1, 7, 0, 99) == ERROR | EPERM


@pytest.mark.parametrize("name", MACHINES)
@given(st.integers(0, 2**32 - 1))
def test_what_is_not_listed_does_not_exist(name: str, number: int) -> None:
    machine = machines()[name]
    listed = {one for one, _ in machine.calls.values()}
    if number not in listed:
        assert verdict(filter_program(machine, PID), machine.audit, number) == ERROR | ENOSYS


@pytest.mark.parametrize("name", MACHINES)
def test_numbers_of_another_machine_end_the_process(name: str) -> None:
    machine = machines()[name]
    program = filter_program(machine, PID)
    for audit in (0x40000003, *(one.audit for one in machines().values() if one is not machine)):
        assert verdict(program, audit, machine.calls["read"][0]) == KILL_PROCESS
    if machine.x32:
        read = 0x40000000 | machine.calls["read"][0]
        assert verdict(program, machine.audit, read) == ERROR | ENOSYS


def test_numbers_are_the_kernels() -> None:
    x86, arm = (machines()[name].calls for name in ("x86_64", "aarch64"))
    known = {
        "read": (0, 63), "openat": (257, 56), "clone": (56, 220), "execve": (59, 221),
        "socket": (41, 198), "futex": (202, 98), "mmap": (9, 222), "ptrace": (101, 117),
    }  # fmt: skip
    for call, numbers in known.items():
        assert (x86[call][0], arm[call][0]) == numbers
    for calls in (x86, arm):
        numbers_used = [number for number, _ in calls.values()]
        assert len(set(numbers_used)) == len(numbers_used)
    assert "clone3" not in x86  # its flags cannot be read: libraries then use clone


PROBE = """
import ctypes, json, os, signal, socket, subprocess, sys, threading
from workbench.workers import sandbox
sandbox.enter([], [])
libc = ctypes.CDLL(None, use_errno=True)
outcome = {}
def attempt(name, act):
    try:
        act()
        outcome[name] = "done"
    except BaseException as error:
        outcome[name] = type(error).__name__
def call(number, *rest):
    if libc.syscall(number, *rest) < 0:
        raise OSError(ctypes.get_errno(), "x")
def started():
    thread = threading.Thread(target=outcome.get, args=("x",))
    thread.start()
    thread.join()
attempt("thread", started)
attempt("fork", os.fork)
attempt("spawn", lambda: subprocess.run(["/bin/true"]))
attempt("socket", socket.socket)
attempt("socketpair", socket.socketpair)
attempt("kill_parent", lambda: os.kill(os.getppid(), 0))
attempt("kill_itself", lambda: os.kill(os.getpid(), 0))
attempt("ptrace", lambda: call(101, 0, 0, 0, 0))
attempt("io_uring", lambda: call(425, 4, 0))
attempt("dumpable", lambda: call(157, 4, 1, 0, 0, 0))
attempt("memfd", lambda: os.memfd_create("x"))
attempt("unknown", lambda: call(9999))
attempt("symlink", lambda: os.symlink("a", "/tmp/b"))
print(json.dumps(outcome))
"""


@pytest.mark.skipif(landlock_abi() < 1, reason="this kernel has no Landlock")
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="its numbers are those of x86_64")
def test_a_worker_starts_threads_and_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE], capture_output=True, text=True, timeout=60, check=True
    )
    outcome = json.loads(done.stdout)
    assert {name for name, told in outcome.items() if told == "done"} == {"thread", "kill_itself"}
