# SPDX-License-Identifier: Apache-2.0
"""What is shipped works: the wheel, built from the sdist, installed in an environment elsewhere."""

import json
import subprocess
import sys
import sysconfig
import venv
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Data of each package, as it lies in the tree; the rules lie on top of it.
SHIPPED = {
    "collector": (ROOT / "collector", "objects", ["*.bpf.o", "SHA256SUMS"]),
    "detector": (ROOT, "rego", ["*.rego"]),
    "schemas": (ROOT / "schemas", ".", ["*.json"]),
}
READ = """
import hashlib, importlib.resources, json, sys
def files(folder, path=""):
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}".strip("/")
        yield from files(entry, name) if entry.is_dir() else [(name, entry)]
root = importlib.resources.files(sys.argv[1]) / sys.argv[2]
print(json.dumps({n: hashlib.sha256(f.read_bytes()).hexdigest() for n, f in files(root)}))
"""


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and with the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def elsewhere(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds the wheel, and borrows its dependencies."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    [wheel] = built.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    # A folder named in a .pth file is searched, but its own .pth files are not read: the editable
    # install of this very tree stays out of sight.
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(own.strip()) / "borrowed.pth").write_text("\n".join(borrowed))
    return folder / "bin"


@pytest.mark.parametrize("package", ["collector", "detector", "pytracee", "schemas"])
def test_the_package_comes_from_the_wheel(package: str, elsewhere: Path, tmp_path: Path) -> None:
    code = f"import {package}; print({package}.__file__)"
    where = run(elsewhere / "python", "-P", "-c", code, cwd=tmp_path).strip()
    assert Path(where).is_relative_to(elsewhere.parent)


@pytest.mark.parametrize("package", sorted(SHIPPED))
def test_every_data_file_is_read_through_importlib(
    package: str, elsewhere: Path, tmp_path: Path
) -> None:
    top, folder, patterns = SHIPPED[package]
    source = top / folder
    paths = [path for pattern in patterns for path in source.rglob(pattern)]
    wanted = {str(p.relative_to(source)): sha256(p.read_bytes()).hexdigest() for p in paths}
    assert wanted
    for python in (elsewhere / "python", sys.executable):  # the wheel, the editable install
        found = json.loads(run(python, "-P", "-c", READ, package, folder, cwd=tmp_path))
        assert {name: found.get(name) for name in wanted} == wanted


def test_the_installed_detector_lists_the_shipped_rules(elsewhere: Path, tmp_path: Path) -> None:
    assert "TRC-2 " in run(elsewhere / "detector", "--list", cwd=tmp_path)


@pytest.mark.parametrize("command", ["collector", "detector", "pytracee"])
def test_every_command_knows_its_version(command: str, elsewhere: Path, tmp_path: Path) -> None:
    assert metadata.version("pytracee") in run(elsewhere / command, "--version", cwd=tmp_path)


@pytest.mark.parametrize("pattern", ["bpf/*.bpf.c", "bpf/*.h", "rego/*.rego", "scripts/*"])
def test_the_sdist_holds_the_sources(pattern: str, built: Path) -> None:
    [sdist] = built.glob("*.tar.gz")
    listed = run("tar", "-tzf", sdist, cwd=built).split()
    prefix = f"pytracee-{metadata.version('pytracee')}"
    paths = [path for path in ROOT.glob(pattern) if path.is_file()]
    sources = {f"{prefix}/{path.relative_to(ROOT)}" for path in paths}
    assert sources
    assert sources <= set(listed)
