"""What the user interface knows of the API, and what its lock file must not say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"


def test_its_document_is_that_of_the_api() -> None:
    """The types are made from frontend/openapi.json; `npm run api` in frontend/ makes both anew."""
    told = subprocess.run(
        [sys.executable, "-m", "syslogger", "openapi"], cwd=ROOT, capture_output=True, check=True, timeout=60
    )

    assert json.loads((FRONTEND / "openapi.json").read_text(encoding="utf-8")) == json.loads(told.stdout)


def test_its_lock_file_names_no_registry() -> None:
    """Packages come from the registry that npm is set up for; integrity says which bytes they must be."""
    packages = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: each for name, each in packages.items() if name}

    assert len(installed) > 100
    assert [name for name, each in installed.items() if "resolved" in each] == []
    assert [name for name, each in installed.items() if "integrity" not in each] == []
