"""The process that holds a student's code: reads requests from a pipe, takes the steps, writes what came of them.

It runs inside the sandbox, and it is the student's: whatever it says is a claim about values, never a verdict.
Usage: worker.py REQUESTS REPLIES [REQUESTS REPLIES]   (file descriptors)

Loading NumPy takes most of a worker's time. So where there is a second pair of descriptors, a child serves the first,
while this process, which executes nothing of the student's, stands by to serve the second.
"""
import _thread
import builtins
import gc
import os
import resource
import select
import signal
import struct
import sys
import types
import typing
from importlib import import_module, util

# Of NumPy; it takes a tenth of its start, and nobody reads it here.
DOCUMENTATION = ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars")
ANNOTATIONS = "numpy._typing"  # of NumPy's own; it takes a tenth, too, and is loaded as soon as anybody asks for it
CHANGEABLE = ("/dev/shm", "/tmp", "/dev/pts")  # folders
LIMITS = 16  # kinds of them, of Linux's <asm-generic/resource.h>
ONLY_IN_NOTEBOOKS = ("In", "Out", "_", "__", "___", "__IPYTHON__", "_dh", "_i", "_ih", "_ii", "_iii", "_oh", "check",
                     "copyright", "credits", "display", "exit", "get_ipython", "help", "license", "quit")
OWN = 0x7FFFFF77  # as `seccomp` has it
SET_SECCOMP, FILTER_MODE = 22, 2  # prctl: PR_SET_SECCOMP and SECCOMP_MODE_FILTER, of Linux's <linux/{prctl,seccomp}.h>


def limit(memory, cpu_seconds, file_bytes, beside):
    """Cap what this process may use, with as many others `beside` it; nothing may raise the caps again."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 16 + beside),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def refuse(program):
    """Have the kernel refuse this process, for good, what the filter `program` refuses (see `seccomp`)."""
    import ctypes
    program = program.replace(struct.pack("=I", OWN), struct.pack("=I", os.getpid()))
    held = ctypes.create_string_buffer(program, len(program))
    told = struct.pack("HP", len(program) // 8, ctypes.addressof(held))  # struct sock_fprog
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_SECCOMP, FILTER_MODE, told, 0, 0):
        raise OSError(ctypes.get_errno(), "the filter of system calls can't be loaded")


def main(*descriptors):
    """Load what all processes need, and serve a grader with one after the other."""
    gc.disable()  # what is imported stays, so there is no need to look through it, now or later
    sys.modules |= {name: types.ModuleType(name) for name in (*DOCUMENTATION, ANNOTATIONS)}
    sys.modules[ANNOTATIONS].NDArray = list  # of anything
    from rnnlm_grader.sandbox import bench, wire  # noqa: F401
    del sys.modules[ANNOTATIONS]
    gc.freeze()
    gc.enable()
    mine, *others = zip(descriptors[::2], descriptors[1::2], strict=True)
    child = None
    if others:
        before, child = (surroundings(), counts()), os.fork()
        mine, not_mine = (others[0], mine) if child else (mine, others[0])
        for fd in not_mine:
            os.close(fd)
        if child:
            stand_by(child, mine[0], before)
    sys.argv[1:] = map(str, mine)
    serve(*mine, beside=1 if child == 0 else 0)


def stand_by(child, requests_fd, before):
    """Wait until the grader turns to this process; then end the child. Where the child ends before that, end alike.

    End, too, where the surroundings aren't as they were before the child.
    """
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # that it came is in the pipe
    either = select.poll()
    for fd in (requests_fd, ended):
        either.register(fd, select.POLLIN)
    ready = {}
    while requests_fd not in ready:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
        ready = dict(either.poll())
        if ended in ready:
            os.read(ended, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    os.close(ended)
    os.close(wake)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(os.devnull, "r+b", buffering=0) as nowhere:
        for fd in (0, 1, 2):  # the child, with whom they were shared, may have set flags
            os.dup2(nowhere.fileno(), fd)
    then, (places, processes) = before
    if surroundings() != then or counts() != ([place + 1 for place in places], processes + 2):
        os._exit(0)  # the grader starts another worker then


def surroundings():
    """What one process can change for another of its worker: folders (no time of a change can be forged), limits."""
    return ([os.stat(folder).st_ctime_ns for folder in CHANGEABLE if os.path.isdir(folder)],
            [resource.getrlimit(what) for what in range(LIMITS)],
            os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0))


def counts():
    """What counts up: the files of each folder, though no name is left of one, and all processes and threads."""
    files = []
    for folder in CHANGEABLE:
        try:
            fd = os.open(folder, os.O_TMPFILE | os.O_RDWR)
        except OSError:  # it isn't there, or holds no files
            continue
        files.append(os.fstat(fd).st_ino)
        os.close(fd)
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return files, pid


def serve(requests_fd, replies_fd, beside):
    """Serve one grader until it closes the pipe; `beside` is how many other processes the worker has."""
    from rnnlm_grader.sandbox import wire
    from rnnlm_grader.sandbox.bench import Anything, Bench, Raised, StepFailed, execute

    replies = os.fdopen(replies_fd, "wb", wire.MAX_REPLY)
    received, requests = bytearray(), iter(())

    def receive():
        nonlocal requests
        while (request := next(requests, None)) is None:
            while (more := wire.take_requests(received)) is None:
                replies.flush()  # only now, for each time that the grader wakes up takes longer than most steps
                part = os.read(requests_fd, 1 << 20)
                if not part:
                    os._exit(0)  # the grader has gone
                received.extend(part)
            requests = iter(more)
        return wire.freed(request)

    def send(message):
        replies.write(wire.pack(message))

    asking = _thread.allocate_lock()  # that of `threading`, which takes time to import

    def ask(number, x):
        with asking:  # an answer may ask from several threads at once, and each must get its own reply
            send(("ask", number, x))
            answer = receive()
        if isinstance(answer, Raised):
            raise vars(builtins).get(answer.kind, Exception)(answer.message)
        return answer

    limits, program = receive()
    limit(**limits, beside=beside)
    if program is not None:
        refuse(program.tobytes())
    send("ready")  # whatever goes wrong before is not the student's doing
    complete_modules()
    sys.path.append("/tmp")  # last: where a notebook writes a file, it may import it
    names = new_names({name: Anything(why=Raised("NameError", f"{name!r} is defined in notebooks only"))
                       for name in ONLY_IN_NOTEBOOKS})
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
    resource.getrusage = no_usage
    if util.find_spec("typing_extensions") is None:
        sys.modules["typing_extensions"] = module = types.ModuleType("typing_extensions")
        vars(module).update({name: value for name, value in vars(typing).items() if not name.startswith("__")})
        module.__getattr__ = newer_of_typing
    if util.find_spec("rnnlm_ref"):
        import rnnlm_ref
        rnnlm_ref.__getattr__ = lent_module


def no_usage(who):
    """What `resource.getrusage` gives here: nothing was used, for what was tells what is in memory of a file."""
    return resource.struct_rusage((0.0, 0.0, *[0] * 14))


def newer_of_typing(name):
    """What a newer Python has, such as `override`, which leaves what it decorates as it is."""
    from rnnlm_grader.sandbox.bench import Anything, Raised
    if name.startswith("__"):
        raise AttributeError(f"module 'typing_extensions' has no attribute {name!r}")
    return Anything(why=Raised("ImportError", f"cannot import name {name!r} from 'typing_extensions'"))


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
    vars(module).update(known, __builtins__=builtins, __builtin__=builtins)  # as in a notebook
    return vars(module)


if __name__ == "__main__":
    sys.path.insert(0, os.environ["COURSE_PATH"])
    main(*map(int, sys.argv[1:]))
