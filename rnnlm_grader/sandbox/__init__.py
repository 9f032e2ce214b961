"""Where a submission's code runs, alone.

    candidate.py   the code of one submission, in one worker after another
    connection.py  a worker and what is said with it, and how much time it may take
    choice.py      which program starts a worker: bubblewrap.py, or podman.py where that can't
    view.py        what a worker may see of this machine; seccomp.py the system calls that it has
    worker.py      the process itself, which has `protocol` and nothing else of the grader
    clock.py       how much processor time a worker has used, seen from outside

What is capped: time in `candidate` and `connection`, memory, processor time and files in `connection.LIMITS`, folders
in `view.WRITABLE_BYTES`; by `protocol`, a value in `values.MAX_BYTES`, and all that a worker says in one criterion in
`wire.MOST_SAID`.
"""
