"""What the API gets to know of the configuration, and of the machine it runs on: one frozen object, made once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from syslogger.clients import parse_network
from syslogger.config import Config

# The built user interface of a checkout; there may be none.
BUILT_UI = Path(__file__).resolve().parents[1] / "frontend" / "dist"

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Where the API listens, whom it believes, and what it serves. `cores`: those that this process may use."""

    root: Path
    host: str
    port: int
    factory_port: int
    time_zone: str
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()
    token_expiration_minutes: int = 3_600
    download_token_expiration_minutes: int = 60
    static: Path | None = None
    cores: int = 1

    @classmethod
    def of(cls, config: Config) -> ApiSettings:
        """The settings that a configuration file means on this machine."""
        return cls(
            root=config.root,
            host=config.fast_api_server_host,
            port=config.fast_api_server_port,
            factory_port=config.interface_factory_port,
            time_zone=config.time_zone,
            allowed_origins=config.allowed_origins,
            trusted_proxies=tuple(parse_network(text) for text in config.trusted_proxies),
            token_expiration_minutes=config.token_expiration_minutes,
            download_token_expiration_minutes=config.download_token_expiration_minutes,
            static=BUILT_UI if (BUILT_UI / "index.html").is_file() else None,
            cores=len(os.sched_getaffinity(0)),
        )

    @property
    def any_origin(self) -> bool:
        """Whether pages of every origin may call, with a bearer token and never with a cookie."""
        return "*" in self.allowed_origins
