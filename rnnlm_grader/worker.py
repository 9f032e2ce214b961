"""The process that holds a student's code: reads requests from a pipe, takes the steps, writes what came of them.

It runs inside the sandbox, and it is the student's: whatever it says is a claim about values, never a verdict.
Usage: worker.py REQUESTS REPLIES [REQUESTS REPLIES]   (file descriptors)

Loading NumPy takes most of a worker's time. So where there is a second pair of descriptors, a child serves the first,
while this process, which executes nothing of the student's, stands by to serve the second.
"""
import _thread
import gc
import os
import resource
import select
import signal
import struct
import sys
import types
import typing
from importlib import import_module
from importlib.machinery import PathFinder

ONLY_IN_NOTEBOOKS = ("check", "copyright", "credits", "display", "exit", "get_ipython", "help", "license", "quit")
WRITABLE = ("/dev/shm", "/tmp")  # as `view` has it
SET_SECCOMP, FILTER_MODE = 22, 2  # prctl: PR_SET_SECCOMP and SECCOMP_MODE_FILTER, of Linux's <linux/{prctl,seccomp}.h>


def limit(memory, cpu_seconds, file_bytes):
    """Cap what this process, and each that it starts, may use; nothing may raise the caps again."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 16),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def refuse(program):
    """Have the kernel refuse this process, for good, what the filter `program` refuses (see `seccomp`)."""
    import ctypes
    held = ctypes.create_string_buffer(program, len(program))
    told = struct.pack("HP", len(program) // 8, ctypes.addressof(held))  # struct sock_fprog
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_SECCOMP, FILTER_MODE, told, 0, 0):
        raise OSError(ctypes.get_errno(), "the filter of system calls can't be loaded")


def main(*descriptors):
    """Load what all processes need, and serve a grader with one after the other."""
    gc.disable()  # what is imported stays, so there is no need to look through it, now or later
    from rnnlm_grader import bench, wire  # noqa: F401
    gc.freeze()
    gc.enable()
    pairs = list(zip(descriptors[::2], descriptors[1::2], strict=True))
    while len(pairs) > 1:
        first, *others = pairs
        child = os.fork()
        pairs, not_mine = (others, [first]) if child else ([first], others)
        for pair in not_mine:
            for fd in pair:
                os.close(fd)
        if child:
            stand_by(child, pairs[0][0])
    sys.argv[1:] = map(str, pairs[0])
    serve(*pairs[0])


def stand_by(child, requests_fd):
    """Wait until the grader turns to this process; then end the child. Where the child ends before that, end alike."""
    def has_ended(*_):
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)

    signal.signal(signal.SIGCHLD, has_ended)
    has_ended()
    turn = select.poll()
    turn.register(requests_fd, select.POLLIN)
    turn.poll()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if any(map(os.listdir, WRITABLE)):
        os._exit(0)  # another worker is to find nothing there


def serve(requests_fd, replies_fd):
    """Serve one grader until it closes the pipe."""
    from rnnlm_grader import wire
    from rnnlm_grader.bench import Anything, Bench, StepFailed, execute

    replies = os.fdopen(replies_fd, "wb", wire.MAX_REPLY)
    requests = bytearray()

    def receive():
        while not (frame := wire.take_frame(requests, wire.MAX_REQUEST)):
            replies.flush()  # only now, for each time that the grader wakes up takes longer than most steps
            part = os.read(requests_fd, 1 << 20)
            if not part:
                os._exit(0)  # the grader has gone
            requests.extend(part)
        return wire.unpack(*frame)

    def send(message):
        replies.write(wire.pack(message))

    asking = _thread.allocate_lock()  # that of `threading`, which takes time to import

    def ask(number, x):
        with asking:  # an answer may ask from several threads at once, and each must get its own reply
            send(("ask", number, x))
            return receive()

    limits, program = receive()
    limit(**limits)
    if program is not None:
        refuse(program.tobytes())
    send("ready")  # whatever goes wrong before is not the student's doing
    complete_modules()
    names = new_names(dict.fromkeys(ONLY_IN_NOTEBOOKS, Anything()))
    bench, has_failed = Bench(names, ask), False
    while True:
        verb, *args = receive()
        if verb == "execute":
            send(execute(*args, names))
        elif verb == "which":
            forget_stand_ins(args, names, Anything)
            send(tuple(name for name in args if name in names))
        elif verb == "forget":
            bench, has_failed = Bench(names, ask), False
            send("forgotten")
        elif not has_failed:  # later steps were asked for by who didn't know yet
            try:
                reply = bench.step(verb, *args)
                if verb != "put":  # nothing can go wrong with it, and nobody waits
                    send(reply)
            except StepFailed as error:
                has_failed = True
                send((error.raised, None, error.printed))


def complete_modules():
    """Let modules be as they are in a notebook, where more is installed and `check` has imported the reference."""
    if PathFinder.find_spec("typing_extensions") is None:
        sys.modules["typing_extensions"] = typing
    if PathFinder.find_spec("rnnlm_ref"):
        import rnnlm_ref
        rnnlm_ref.__getattr__ = lent_module


def lent_module(name):
    """Import a module of the reference when it is first asked for, as `rnnlm_ref.layers`, if it is lent."""
    try:
        return import_module(f"rnnlm_ref.{name}")
    except ImportError:
        raise AttributeError(f"module 'rnnlm_ref' has no attribute {name!r}") from None


def forget_stand_ins(wanted, names, stand_in):
    """Take for undefined what a missing module should have defined: why it is missing tells more than its stand-in."""
    for name in wanted:
        if type(names.get(name)) is stand_in:
            del names[name]


def new_names(known):
    """Put a fresh `__main__` in place, like that of a new kernel; return its names, with those that are `known`."""
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    vars(module).update(known)
    return vars(module)


if __name__ == "__main__":
    sys.path.insert(0, os.environ["COURSE_PATH"])
    main(*map(int, sys.argv[1:]))
