"""What the benchmarks start: our programs, and the Python in which their rivals are installed."""

import json
import pathlib
import subprocess
import venv


def built(kind, name, *arguments):
    """The executable of a release build; `kind` is `bin` or `example`."""
    build = ["cargo", "build", "--release", "--locked", *arguments, "--message-format", "json"]
    done = subprocess.run(build, cwd=pathlib.Path(__file__).parent, stdout=subprocess.PIPE, text=True, check=True)
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return next(
        m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == name and kind in m["target"]["kind"]
    )


def python_with(requirements, folder):
    """The interpreter of a virtual environment with these requirements, made if it is not there."""
    python = folder / "bin/python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)], check=True)
    return str(python)
