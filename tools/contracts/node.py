"""The JavaScript tools of the field: AsyncAPI's own parser, and types for TypeScript.

`make` installs what `node/package-lock.json` names; nothing of it is committed.
"""

import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).with_name("node")
INSTALLED = FOLDER / "node_modules"


def missing() -> str:
    """What has to be installed before a script can run; empty when nothing has to."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are missing: apt-get install nodejs npm, then make node"
    return "" if INSTALLED.is_dir() else f"{INSTALLED} is missing: make node"


def run(script: str, *arguments: object) -> str:
    """What the script printed. RuntimeError with what it complained about."""
    if missing():
        raise RuntimeError(missing())
    done = subprocess.run(
        ["node", FOLDER / script, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{script}: {done.stdout}{done.stderr}")
    return done.stdout
