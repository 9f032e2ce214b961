"""Runs a PostgreSQL server of one's own, which listens on a socket in its own folder only."""

import contextlib
import getpass
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

PASSWORD = "s3cr3t/p@ss"
PASSWORD_IN_URL = quote(PASSWORD, safe="")


def program_folder():
    """Where PostgreSQL's server is, or None: Debian keeps it apart from the path, one folder for each version."""
    found = [Path(place).resolve().parent for place in filter(None, [shutil.which("initdb"), shutil.which("pg_ctl")])]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists()), None)


def as_user():
    """The words before a command that must not run as root; nobody else has anything to give up."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []


@contextlib.contextmanager
def server():
    """Yield the address of a database in a server that is started for it, and stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:  # a socket's path must be short
        shutil.chown(folder, "nobody" if as_user() else getpass.getuser())
        pg = [*as_user(), program_folder() / "pg_ctl", "--silent", f"--pgdata={folder}/data"]
        password_file = Path(folder, "password")
        password_file.write_text(PASSWORD)
        password_file.chmod(0o644)  # for whoever runs the server
        rights = f"--username=grader --pwfile={password_file} --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync"
        settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        call([*pg, "init", "--options", rights], cwd=folder)
        call([*pg, "start", f"--log={folder}/log", "--options", settings], cwd=folder)
        try:
            yield f"postgresql://grader:{PASSWORD_IN_URL}@/postgres?host={folder}"
        finally:
            call([*pg, "stop", "--mode=immediate"], cwd=folder)


def call(command, **options):
    """Run a command; return what it wrote."""
    with tempfile.TemporaryFile("w+") as output:  # no pipe, which a server would keep open
        done = subprocess.run(list(map(str, command)), stdout=output, stderr=output, check=False, **options)
        output.seek(0)
        text = output.read()
    assert done.returncode == 0, text
    return text
