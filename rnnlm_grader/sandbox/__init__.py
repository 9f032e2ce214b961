"""Where a student's code runs, and what may cross to a verdict.

    program.py     what is asked of an answer at once: steps, of which some show what they gave
    candidate.py   a student's work behind one interface: in the learner's own kernel, or in a worker
    bubblewrap.py  starts workers that can touch nothing; podman.py where bubblewrap can't start
    view.py        what a worker may see of this machine; seccomp.py the system calls that it is refused
    worker.py      the process itself; bench.py plays programs in it
    whereabouts.py what stands in the expression that raised an exception
    clock.py       how much processor time a worker has used, seen from outside
    wire.py        what a worker says, as frames; values.py the plain copies that they carry

What is capped: time in `candidate`, memory, processor time and files in `bubblewrap.LIMITS`, folders in
`view.WRITABLE_BYTES`, a value in `values.MAX_BYTES`, and all that a worker says in one criterion in `wire.MOST_SAID`.
"""
