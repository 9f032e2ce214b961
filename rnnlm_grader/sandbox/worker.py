"""The process that holds a student's code: reads requests from a pipe, takes the steps, writes what came of them.

It runs inside the sandbox, and it is the student's: whatever it says is a claim about values, never a verdict.
Usage: worker.py REQUESTS REPLIES   (file descriptors)
"""
import builtins
import os
import pickle
import resource
import sys
import types

FEW = 16  # replies of a frame: so what waits needs little memory
ONLY_IN_NOTEBOOKS = ("check", "display", "exit", "help", "quit")  # they do nothing here


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
    from rnnlm_grader.sandbox.bench import Bench, Missing, Raised, StepFailed, execute

    requests, replies = os.fdopen(requests_fd, "rb"), os.fdopen(replies_fd, "wb", wire.MOST_SAID)
    waiting, said = [], []

    def receive():
        if not waiting:
            write()
            replies.flush()  # only now: waking the grader up takes longer than most steps
            try:
                waiting.extend(reversed(pickle.load(requests)))
            except EOFError:  # the grader has gone
                os._exit(0)
        return waiting.pop()

    def send(reply):
        said.append(reply)
        if len(said) == FEW:
            write()

    def write():
        if said:
            replies.write(wire.pack(said))
            said.clear()

    def ask(number, x):
        send(("ask", number, x))
        answer, = receive()
        if isinstance(answer, Raised):
            raise vars(builtins).get(answer.kind, Exception)(answer.message)
        return answer

    limits, = receive()
    limit(**limits)
    send("ready")  # whatever goes wrong before is not the student's doing
    sys.path.append("/tmp")  # last: where a notebook writes a file, it may import it
    names = new_names()
    bench, has_failed = Bench(names, ask), False
    while True:
        verb, *args = receive()
        if verb == "execute":
            send(execute(*args, names))
        elif verb == "which":
            send(tuple(name for name in args if name in names and not isinstance(names[name], Missing)))
        elif verb == "forget":
            bench, has_failed = Bench(names, ask), False
            send("forgotten")
        elif not has_failed:  # the grader sent later steps before it knew of a failure
            try:
                reply = bench.step(verb, *args)
                if verb != "put":  # it can't fail, and the grader awaits no reply
                    handle, *rest = reply
                    send((handle.number, *rest))
            except StepFailed as error:
                has_failed = True
                send((error.raised, None, error.printed))


def new_names():
    """Put a fresh `__main__` in place, like that of a new kernel; return its names."""
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    vars(module).update(dict.fromkeys(ONLY_IN_NOTEBOOKS, print), __builtins__=builtins, __builtin__=builtins)
    return vars(module)


if __name__ == "__main__":
    sys.path.insert(0, os.environ["COURSE_PATH"])
    serve(*map(int, sys.argv[1:]))
