"""The Lambda function's package, reproducibly: `script/build` runs it.

What the entry point reaches, the words, the reader, and the locked dependencies for the target platform; each module
compiled for its Python: one that compiles at every cold start loses 0.2 s. No boto3, no tests, no training.
"""

import re
import shutil
import subprocess
import sys
import zipfile
from modulefinder import ModuleFinder
from pathlib import Path

__all__ = ["LARGEST", "build"]

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
ENGINES = ROOT / ".engines"

LARGEST = 12_000_000
"""Bytes that the zip may have."""
PLATFORM = ("--platform", "manylinux2014_aarch64", "--implementation", "cp", "--python-version", "3.13")
"""The function's platform; `template.yaml` declares the same."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time that every file in the zip has, the earliest that a zip can tell."""
NEVER = re.compile(r"(^|/)(tests|authoring|content|boto3|botocore|numpy|pydantic|ask_sdk\w*|flask|channels/web)(/|$)")
"""What may not be in the package."""


def main() -> None:
    """Build, and say how large it is."""
    made = build(BUILD)
    size = made.stat().st_size
    with zipfile.ZipFile(made) as files:
        unpacked = sum(info.file_size for info in files.infolist())
    print(f"wrote {made.relative_to(ROOT)}: {size / 1e6:.2f} MB zipped, {unpacked / 1e6:.1f} MB unpacked")
    if size > LARGEST:
        sys.exit(f"It is larger than {LARGEST / 1e6:.0f} MB: look at what has come in.")


def build(folder: Path) -> Path:
    """Make `stay-close.zip` in a folder, and beside it what is in it, in `lambda`."""
    unpacked = folder / "lambda"
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir(parents=True)
    _install(unpacked)
    for source, place in _sources():
        (unpacked / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, unpacked / place)
    _compile(unpacked)
    names = sorted(path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file())
    foreign = [name for name in names if NEVER.search(name)]
    if foreign:
        sys.exit(f"The package would hold {foreign[0]}: take what brings it in out of the function's way.")
    return _zipped(unpacked, names, folder / "stay-close.zip")


def _sources() -> list[tuple[Path, Path]]:
    """Our files that go in, and where: what the entry point imports at any time, and what it reads."""
    entry = ROOT / "lambda" / "handler.py"
    finder = ModuleFinder([str(ROOT)])
    finder.run_script(str(entry))
    files = [getattr(module, "__file__", None) for module in finder.modules.values()]
    modules = [Path(file) for file in files if file]
    ours = [path for path in modules if path.is_relative_to(ROOT / "skill")]
    data = [path for path in (ROOT / "skill" / "compiled").iterdir() if path.suffix in (".json", ".reader")]
    return [(entry, Path("handler.py")), *((path, path.relative_to(ROOT)) for path in (*ours, *data))]


def _install(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--no-deps", "--only-binary=:all:", *PLATFORM, "--require-hashes", "--target", str(folder)]
    subprocess.run([*command, "-r", str(ROOT / "requirements" / "lambda.txt")], check=True)
    for leftover in (*folder.glob("bin"), *folder.glob("*.dist-info/direct_url.json")):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def _compile(folder: Path) -> None:
    node = Path(sys.executable).parent / "node"
    pyodide = ENGINES / "node_modules" / "pyodide"
    done = subprocess.run([node, ROOT / "script" / "compile.mjs", pyodide, folder], check=False)
    if done.returncode:
        sys.exit("A module does not compile for the function's Python: read what is said above.")


def _zipped(folder: Path, names: list[str], made: Path) -> Path:
    fresh = made.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as files:
        for name in names:
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            files.writestr(info, (folder / name).read_bytes(), compresslevel=9)
    return fresh.replace(made)


if __name__ == "__main__":
    main()
