"""What a service does not use is not imported when it starts."""

import subprocess
import sys

import pytest

from portal_runtime.process.lean import without


def test_a_service_starts_without_what_only_command_lines_use() -> None:
    code = (
        "import os, sys, uvloop\n"
        "os.environ['PORTAL_KID_ROLES'] = '{\"gateway\": [\"provider\"]}'\n"
        "from claims.main import SERVICE, run\n"
        "uvloop.run = lambda serving: serving.close()\n"
        "run(SERVICE)\n"
        "drawn_in = {'rich', 'uvicorn', 'click'} & set(sys.modules)\n"
        "raise SystemExit(f'imported: {drawn_in}' if drawn_in else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_hidden_package_is_there_again_afterwards() -> None:
    sys.modules.pop("colorsys", None)
    with without("colorsys"), pytest.raises(ImportError):
        import colorsys
    import colorsys

    assert colorsys.rgb_to_hls(0, 0, 0) == (0.0, 0.0, 0.0)


def test_what_is_imported_already_stays() -> None:
    before = sys.modules["pytest"]
    with without("pytest"):
        assert sys.modules["pytest"] is before
    assert sys.modules["pytest"] is before
