"""Make the editor of the pages: browser/editor/editor.js, its hash, and the licences of what it consists of.

usage: editor.py

Needs Node and a network. Nothing else does, because what this writes is committed; the same pins give the same bytes.
"""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

EDITOR = Path(__file__).resolve().parent.parent / "browser" / "editor"


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in ("package.json", "package-lock.json", "parts.js"):
            (folder / name).write_bytes((EDITOR / name).read_bytes())
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
        subprocess.run(
            [
                "node_modules/.bin/esbuild",
                "parts.js",
                "--bundle",
                "--minify",
                "--format=esm",
                "--log-level=warning",
                "--outfile=editor.js",
                "--metafile=parts.json",
            ],
            cwd=folder,
            check=True,
        )
        (EDITOR / "LICENCES.txt").write_text(licences(folder))
        made = (folder / "editor.js").read_bytes()
    (EDITOR / "editor.js").write_bytes(made)
    (EDITOR / "editor.sha256").write_text(f"{hashlib.sha256(made).hexdigest()}  editor.js\n")


def licences(folder):
    """Return the licences of all packages that went into the editor."""
    used = {Path(name).parent for name in json.loads((folder / "parts.json").read_text())["inputs"]}
    packages = sorted(
        {home for path in used for home in path.parents if (folder / home / "package.json").is_file()}
        | {path for path in used if (folder / path / "package.json").is_file()}
    )
    return "\n".join(licence(folder / path) for path in packages if path != Path())


def licence(package):
    about = json.loads((package / "package.json").read_text())
    text = next(path for path in package.iterdir() if path.stem.lower() == "license")
    title = f"{about['name']} {about['version']}: {about['license']}"
    return f"{title}\n{'=' * len(title)}\n\n{text.read_text().strip()}\n"


if __name__ == "__main__":
    main()
