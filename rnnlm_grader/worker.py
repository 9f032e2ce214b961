"""The process that holds a student's code: reads requests from a pipe, takes the steps, writes what came of them.

It runs inside the sandbox, and it is the student's: whatever it says is a claim about values, never a verdict.
Usage: worker.py REQUESTS REPLIES   (two file descriptors)
"""
import os
import resource
import sys
import types


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


def read_exactly(stream, count):
    """Read `count` bytes, or end the process when the grader has gone."""
    data = stream.read(count)
    if len(data) < count:
        os._exit(0)
    return data


def main(requests_fd, replies_fd):
    """Serve one grader until it closes the pipe."""
    from rnnlm_grader import wire
    from rnnlm_grader.bench import Bench, StepFailed, load_cells

    requests, replies = os.fdopen(requests_fd, "rb"), os.fdopen(replies_fd, "wb")

    def receive():
        lengths = wire.unpack_prefix(read_exactly(requests, wire.PREFIX.size), wire.MAX_REQUEST)
        return wire.unpack(*(read_exactly(requests, n) for n in lengths))

    def send(message):
        replies.write(wire.pack(message))
        replies.flush()

    send("ready")  # whatever goes wrong before is not the student's doing
    hello = receive()
    limit(**hello["limits"])
    names = vars(new_main())
    names.update(dict.fromkeys(("check", "display", "get_ipython"), Anything()))
    failed = load_cells(hello["cells"], names)
    send({"failed": failed, "defined": tuple(name for name in hello["wanted"] if name in names)})

    def ask(number, x):
        send(("ask", number, x))
        return receive()

    bench = Bench(names, ask)
    while True:
        request = receive()
        if request == "forget":
            bench = Bench(names, ask)
            send("forgotten")
            continue
        try:
            reply = bench.step(*request)
            if request[0] != "put":  # nothing can go wrong with it, and nobody waits
                send(reply)
        except StepFailed as error:
            send((error.raised, None, error.printed))


class Anything:
    """Stands for what only a notebook has: whatever is asked of it, it answers with itself."""

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __iter__(self):
        return iter(())


def new_main():
    """Put a fresh `__main__` in place, like that of a new kernel."""
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    return module


if __name__ == "__main__":
    sys.path.insert(0, os.environ["COURSE_PATH"])
    main(int(sys.argv[1]), int(sys.argv[2]))
