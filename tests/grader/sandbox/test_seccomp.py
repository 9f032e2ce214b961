"""The filter of system calls: what it refuses on each machine, by running it as the kernel would."""

import errno
import fcntl
import mmap
import re
import struct
import termios
from pathlib import Path

import pytest
from support.inside import INSIDE, look_round
from support.workers import begun

from rnnlm_grader.sandbox import bubblewrap as sandbox
from rnnlm_grader.sandbox import seccomp

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
FORK_FLAGS = 0x01200011  # of the C library's fork: SIGCHLD, CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID
THREAD_FLAGS = 0x003D0F00  # of its pthread_create


@pytest.fixture(params=sorted(seccomp.AUDIT_ARCH))
def machine(request):
    return request.param


def number_on(machine, numbers):
    """The number that a machine has for a system call of the table."""
    return numbers[list(seccomp.AUDIT_ARCH).index(machine)]


def verdict(machine, number, first=0, architecture=None, second=0, third=0):
    """Run the filter on one system call."""
    data = struct.pack("=IIQ6Q", number, architecture or seccomp.AUDIT_ARCH[machine], 0, first, second, third, *[0] * 3)
    program = list(seccomp.INSTRUCTION.iter_unpack(seccomp.program(machine)))
    at, loaded = 0, None
    while True:
        code, yes, no, value = program[at]
        if code == seccomp.RETURN:
            return value
        if code == seccomp.LOAD:
            (loaded,) = struct.unpack_from("=I", data, value)
            at += 1
        else:
            holds = {
                seccomp.EQUAL: loaded == value,
                seccomp.AT_LEAST: loaded >= value,
                seccomp.ANY_BIT: bool(loaded & value),
            }[code]
            at += 1 + (yes if holds else no)


def test_what_is_refused_fails_and_everything_else_goes_through(machine):
    refused = seccomp.refused(machine).values()
    special = {
        seccomp.CLONE[machine],
        seccomp.CLONE3[machine],
        *(number_on(machine, call) for call in seccomp.LIMITED.values()),
    }
    for number in set(range(seccomp.UNREVIEWED)) - special:
        expected = seccomp.FAIL_WITH | errno.EPERM if number in refused else seccomp.ALLOW
        assert verdict(machine, number) == expected, number
    assert verdict(machine, seccomp.CLONE3[machine]) == seccomp.FAIL_WITH | errno.ENOSYS


def test_calls_that_are_newer_than_the_tables_are_not_there(machine):
    newer = {verdict(machine, number) for number in (*range(seccomp.UNREVIEWED, 600), seccomp.X32 - 1)}
    assert newer == {seccomp.FAIL_WITH | errno.ENOSYS}


def test_a_thread_may_begin_and_a_process_may_not(machine):
    clone = seccomp.CLONE[machine]
    assert verdict(machine, clone, THREAD_FLAGS) == seccomp.ALLOW
    for flags in (0, FORK_FLAGS, 0x4111, THREAD_FLAGS | 0x10000000, 0x10000011):  # also with a user namespace
        assert verdict(machine, clone, flags) == seccomp.FAIL_WITH | errno.EPERM
    assert verdict(machine, clone, THREAD_FLAGS | 1 << 40) == seccomp.ALLOW  # the kernel ignores the upper half too


TRIED = {
    "fcntl": (*range(1100), 2**31),
    "ioctl": (*range(0x5400, 0x5500), 0, 0x6628, 0xC020660B, 0xC020662A),
    "madvise": (*range(110), 2**31),
    "futex": [op for op in range(512) if not op & 0x70],
}
MAY = {  # by the names that Python has for them
    "fcntl": {fcntl.F_DUPFD, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL, fcntl.F_DUPFD_CLOEXEC},
    "ioctl": {termios.TCGETS, termios.TIOCGWINSZ, termios.FIONREAD, termios.FIONBIO, termios.FIONCLEX, termios.FIOCLEX},
    "madvise": {value for name, value in vars(mmap).items() if name.startswith("MADV_")}
    - {mmap.MADV_WILLNEED, mmap.MADV_REMOVE, mmap.MADV_MERGEABLE, mmap.MADV_HWPOISON, mmap.MADV_UNMERGEABLE}
    | {18, 19},  # MADV_WIPEONFORK, _KEEPONFORK
    "futex": {0, 9, 256, 265, *(op for op in TRIED["futex"] if op & 128)},
}


@pytest.mark.parametrize("name", seccomp.LIMITED)
def test_a_call_may_do_what_concerns_its_process_and_nothing_that_others_see(machine, name):
    *numbers, argument, _, error = seccomp.LIMITED[name]
    where = "second" if argument == seccomp.SECOND_ARGUMENT else "third"
    found = {value: verdict(machine, number_on(machine, numbers), **{where: value}) for value in TRIED[name]}
    assert {value for value, what in found.items() if what == seccomp.ALLOW} == MAY[name]
    assert {what for value, what in found.items() if value not in MAY[name]} == {seccomp.FAIL_WITH | error}


@pytest.mark.parametrize("name", seccomp.LIMITED)
def test_podman_is_told_the_same(machine, name):
    rules = [rule for rule in seccomp.profile(machine)["syscalls"] if rule["names"] == [name]]
    assert {rule["errnoRet"] for rule in rules} == {seccomp.LIMITED[name][4]}
    assert len(rules) < 600  # a filter holds some thousand instructions
    tests = [test for rule in rules for test in rule["args"]]
    assert {test["index"] for test in tests} == {2 if name == "madvise" else 1}

    def is_refused(value):
        return any(
            value == test["value"] if test["op"] == "SCMP_CMP_EQ" else value & test["value"] == test["valueTwo"]
            for test in tests
        )

    assert {value for value in TRIED[name] if not is_refused(value)} == MAY[name]


def test_another_architecture_ends_the_process(machine):
    assert verdict(machine, 1, architecture=0x40000003) == seccomp.KILL_PROCESS  # i386, by int 0x80
    assert verdict(machine, seccomp.X32 | 57) == seccomp.KILL_PROCESS
    assert verdict(machine, 0xFFFFFFFF) == seccomp.KILL_PROCESS


def test_the_numbers_are_those_of_the_kernel(machine):
    if not HEADERS[machine].exists():
        pytest.skip(f"{HEADERS[machine]} isn't here")
    lines = re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text(), re.MULTILINE)
    numbers = {name: int(number) for name, number in lines}
    newest = max(number for name, number in numbers.items() if name != "syscalls")
    table = seccomp.REFUSED | seccomp.LIMITED
    refused = {name: number_on(machine, both) for name, both in table.items()}
    newer = {name: number for name, number in refused.items() if (number or 0) > newest}  # than these headers
    assert {name: numbers.get(name) for name in table} | newer == refused
    assert len(newer) < 6
    assert (numbers["clone"], numbers["clone3"]) == (seccomp.CLONE[machine], seccomp.CLONE3[machine])


def test_a_machine_without_a_table_has_no_filter_and_that_is_recorded(monkeypatch):
    assert seccomp.program("riscv64") is None
    monkeypatch.setattr(sandbox, "FILTER", None)
    assert sandbox.FILTER_FD not in sandbox.command("bwrap")[0]
    assert sandbox.described("bwrap") == "bwrap, without a filter of system calls"


def test_numpy_and_threads_work_and_the_kernel_refuses_every_call_of_the_table():
    with begun(INSIDE) as candidate:
        look_round(candidate)
