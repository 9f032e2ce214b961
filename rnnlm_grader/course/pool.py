"""Processes that examine side by side: threads would wait for each other, for half of an examination is Python."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import forkserver, parent_process
from multiprocessing.sharedctypes import Synchronized

CONTEXT = multiprocessing.get_context("forkserver")  # a process that shares nothing with this one's files and threads


def get_ready() -> None:
    """Begin to load what the processes need, while this one does something else."""
    CONTEXT.set_forkserver_preload(["rnnlm_grader.course.job"])
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # they inherit it: an interrupt is for this one
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def examiners(count: int) -> Iterator[ProcessPoolExecutor]:
    """Yield an executor of so many processes. If this is left by an exception, they end at once."""
    get_ready()
    begun = CONTEXT.Value("i")
    executor = ProcessPoolExecutor(count, mp_context=CONTEXT, initializer=begin, initargs=(begun, count))
    try:
        yield executor
    except BaseException:
        for process in multiprocessing.active_children():
            process.kill()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def begin(begun: Synchronized, count: int) -> None:
    """Begin one of the processes: it ends when its parent has ended, and an interrupt is for its parent to handle."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, lambda *_: None)  # not SIG_IGN, which the sandboxes would inherit
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with begun.get_lock():
        number, begun.value = begun.value, begun.value + 1
    stay_on_one_processor(number, count)


def stay_on_one_processor(number: int, count: int) -> None:
    """Share one processor with the sandboxes that this process starts, for only one of them works at a time.

    So they wake each other sooner, and a submission of many threads takes no time from its neighbours. Where there are
    more processors than processes, the system may choose.
    """
    mine = sorted(os.sched_getaffinity(0))
    if len(mine) <= count:
        os.sched_setaffinity(0, {mine[number % len(mine)]})


def end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
