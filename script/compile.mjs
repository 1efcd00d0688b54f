// Compiles the Python files of a folder for Lambda's Python, by that Python itself: CPython 3.13 built for WebAssembly,
// which a registry has, so that no Python 3.13 need be on this machine. `node compile.mjs PYODIDE FOLDER`.
const [, , pyodide, folder] = process.argv;
const { loadPyodide } = await import(`${pyodide}/pyodide.mjs`);
// A fixed seed: the order of a set of constants is the same each time.
const python = await loadPyodide({ indexURL: pyodide, env: { PYTHONHASHSEED: "0" } });
python.FS.mkdirTree("/work");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/work");
const compiled = python.runPython(`
import compileall, py_compile

# Unchecked: the times of files that come out of a zip say nothing.
compileall.compile_dir(
    "/work", maxlevels=99, quiet=1, force=True, stripdir="/work", prependdir="/var/task",
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
)
`);
process.exit(compiled ? 0 : 1);
