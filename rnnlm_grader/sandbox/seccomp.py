"""The system calls that a worker is refused: starting processes, whatever no answer needs and attacks do, and new ones.

The kernel runs this filter, a small program of its classic BPF machine, at each system call of the worker; nothing can
take it off again. Bubblewrap loads it (`--seccomp FD`) just before it starts the worker. It holds for root too, whom
RLIMIT_NPROC doesn't bind. Sources: Linux's include/uapi/linux/{seccomp,filter,bpf_common,audit,sched}.h for the
constants, arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h for the numbers.
"""

import errno
import functools
import itertools
import operator
import struct
from collections.abc import Sequence
from typing import TypeAlias

# Classic BPF, `struct sock_filter`: what to do, where to go on if so and if not (instructions skipped), with what.
INSTRUCTION = struct.Struct("=HBBI")
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# Where `struct seccomp_data` holds what is asked; of the first argument, the lower half (both machines: little-endian).
NUMBER, ARCHITECTURE, FIRST_ARGUMENT, SECOND_ARGUMENT, THIRD_ARGUMENT = 0, 4, 16, 24, 32
ALLOW, KILL_PROCESS, FAIL_WITH = 0x7FFF0000, 0x80000000, 0x00050000

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32 = 0x40000000  # the bit that marks a call of x86_64's second, 32-bit table
UNREVIEWED = 471  # the first number, on both machines, of calls that Linux got after the tables here were read
CLONE_THREAD = 0x00010000
CLONE_NEW = 0x7E020000  # namespaces of its own

# What `os.fork` calls nowadays; `program` lets it through for threads only.
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = {"x86_64": 435, "aarch64": 435}
LIMITED = {  # name: (number on x86_64, on aarch64, which argument tells what is done, what may be, else the error)
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC. Others would see locks, leases, notices, sizes of
    # pipes and the hints that Linux keeps for a file of this machine; and signals would go to whom it is told.
    "fcntl": (72, 25, SECOND_ARGUMENT, (0, 1, 2, 3, 4, 1030), errno.EPERM),
    # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: what Python asks of a descriptor. File systems answer
    # and forget by it what they know of a file of this machine, such as where its parts lie (EXT4_IOC_CLEAR_ES_CACHE).
    "ioctl": (16, 29, SECOND_ARGUMENT, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451), errno.ENOTTY),
    # What concerns this process alone. The rest reads files ahead, drops them from memory, and merges memory.
    "madvise": (28, 233, THIRD_ARGUMENT, (0, 1, 2, 4, 8, 10, 11, 14, 15, 16, 17, 18, 19), errno.EINVAL),
    # FUTEX_WAIT and FUTEX_WAIT_BITSET, also by the clock of the day, which end of a thread needs; and all with the bit
    # of FUTEX_PRIVATE_FLAG. Others would learn of a wake how many wait at a place of a file that they share.
    "futex": (202, 98, SECOND_ARGUMENT, (0, 9, 256, 265), errno.EPERM),
}
Line: TypeAlias = str | tuple[int, int] | tuple[int, int, str | None, str | None]  # see `assembled`
PRIVATE = {"futex": 128}  # a bit of the argument with which anything may be done
REFUSED = {  # name: (number on x86_64, on aarch64); None where there is no such call
    "fork": (57, None),
    "vfork": (58, None),
    # what has a number that counts up for the whole machine, by which a worker could tell a later one what it saw
    "pipe": (22, None),
    "pipe2": (293, 59),
    # into other processes, and out of the sandbox
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "tkill": (200, 130),
    "pidfd_send_signal": (424, 424),
    "unshare": (272, 97),
    "setns": (308, 268),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # to others: there is no network in the sandbox, and no socket either
    "socket": (41, 198),
    "socketpair": (53, 199),
    # memory that outlives what maps it, so that RLIMIT_AS doesn't count it
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # what other processes read or lock, by which a worker could tell another one what it saw
    "mincore": (27, 232),
    "preadv2": (327, 286),
    "pwritev2": (328, 287),
    "fadvise64": (221, 223),
    "readahead": (187, 213),
    "cachestat": (451, 451),
    "flock": (73, 32),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "io_setup": (206, 0),
    "getrusage": (98, 165),
    "mbind": (237, 235),
    "get_mempolicy": (239, 236),
    "set_mempolicy_home_node": (450, 450),
    "futex_waitv": (449, 449),
    "futex_wake": (454, 454),
    "futex_wait": (455, 455),
    "futex_requeue": (456, 456),
    # where on the machine the sandbox's folders lie
    "statmount": (457, 457),
    "listmount": (458, 458),
    "open_tree_attr": (467, 467),
    "listns": (470, 470),
    # off the processor to which an examination is bound
    "sched_setaffinity": (203, 122),
    # which turn a process gets
    "ioprio_set": (251, 30),
    "sched_setattr": (314, 274),
    # parts of the kernel that attacks begin with
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "fanotify_init": (300, 262),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "personality": (135, 92),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "uselib": (134, None),
    # the machine itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "acct": (163, 89),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    # what is changed of a device's node in /dev is changed for the whole machine, and its owner may do it
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}


def refused(machine: str) -> dict[str, int]:
    """The refused calls that there are on a machine, such as 'x86_64': name → number."""
    at = list(AUDIT_ARCH).index(machine)
    return {name: number for name, numbers in REFUSED.items() if (number := numbers[at]) is not None}


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
            (AT_LEAST, UNREVIEWED, "unknown", None),
            (EQUAL, CLONE3[machine], "unknown", None),  # its flags are in memory, out of sight; libc then calls clone
            (EQUAL, CLONE[machine], None, "no clone"),
            (LOAD, FIRST_ARGUMENT),
            (ANY_BIT, CLONE_NEW, "refuse", None),
            (ANY_BIT, CLONE_THREAD, "allow", "refuse"),
            "no clone",
            *itertools.chain.from_iterable(allowing(name, machine) for name in LIMITED),
            *((EQUAL, number, "refuse", None) for number in refused(machine).values()),
            "allow",
            (RETURN, ALLOW),
            "refuse",
            (RETURN, FAIL_WITH | errno.EPERM),
            "unknown",
            (RETURN, FAIL_WITH | errno.ENOSYS),
            "kill",
            (RETURN, KILL_PROCESS),
        ]
    )


def allowing(name: str, machine: str) -> list[Line]:
    """The lines that let a call of LIMITED do what it may, for `assembled`."""
    *numbers, argument, values, error = LIMITED[name]
    return [
        (EQUAL, numbers[list(AUDIT_ARCH).index(machine)], None, f"no {name}"),
        (LOAD, argument),
        *([(ANY_BIT, PRIVATE[name], "allow", None)] if name in PRIVATE else []),
        *((EQUAL, value, "allow", None) for value in values),
        (RETURN, FAIL_WITH | error),
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
    """Return the same refusals in the form that podman reads, which leaves the filter itself to libseccomp."""
    bits = [1 << n for n in range(CLONE_NEW.bit_length()) if CLONE_NEW & 1 << n]
    flags = [{"index": 0, "op": "SCMP_CMP_MASKED_EQ", "value": bit, "valueTwo": bit} for bit in bits]
    flags.append({"index": 0, "op": "SCMP_CMP_MASKED_EQ", "value": CLONE_THREAD, "valueTwo": 0})

    def refuse(names: list[str], error: int, **more: object) -> dict[str, object]:
        return {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": error, **more}

    def others(name: str) -> list[dict[str, object]]:
        """Refusals of what a call of LIMITED may not do. No rule can say 'none of these', so many say what else."""
        *_, argument, values, error = LIMITED[name]
        index = (argument - FIRST_ARGUMENT) // 8
        bits = functools.reduce(operator.or_, values)
        tests = [
            {"op": "SCMP_CMP_EQ", "value": value}
            for value in range(bits + 1)
            if value | bits == bits and value not in values
        ]
        if name in PRIVATE:  # without that bit, of what Linux has
            tests = [
                {"op": "SCMP_CMP_EQ", "value": value + clock}
                for clock in (0, 256)
                for value in range(16)
                if value + clock not in values
            ]
        else:
            tests += [
                {"op": "SCMP_CMP_MASKED_EQ", "value": 1 << n, "valueTwo": 1 << n}
                for n in range(32)
                if not bits & 1 << n
            ]
        return [refuse([name], error, args=[{"index": index, **test}]) for test in tests]

    return {
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": [f"SCMP_ARCH_{machine.upper()}"],  # calls of another one end the process
        "syscalls": [
            refuse(list(refused(machine)), errno.EPERM),
            refuse(["clone3"], errno.ENOSYS),
            *(refuse(["clone"], errno.EPERM, args=[flag]) for flag in flags),
            *itertools.chain.from_iterable(map(others, LIMITED)),
        ],
    }
