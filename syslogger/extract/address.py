"""`address:port` values: an `_ip` field becomes two columns.

`1.2.3.4:80`, `[2001:db8::1]:443`, or an address alone (no port). Each IPv4 part is 1 to 3 digits and at most 255, IPv6
is what `ipaddress` reads, without a zone; a port is 1 to 5 digits and at most 65535. The address is kept as it was
sent; anything else is NULL in both columns.

Strategy: no value is looked at in Python. IPv4 is read over the whole column (`ipv4`); only what that does not know is
gathered and held against the grammar of IPv6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from syslogger.extract import ipv4

if TYPE_CHECKING:
    from collections.abc import Sequence

# RFC 3986 section 3.2.2, for IPv6address; its `::` stands for at least one group of zeros, as in `ipaddress`.
_H16 = "[0-9A-Fa-f]{1,4}"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_LS32 = rf"(?:{_H16}:{_H16}|(?:{_OCTET}\.){{3}}{_OCTET})"
_IPV6 = (
    "(?:"
    rf"(?:{_H16}:){{6}}{_LS32}"
    rf"|::(?:{_H16}:){{5}}{_LS32}"
    rf"|(?:{_H16})?::(?:{_H16}:){{4}}{_LS32}"
    rf"|(?:(?:{_H16}:){{0,1}}{_H16})?::(?:{_H16}:){{3}}{_LS32}"
    rf"|(?:(?:{_H16}:){{0,2}}{_H16})?::(?:{_H16}:){{2}}{_LS32}"
    rf"|(?:(?:{_H16}:){{0,3}}{_H16})?::{_H16}:{_LS32}"
    rf"|(?:(?:{_H16}:){{0,4}}{_H16})?::{_LS32}"
    rf"|(?:(?:{_H16}:){{0,5}}{_H16})?::{_H16}"
    rf"|(?:(?:{_H16}:){{0,6}}{_H16})?::"
    ")"
)
_PORT = "(?:[0-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
IPV6_ENDPOINT = rf"^(?:{_IPV6}|\[{_IPV6}\]:{_PORT})$"

NOTHING = pl.Series([None], dtype=pl.String)
Endpoint = tuple[pa.Array, pa.Array]

VIEWS = pl.CompatLevel.newest()
NO_ADDRESSES, NO_PORTS = pa.array([], pa.string_view()), pa.array([], pa.uint16())


def split_endpoints(values: pl.Series) -> Endpoint:
    """The addresses (string_view) and ports (uint16) of a column of values (String); null where a value is neither."""
    return split_columns([values])[0]


def split_columns(columns: Sequence[pl.Series]) -> list[Endpoint]:
    """The same of several columns of one length, IPv4 read in one go."""
    if not columns or not len(columns[0]):
        return [(NO_ADDRESSES, NO_PORTS)] * len(columns)
    values = [ipv4.Values.of(column) for column in columns]
    found = ipv4.read(
        np.concatenate([each.first for each in values]), np.concatenate([each.lengths for each in values])
    )
    rows = len(columns[0])
    parts = [found.rows(start, start + rows) for start in range(0, rows * len(columns), rows)]
    return [_endpoints(*each) for each in zip(columns, values, parts, strict=True)]


def _endpoints(column: pl.Series, values: ipv4.Values, found: ipv4.Endpoints) -> Endpoint:
    addresses, ports = found.addresses(values), found.port_numbers()
    others = np.flatnonzero(~found.known & (values.lengths > 0))
    if not len(others):
        return addresses, ports
    places = pl.Series(others, dtype=pl.UInt32)
    other_addresses, other_ports = _split_ipv6(column.gather(places))
    if other_addresses.null_count() == len(others):
        return addresses, ports
    return (
        pl.Series(pl.from_arrow(addresses)).scatter(places, other_addresses).to_arrow(compat_level=VIEWS),
        pl.Series(pl.from_arrow(ports)).scatter(places, other_ports.cast(pl.UInt16)).to_arrow(),
    )


def _split_ipv6(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    known = values.str.contains(IPV6_ENDPOINT)
    addresses, ports = _cut(values.zip_with(known, NOTHING), "]:")
    return addresses.str.strip_prefix("["), ports


def _cut(values: pl.Series, separator: str) -> tuple[pl.Series, pl.Series]:
    """What stands before the separator, and what behind it: null where there is none."""
    parts = values.str.split_exact(separator, 1).struct.unnest()
    return parts["field_0"], parts["field_1"]
