"""A gateway team installs the contracts wheel alone: nothing of it may need anything else."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.contracts import files

IMPORT_ALL = """
import sys, json
from portal_contracts.all import load_all
from portal_contracts import answers
names = load_all()
tops = {name.split('.')[0] for name in sys.modules}
print(json.dumps({"messages": len(names), "modules": sorted(tops)}))
"""
# What Pydantic brings along; `typing_extensions` and the rest are its own requirements.
WITH_PYDANTIC = {
    "portal_contracts",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "typing_extensions",
    "typing_inspection",
}


def run(code: str, *, path: Path | None = None) -> dict[str, object]:
    """In a fresh interpreter without our other packages; `-I`: no environment, no user site."""
    start = f"import sys; sys.path.insert(0, {str(path)!r})\n" if path else ""
    done = subprocess.run(
        [sys.executable, "-I", "-c", start + code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    assert isinstance(loaded, dict)
    return loaded


def foreign(modules: object) -> set[str]:
    assert isinstance(modules, list)
    standard = set(sys.stdlib_module_names) | {"__main__", "__mp_main__", "sitecustomize"}
    # Editable installs put their finders into every process of this environment.
    return {m for m in modules if m not in standard | WITH_PYDANTIC and not m.startswith("_")}


def test_importing_every_contract_loads_pydantic_and_the_standard_library_only() -> None:
    loaded = run(IMPORT_ALL)
    assert loaded["messages"] == len(files.messages())
    assert foreign(loaded["modules"]) == set()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    built = subprocess.run(
        [
            uv,
            "build",
            "--wheel",
            "--no-build-isolation",
            "--offline",
            "-o",
            folder,
            files.CONTRACTS,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_needs_pydantic_only(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("METADATA"))
        lines = archive.read(name).decode().splitlines()
        assert "portal_contracts/py.typed" in archive.namelist()
    needs = [line for line in lines if line.startswith("Requires-Dist:")]
    assert needs == ["Requires-Dist: pydantic>=2.11"]


def test_the_wheel_alone_has_every_message(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    where = "import portal_contracts; assert portal_contracts.__file__.startswith(sys.path[0])\n"
    assert run(where + IMPORT_ALL, path=tmp_path)["messages"] == len(files.messages())
