"""Measure what grows with a course: time, memory, files and rows, for classes of several sizes.

usage: scale.py [--students N ...] [--distinct N] [--assignment SLUG]

Each class is graded by two workers of a Dask cluster, with the gradebook in a PostgreSQL server; both are started
here. Only some of the notebooks differ, and equal ones are examined once: how long an examination takes doesn't depend
on the class, and grading.py measures it. Processor time is that of the command, without the cluster and the server.
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path

from distributed import LocalCluster
from grading import ROOT, Peak, lay_out, run

sys.path.insert(0, str(ROOT / "tests"))

import postgresql


def measure(folder, scheduler, assignment, count, distinct):
    """Print what a class of a size takes."""
    with postgresql.server() as address:
        config = (ROOT / "nbgrader_config.py").read_text() + f"\nc.CourseDirectory.db_url = {address!r}\n"
        lay_out(folder, config, assignment, count, distinct)
        grade = ["rnnlm-grade", assignment, "--scheduler", scheduler]
        print(f"\n{count} submissions, of which {min(count, distinct)} are distinct")
        for what, command in {
            "grade all": grade,
            "again, when nothing is new": grade,
            "again, one of them": [*grade, "--force", "--student", "student-000"],
            "rnnlm-grade report": ["rnnlm-grade", "report", assignment],
            "rnnlm-grade overview": ["rnnlm-grade", "overview"],
            "rnnlm-grade export": ["rnnlm-grade", "export", assignment],
        }.items():
            peak, before = Peak(), processor_time()
            took = run(folder, command, peak.look)
            used = processor_time() - before
            print(
                f"{what:28} {took:7.1f} s  processor {used:6.1f} s  {used / count * 1000:6.1f} ms each  "
                f"peak {peak.mebibytes:4.0f} MiB",
                flush=True,
            )
        for name in ("submitted", "autograded", "results", "reports"):
            files = [path for path in Path(folder, name).rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files)
            print(f"{name + '/':28} {len(files):7} files  {size / count / 1024:6.1f} KiB a submission")
        print(f"{'gradebook':28} {rows(address) / count:7.1f} rows a submission")


def processor_time():
    """Seconds of all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rows(address):
    """How many rows a database has."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(address)
    with engine.connect() as connection:
        tables = sqlalchemy.inspect(engine).get_table_names()
        count = "select count(*) from {}".format
        return sum(connection.scalar(sqlalchemy.text(count(f'"{table}"'))) for table in tables)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, nargs="*", default=[1250, 2500, 5000], metavar="N", help="class sizes")
    parser.add_argument("--distinct", type=int, default=200, metavar="N", help="notebooks (default: %(default)s)")
    parser.add_argument("--assignment", default="01-embedding")
    options = parser.parse_args()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        for count in options.students:
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch, "course")
                measure(folder, cluster.scheduler_address, options.assignment, count, options.distinct)


if __name__ == "__main__":
    main()
