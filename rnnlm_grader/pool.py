"""Processes that examine side by side: threads would wait for each other, for half of an examination is Python."""
import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import forkserver, parent_process

CONTEXT = multiprocessing.get_context("forkserver")  # a process that shares nothing with this one's files and threads


def get_ready():
    """Begin to load what the processes need, while this one does something else."""
    CONTEXT.set_forkserver_preload(["rnnlm_grader.job"])
    forkserver.ensure_running()


@contextlib.contextmanager
def examiners(count):
    """Yield an executor of so many processes; however this ends, they end too."""
    begun = CONTEXT.Value("i")
    executor = ProcessPoolExecutor(count, mp_context=CONTEXT, initializer=begin, initargs=(begun,))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def begin(begun):
    """Begin one of the processes: an interrupt is for its parent to handle, and it ends when its parent has ended."""
    signal.signal(signal.SIGINT, lambda *_: None)  # not SIG_IGN, which the sandboxes would inherit
    threading.Thread(target=end_with_parent, daemon=True).start()
    with begun.get_lock():
        number, begun.value = begun.value, begun.value + 1
    stay_on_one_processor(number)
    gc.freeze()  # what is loaded stays, so there is no need to look through it again and again


def stay_on_one_processor(number):
    """Share one processor with the sandboxes that this process starts, for only one of them works at a time.

    So they wake each other sooner, and a submission of many threads takes no time from its neighbours.
    """
    if hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processors[number % len(processors)]})


def end_with_parent():
    parent_process().join()
    os._exit(1)
