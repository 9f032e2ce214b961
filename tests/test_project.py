"""What several of the project's own files say is the same in each, and a benchmark that nothing else runs works."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from rnnlm_grader.course import cli

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BLOCK = re.compile(r"^( *)(`{3,}|\$\$)[^\n]*\n.*?^\1\2", re.MULTILINE | re.DOTALL)  # of code or mathematics
UNBROKEN = re.compile(r"`[^`\n]+`|\]\(\S+\)")  # code and addresses


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_package_changelog_and_command_name_one_version(capsys):
    assert re.search(r"^## (\d+\.\d+\.\d+)", read("CHANGELOG.md"), re.MULTILINE)[1] == PROJECT["version"]
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"rnnlm-grade {PROJECT['version']}\n", "installed is another: run `make book`"


def test_ci_runs_each_python_that_is_promised():
    jobs = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]
    promised = [found[1] for line in PROJECT["classifiers"] if (found := re.search(r":: (3\.\d+)$", line))]
    assert jobs["verify"]["strategy"]["matrix"]["python"] == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"


def test_linters_before_a_commit_are_those_of_ci():
    hooks = [hook for repo in yaml.safe_load(read(".pre-commit-config.yaml"))["repos"] for hook in repo["hooks"]]
    assert {package for hook in hooks for package in hook.get("additional_dependencies", [])} == {
        package for package in PROJECT["optional-dependencies"]["test"] if package.startswith("ruff")
    }
    run = read("tools/verify")
    for hook in hooks:
        command = hook["entry"].removeprefix(".venv/bin/").replace(" --force-exclude", "")
        assert re.search(rf"\"{hook['name']}\" +{re.escape(command)}", run)


def test_cupy_is_offered_for_each_cuda_as_the_package_does():
    offered = re.findall(r"^(?:# )?(cupy-\S+) ;", read("requirements-gpu.txt"), re.MULTILINE)
    extras = PROJECT["optional-dependencies"]
    assert offered == [extras[name][0].partition(";")[0] for name in ("gpu", "gpu-cuda13")]


@pytest.mark.corpus
def test_the_benchmark_of_checks_runs_and_tells_start_up_from_the_rest():
    command = [sys.executable, "benchmarks/check_time.py", "--names", "my_perplexity", "--mutants", "1"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    times = re.findall(r"(?:right|wrong) +([\d.]+) \((\d+)\)", printed)
    assert len(times) == 2
    assert all(float(beyond) > 0 and int(start) > 0 for beyond, start in times)


def test_markdown_is_as_wide_as_code():
    width = tomllib.loads(read("pyproject.toml"))["tool"]["ruff"]["line-length"]
    too_wide = []
    for path in [
        path for pattern in ("*.md", "benchmarks/*.md", "book/*.md", "book/_kit/*.md") for path in ROOT.glob(pattern)
    ]:
        text = BLOCK.sub("", path.read_text(encoding="utf-8"))
        words = UNBROKEN.sub("", text).splitlines()
        too_wide += [f"{path.name}: {line}" for line in words if len(line) > width and not line.startswith("|")]
    assert too_wide == []


def test_no_file_of_tests_imports_another():
    imported = re.compile(r"^\s*(?:from|import) (test_\w+|conftest)\b", re.MULTILINE)
    found = {path: imported.findall(path.read_text()) for path in (ROOT / "tests").rglob("*.py")}
    assert len(found) > 100
    assert {path: modules for path, modules in found.items() if modules} == {}
