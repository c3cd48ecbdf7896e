"""What the image for production leaves out (`Dockerfile`), and that all the rest goes on without it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEAVE_OUT = re.compile(r"^RUN (test .+? \|\| rm -r .+?)\n(?=RUN|COPY|FROM)", re.MULTILINE | re.DOTALL)
IMPORT_ALL = """
import importlib, pkgutil, app
for module in pkgutil.walk_packages(app.__path__, "app."):
    importlib.import_module(module.name)
    print(module.name)
"""
ALONE = "import sys; sys.meta_path[:] = [each for each in sys.meta_path if 'editable' not in str(each)]\n"
"""Without the working copy, which is installed where the tests run."""
COMMAND = "from app.cli import main; raise SystemExit(main(sys.argv[1:]))"


def build_tree(folder: Path, demo: str) -> Path:
    """Copy what the Dockerfile copies, and leave out what it leaves out."""
    for name in ("app", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    [script] = LEAVE_OUT.findall((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    subprocess.run(["/bin/sh", "-ec", script], cwd=folder, env=os.environ | {"DEMO": demo}, check=True)
    return folder


def run_python(tree: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tree), "ANSINH_DATA_DIR": str(tree / "data")}
    return subprocess.run(
        [sys.executable, "-c", ALONE + code, *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tree(tmp_path_factory.mktemp("production"), "no")


def test_every_module_that_is_left_is_whole(production: Path):
    run = run_python(production, IMPORT_ALL)
    assert run.returncode == 0, run.stderr
    modules = set(run.stdout.split())
    assert len(modules) > 300
    assert {name for name in modules if name.startswith("app.demo.")} == {"app.demo.guard", "app.demo.logins"}
    assert not {name for name in modules if re.search(r"developer|revise|schema_dump", name)}


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (("serve", "--demo"), 1, "không có dữ liệu thử"),
        (("db", "revise", "x"), 2, "invalid choice: 'revise'"),
        (("db", "schema"), 2, "invalid choice: 'schema'"),
    ],
)
def test_what_is_left_out_is_refused(production: Path, arguments: tuple[str, ...], status: int, text: str):
    run = run_python(production, COMMAND, *arguments)
    assert (run.returncode, text in run.stderr) == (status, True), run.stderr
    assert not (production / "data").exists()


def test_it_is_there_where_it_is_asked_for(tmp_path: Path):
    tree = build_tree(tmp_path, "yes")
    assert (tree / "app/demo/load.py").exists()
    assert run_python(tree, COMMAND, "db", "revise", "--help").returncode == 0
