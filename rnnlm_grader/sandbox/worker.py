"""The process that holds a student's code: reads requests from a pipe, takes the steps, writes what came of them.

It runs inside the sandbox, and it is the student's: whatever it says is a claim about values, never a verdict.
Usage: worker.py REQUESTS REPLIES   (file descriptors)
"""
import _thread
import builtins
import os
import resource
import sys
import types
import typing
from importlib import import_module, util

ONLY_IN_NOTEBOOKS = ("In", "Out", "_", "__", "___", "__IPYTHON__", "_dh", "_i", "_ih", "_ii", "_iii", "_oh", "check",
                     "copyright", "credits", "display", "exit", "get_ipython", "help", "license", "quit")


def limit(memory, cpu_seconds, file_bytes):
    """Cap what this process may use; nothing may raise the caps again."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 16),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def serve(requests_fd, replies_fd):
    """Serve one grader until it closes the pipe."""
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

    limits, = receive()
    limit(**limits)
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
    serve(*map(int, sys.argv[1:]))
