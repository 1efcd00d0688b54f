"""The Lambda package: the same bytes each time, and all that the function needs, with nothing else on the path."""

import _imp
import zipfile
from collections.abc import Iterator
from pathlib import Path

import awslambdaric
import pytest

from script.build import LARGEST, build
from tests.channels.responses import valid
from tests.conftest import EVENTS, event
from tests.engines import Runtime, runtime

MAGIC = bytes.fromhex("f30d0d0a")
"""How a module begins that CPython 3.13 has compiled."""
RUNTIMES_OWN = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(package) as files:
        files.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def function(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The package under the runtime: no site-packages, but what the managed runtime has itself."""
    own = tmp_path_factory.mktemp("runtime")
    installed = Path(awslambdaric.__file__).parents[1]
    for name in RUNTIMES_OWN:
        for path in installed.glob(f"{name}*"):
            if path.suffix != ".dist-info":
                (own / path.name).symlink_to(path)
    environment = {
        "PYTHONPATH": str(own),
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/nonexistent",
        "STAY_CLOSE_JOURNAL": "sqlite::memory:",
        "STAY_CLOSE_KEY": "a key for the test of the package",
        "STAY_CLOSE_SKILL_ID": event("launch")["context"]["System"]["application"]["applicationId"],
    }
    with runtime(unpacked, "handler.lambda_handler", environment, flags=("-S", "-s")) as running:
        yield running


def test_the_same_bytes_come_of_it_twice(package: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == package.read_bytes()


def test_it_is_small_and_holds_nothing_that_the_function_does_without(package: Path) -> None:
    assert package.stat().st_size <= LARGEST
    with zipfile.ZipFile(package) as files:
        names = files.namelist()
        assert {info.date_time for info in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names == sorted(names)
    tops = {name.partition("/")[0] for name in names}
    assert {name for name in tops if not name.endswith(".dist-info")} == {
        "__pycache__", "handler.py", "platformdirs", "skill", "tzdata",
    }  # fmt: skip
    assert not [name for name in names if "authoring" in name or "terminal" in name or "/content/" in name]


def test_every_module_is_compiled_for_the_functions_python_from_the_source_beside_it(unpacked: Path) -> None:
    sources = list(unpacked.rglob("*.py"))
    assert len(sources) > 50
    for source in sources:
        compiled = (source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc").read_bytes()
        assert compiled[:4] == MAGIC
        # Hash-based, unchecked, and of this very source.
        assert compiled[4:8] == b"\1\0\0\0"
        assert compiled[8:16] == _imp.source_hash(int.from_bytes(MAGIC, "little"), source.read_bytes())
        assert f"/var/task/{source.relative_to(unpacked)}".encode() in compiled


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_it_answers_every_recorded_event_with_nothing_else_on_the_path(name: str, function: Runtime) -> None:
    inner = valid(function.invoke(event(name)))
    silent = name.startswith(("session_ended", "skill_", "permission", "audio"))
    assert ("outputSpeech" in inner) != silent


def test_nothing_of_the_checkout_is_used(function: Runtime, unpacked: Path) -> None:
    function.invoke(event("launch"))
    opened = [link.readlink() for process in function.functions() for link in (process / "fd").iterdir()]
    assert [path for path in opened if path.suffix == ".reader"] == [unpacked / "skill" / "compiled" / "en.reader"]
