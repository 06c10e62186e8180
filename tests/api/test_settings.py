"""The API's settings are what the configuration file says."""

from __future__ import annotations

import json
import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from api import settings
from api.settings import ApiSettings
from syslogger.config import load


def settings_of(folder: Path, **keys: Any) -> ApiSettings:
    """The settings of a file with these keys."""
    path = folder / "GLOBAL_CONFIG.json"
    path.write_text(json.dumps({"ENGINE_CLASSES": {}, **keys}))
    return ApiSettings.of(load(path))


def test_without_keys_it_is_for_this_machine_alone(tmp_path: Path) -> None:
    """Loopback, no other origin, no proxy is believed."""
    found = settings_of(tmp_path)

    assert ("127.0.0.1", 3000, 3100) == (found.host, found.port, found.factory_port)
    assert ((), (), False) == (found.allowed_origins, found.trusted_proxies, found.any_origin)
    assert len(os.sched_getaffinity(0)) == found.cores
    assert tmp_path / "LOG_DATABASE" == found.root


def test_every_key_arrives(tmp_path: Path) -> None:
    """Addresses are networks by now, and a star among the origins counts for all."""
    found = settings_of(
        tmp_path,
        FAST_API_SERVER_HOST="0.0.0.0",
        FAST_API_SERVER_PORT=8080,
        INTERFACE_FACTORY_PORT=8081,
        FAST_API_ALLOWED_ORIGIN=["https://logs.example.net", "*"],
        TRUSTED_PROXIES=["10.0.0.0/8", "192.0.2.1"],
        TOKEN_EXPIRATION=7,
        DOWNLOAD_TOKEN_EXPIRATION=8,
        TIME_ZONE="Asia/Kathmandu",
    )

    assert ("0.0.0.0", 8080, 8081) == (found.host, found.port, found.factory_port)
    assert found.any_origin
    assert (ip_network("10.0.0.0/8"), ip_network("192.0.2.1/32")) == found.trusted_proxies
    assert (7, 8) == (found.token_expiration_minutes, found.download_token_expiration_minutes)
    assert "Asia/Kathmandu" == found.time_zone


def test_a_built_interface_is_found(tmp_path: Path, monkeypatch: Any) -> None:
    """A folder counts when there is a page in it."""
    monkeypatch.setattr(settings, "BUILT_UI", tmp_path / "dist")
    (tmp_path / "dist").mkdir()
    assert settings_of(tmp_path).static is None

    (tmp_path / "dist" / "index.html").touch()
    assert tmp_path / "dist" == settings_of(tmp_path).static
