"""The system calls that a worker may make: what Python and NumPy need. Any other isn't there, whatever Linux gets.

The kernel runs this filter, a small program of its classic BPF machine, at each system call of the worker; nothing can
take it off again. Bubblewrap loads it (`--seccomp FD`) just before it starts the worker. It holds for root too, whom
RLIMIT_NPROC doesn't bind. A call that isn't there fails with ENOSYS, for which the C library tries an older one.
Sources: Linux's include/uapi/linux/{seccomp,filter,bpf_common,audit,sched}.h for the constants,
arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h for the numbers.
"""

import errno
import itertools
import struct
from collections.abc import Sequence
from typing import TypeAlias, TypeVar

# Classic BPF, `struct sock_filter`: what to do, where to go on if so and if not (instructions skipped), with what.
INSTRUCTION = struct.Struct("=HBBI")
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# Where `struct seccomp_data` holds what is asked; of the first argument, the lower half (both machines: little-endian).
NUMBER, ARCHITECTURE, FIRST_ARGUMENT, SECOND_ARGUMENT, THIRD_ARGUMENT = 0, 4, 16, 24, 32
ALLOW, KILL_PROCESS, FAIL_WITH = 0x7FFF0000, 0x80000000, 0x00050000

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32 = 0x40000000  # the bit that marks a call of x86_64's second, 32-bit table
CLONE_THREAD = 0x00010000
CLONE_NEW = 0x7E020000  # namespaces of its own

# Begins a thread, and by `os.fork` a process, which `program` doesn't let through. Of clone3 the flags are out of sight
# in memory: it isn't there, and the C library calls this one.
CLONE = {"x86_64": 56, "aarch64": 220}
LIMITED = {  # name: (number on x86_64, on aarch64, which argument tells what is done, what may be)
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC. Others would see locks, leases, notices, sizes of
    # pipes and the hints that Linux keeps for a file of this machine; and signals would go to whom it is told.
    "fcntl": (72, 25, SECOND_ARGUMENT, (0, 1, 2, 3, 4, 1030)),
    # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: what Python asks of a descriptor. File systems answer
    # and forget by it what they know of a file of this machine, such as where its parts lie (EXT4_IOC_CLEAR_ES_CACHE).
    "ioctl": (16, 29, SECOND_ARGUMENT, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),
    # What concerns this process alone. The rest reads files ahead, drops them from memory, and merges memory.
    "madvise": (28, 233, THIRD_ARGUMENT, (0, 1, 2, 4, 8, 10, 11, 14, 15, 16, 17, 18, 19)),
    # FUTEX_WAIT and FUTEX_WAIT_BITSET, also by the clock of the day, which end of a thread needs; and all with the bit
    # of FUTEX_PRIVATE_FLAG. Others would learn of a wake how many wait at a place of a file that they share.
    "futex": (202, 98, SECOND_ARGUMENT, (0, 9, 256, 265)),
}
Line: TypeAlias = str | tuple[int, int] | tuple[int, int, str | None, str | None]  # see `assembled`
Number = TypeVar("Number", int, int | None)
PRIVATE = {"futex": 128}  # a bit of the argument with which anything may be done
ALLOWED = {  # name: (number on x86_64, on aarch64); None where there is no such call
    # reading, writing and waiting
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "preadv": (295, 69),
    "pwritev": (296, 70),
    "lseek": (8, 62),
    "sendfile": (40, 71),
    "close": (3, 57),
    "close_range": (436, 436),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "epoll_create": (213, None),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "eventfd": (284, None),
    "eventfd2": (290, 19),
    # files and folders
    "open": (2, None),
    "openat": (257, 56),
    "openat2": (437, 437),
    "creat": (85, None),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "getdents": (78, None),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "truncate": (76, 45),
    "ftruncate": (77, 46),
    "fallocate": (285, 47),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "umask": (95, 166),
    # memory
    "brk": (12, 214),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "msync": (26, 227),
    # threads, signals and the end
    "execve": (59, 221),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "set_tid_address": (218, 96),
    "set_robust_list": (273, 99),
    "get_robust_list": (274, 100),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126),
    "getpriority": (140, 141),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136),
    "rt_sigsuspend": (130, 133),
    "rt_sigtimedwait": (128, 137),
    "restart_syscall": (219, 128),
    "sigaltstack": (131, 132),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "pause": (34, None),
    # clocks
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "alarm": (37, None),
    "getitimer": (36, 102),
    "setitimer": (38, 103),
    "timer_create": (222, 107),
    "timer_settime": (223, 110),
    "timer_gettime": (224, 108),
    "timer_getoverrun": (225, 109),
    "timer_delete": (226, 111),
    "timerfd_create": (283, 85),
    "timerfd_settime": (286, 86),
    "timerfd_gettime": (287, 87),
    # who and where it is
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getpgrp": (111, None),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getgroups": (115, 158),
    "capget": (125, 90),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getcpu": (309, 168),
    "getrlimit": (97, 163),
    "setrlimit": (160, 164),
    "prlimit64": (302, 261),
    "prctl": (157, 167),
    "arch_prctl": (158, None),
    "getrandom": (318, 278),
}


def number_on(machine: str, numbers: Sequence[Number]) -> Number:
    """The number that a machine, such as 'x86_64', has for a call of the tables; None where there is no such call."""
    return dict(zip(AUDIT_ARCH, numbers, strict=False))[machine]


def allowed(machine: str) -> dict[str, int]:
    """The calls of ALLOWED that there are on a machine: name → number."""
    on_machine = {name: number_on(machine, numbers) for name, numbers in ALLOWED.items()}
    return {name: number for name, number in on_machine.items() if number is not None}


def program(machine: str) -> bytes | None:
    """Return the filter for a machine, as `struct sock_filter[]`; None for one whose calls aren't in the table here."""
    if machine not in AUDIT_ARCH:
        return None
    return assembled(
        [
            (LOAD, ARCHITECTURE),
            (EQUAL, AUDIT_ARCH[machine], None, "kill"),  # on x86_64, 32-bit calls would come with another one
            (LOAD, NUMBER),
            (AT_LEAST, X32, "kill", None),
            (EQUAL, CLONE[machine], None, "no clone"),
            (LOAD, FIRST_ARGUMENT),
            (ANY_BIT, CLONE_NEW, "absent", None),
            (ANY_BIT, CLONE_THREAD, "allow", "absent"),
            "no clone",
            *itertools.chain.from_iterable(allowing(name, machine) for name in LIMITED),
            *((EQUAL, number, "allow", None) for number in allowed(machine).values()),
            "absent",
            (RETURN, FAIL_WITH | errno.ENOSYS),
            "allow",
            (RETURN, ALLOW),
            "kill",
            (RETURN, KILL_PROCESS),
        ]
    )


def allowing(name: str, machine: str) -> list[Line]:
    """The lines that let a call of LIMITED do what it may, for `assembled`."""
    *numbers, argument, values = LIMITED[name]
    return [
        (EQUAL, number_on(machine, numbers), None, f"no {name}"),
        (LOAD, argument),
        *([(ANY_BIT, PRIVATE[name], "allow", None)] if name in PRIVATE else []),
        *((EQUAL, value, "allow", None) for value in values),
        (RETURN, FAIL_WITH | errno.ENOSYS),
        f"no {name}",
    ]


def assembled(lines: Sequence[Line]) -> bytes:
    """Turn labels and lines into instructions: (code, value), or (code, value, label if so, label if not).

    Where there is no label, the next line follows.
    """
    places, count = {}, 0
    for line in lines:
        if isinstance(line, str):
            places[line] = count
        else:
            count += 1
    program = b""
    for at, (code, value, *labels) in enumerate(line for line in lines if not isinstance(line, str)):
        jumps = [places[label] - at - 1 if label else 0 for label in labels] or (0, 0)
        program += INSTRUCTION.pack(code, *jumps, value)
    return program


def profile(machine: str) -> dict[str, object]:
    """Return the same in the form that podman reads, which leaves the filter itself to libseccomp."""

    def allow(*names: str, **more: object) -> dict[str, object]:
        return {"names": names, "action": "SCMP_ACT_ALLOW", **more}

    def masked(argument: int, bits: int, value: int) -> dict[str, object]:
        index = (argument - FIRST_ARGUMENT) // 8
        return {"index": index, "op": "SCMP_CMP_MASKED_EQ", "value": bits, "valueTwo": value}

    is_thread = masked(FIRST_ARGUMENT, CLONE_NEW | CLONE_THREAD, CLONE_THREAD)
    limited = [
        (name, test)
        for name, (*_, argument, values) in LIMITED.items()
        for test in [
            *(masked(argument, 0xFFFFFFFF, value) for value in values),
            *([masked(argument, PRIVATE[name], PRIVATE[name])] if name in PRIVATE else []),
        ]
    ]
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": errno.ENOSYS,
        "architectures": [f"SCMP_ARCH_{machine.upper()}"],  # calls of another one end the process
        "syscalls": [
            allow(*allowed(machine)),
            allow("clone", args=[is_thread]),
            *(allow(name, args=[test]) for name, test in limited),
        ],
    }
