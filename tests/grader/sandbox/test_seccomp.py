"""The filter of system calls: what it allows on each machine, by running it as the kernel would."""

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

from rnnlm_grader.sandbox import bubblewrap, choice, seccomp

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
FORK_FLAGS = 0x01200011  # of the C library's fork: SIGCHLD, CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID
THREAD_FLAGS = 0x003D0F00  # of its pthread_create
ABSENT = seccomp.FAIL_WITH | errno.ENOSYS
# New processes, other ones, other places, memory that stays; what the kernel keeps for all of a machine, such as what
# it holds of a file, by which a worker could tell a later one what it saw; and parts of the kernel where attacks begin.
ATTACKS = """
    clone3 fork vfork ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd unshare setns mount open_tree
    socket socketpair shmget semget msgget mq_open memfd_create pipe pipe2 mincore preadv2 fadvise64 readahead
    cachestat flock inotify_init1 getrusage move_pages mbind name_to_handle_at statmount sched_setaffinity ioprio_set
    bpf perf_event_open userfaultfd fanotify_init io_setup io_uring_setup keyctl add_key personality modify_ldt iopl
    chmod fchmodat chown utimensat setxattr init_module kexec_load syslog settimeofday sethostname
"""


@pytest.fixture(params=sorted(seccomp.AUDIT_ARCH))
def machine(request):
    return request.param


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


def test_what_is_allowed_goes_through_and_nothing_else_is_there(machine):
    known = {seccomp.CLONE[machine], *(seccomp.number_on(machine, call) for call in seccomp.LIMITED.values())}
    allowed = set(seccomp.allowed(machine).values())
    assert not allowed & known
    for number in {*range(1000), seccomp.X32 - 1} - known:  # Linux has not yet 500
        assert (verdict(machine, number) == seccomp.ALLOW) == (number in allowed), number
        assert verdict(machine, number) in (seccomp.ALLOW, ABSENT)


def test_what_attacks_begin_with_is_not_allowed():
    assert not seccomp.ALLOWED.keys() & set(ATTACKS.split())


def test_a_thread_may_begin_and_a_process_may_not(machine):
    clone = seccomp.CLONE[machine]
    assert verdict(machine, clone, THREAD_FLAGS) == seccomp.ALLOW
    for flags in (0, FORK_FLAGS, 0x4111, THREAD_FLAGS | 0x10000000, 0x10000011):  # also with a user namespace
        assert verdict(machine, clone, flags) == ABSENT
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
    *numbers, argument, _ = seccomp.LIMITED[name]
    where = "second" if argument == seccomp.SECOND_ARGUMENT else "third"
    found = {value: verdict(machine, seccomp.number_on(machine, numbers), **{where: value}) for value in TRIED[name]}
    assert {value for value, what in found.items() if what == seccomp.ALLOW} == MAY[name]
    assert {what for value, what in found.items() if value not in MAY[name]} == {ABSENT}


@pytest.mark.parametrize("name", seccomp.LIMITED)
def test_podman_is_told_the_same(machine, name):
    profile = seccomp.profile(machine)
    rules = [rule for rule in profile["syscalls"] if rule["names"] == (name,)]
    assert {rule["action"] for rule in rules} == {"SCMP_ACT_ALLOW"}
    assert (profile["defaultAction"], profile["defaultErrnoRet"]) == ("SCMP_ACT_ERRNO", errno.ENOSYS)
    tests = [test for rule in rules for test in rule["args"]]
    assert {test["index"] for test in tests} == {2 if name == "madvise" else 1}
    assert {test["op"] for test in tests} == {"SCMP_CMP_MASKED_EQ"}

    def is_allowed(value):
        return any(value & test["value"] == test["valueTwo"] for test in tests)

    assert {value for value in TRIED[name] if is_allowed(value)} == MAY[name]


def test_another_architecture_ends_the_process(machine):
    assert verdict(machine, 1, architecture=0x40000003) == seccomp.KILL_PROCESS  # i386, by int 0x80
    assert verdict(machine, seccomp.X32 | 57) == seccomp.KILL_PROCESS
    assert verdict(machine, 0xFFFFFFFF) == seccomp.KILL_PROCESS


def test_the_numbers_are_those_of_the_kernel(machine):
    if not HEADERS[machine].exists():
        pytest.skip(f"{HEADERS[machine]} isn't here")
    lines = re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text(), re.MULTILINE)
    numbers = {name: int(number) for name, number in lines}
    numbers["newfstatat"] = numbers.get("newfstatat", numbers.get("fstatat"))  # has two names
    table = seccomp.ALLOWED | seccomp.LIMITED
    assert {name: numbers.get(name) for name in table} == {
        name: seccomp.number_on(machine, both) for name, both in table.items()
    }
    assert numbers["clone"] == seccomp.CLONE[machine]


def test_a_machine_without_a_table_has_no_filter_and_that_is_recorded(monkeypatch):
    assert seccomp.program("riscv64") is None
    monkeypatch.setattr(bubblewrap, "FILTER", None)
    assert bubblewrap.FILTER_FD not in choice.command("bwrap")[0]
    assert choice.described("bwrap") == "bwrap, without a filter of system calls"


def test_numpy_and_threads_work_and_the_kernel_has_no_other_call():
    with begun(INSIDE) as candidate:
        look_round(candidate)
