"""The process that holds a student's code: reads requests from a pipe, plays programs, writes what came of them.

It runs inside the sandbox, and it is the student's: whatever it says is a claim about values, never a verdict.
Usage: worker.py REQUESTS REPLIES   (file descriptors)
"""

import builtins
import itertools
import os
import pickle
import resource
import sys
import types
from typing import Any

ONLY_IN_NOTEBOOKS = ("check", "display", "exit", "help", "quit")  # they do nothing here


def limit(memory: int, cpu_seconds: int, file_bytes: int) -> None:
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


def serve(requests_fd: int, replies_fd: int) -> None:
    """Serve one grader until it closes the pipe."""
    from rnnlm_grader.protocol import wire
    from rnnlm_grader.protocol.bench import Bench, Missing, Raised, execute

    requests, replies = os.fdopen(requests_fd, "rb"), os.fdopen(replies_fd, "wb", wire.MOST_SAID)

    def receive() -> Any:
        replies.flush()  # only now: waking the grader up takes longer than most programs
        try:
            return pickle.load(requests)
        except EOFError:  # the grader has gone
            os._exit(0)

    def send(reply: object) -> None:
        replies.write(wire.pack(reply))

    def ask(number: int, x: object) -> object:
        send(("ask", number, x))
        answer = receive()
        if isinstance(answer, Raised):
            raise vars(builtins).get(answer.kind, Exception)(answer.message)
        return answer

    (limits,) = receive()
    limit(**limits)
    send("ready")  # whatever goes wrong before is not the student's doing
    sys.path.append("/tmp")  # last: where a notebook writes a file, it may import it
    names, played = new_names(), itertools.count()
    while True:
        verb, *args = receive()
        if verb == "execute":
            cell, source = args
            send(execute(cell, source, names))
        elif verb == "which":
            send(tuple(name for name in args if name in names and not isinstance(names[name], Missing)))
        elif verb == "play changed":
            (name, source), *programs = args
            changed = dict(names)
            execute(f"{name}, changed", source, changed)
            for program in programs:
                send((next(played), *Bench(changed, ask).play(pickle.loads(program))))
        else:
            for program in args:
                send((next(played), *Bench(names, ask).play(pickle.loads(program))))


def new_names() -> dict[str, Any]:
    """Put a fresh `__main__` in place, like that of a new kernel; return its names."""
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    vars(module).update(dict.fromkeys(ONLY_IN_NOTEBOOKS, print), __builtins__=builtins, __builtin__=builtins)
    return vars(module)


if __name__ == "__main__":
    sys.path.insert(0, os.environ["COURSE_PATH"])
    serve(*map(int, sys.argv[1:]))
