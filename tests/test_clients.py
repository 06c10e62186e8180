"""Ranges as people write them, and the table that decides batches, held against a naive model made of ipaddress."""

from __future__ import annotations

import subprocess
import sys
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from syslogger.clients import ClientTable, address_text, parse_address, parse_network
from syslogger.errors import UnfitError
from tests.support import deadline

ROOT = Path(__file__).resolve().parents[1]

Network = IPv4Network | IPv6Network

MAPPED = int(IPv6Address("::ffff:0:0"))
LAST = (1 << 128) - 1


def key_of(text: str) -> bytes:
    """The 16 bytes in which an address comes from the socket."""
    address = ip_address(text)
    return (int(address) + (MAPPED if address.version == 4 else 0)).to_bytes(16, "big")


def keys(*addresses: bytes) -> NDArray[np.uint8]:
    """Addresses as a batch has them."""
    return np.frombuffer(b"".join(addresses), np.uint8).reshape(-1, 16)


def decided(ranges: list[str], *addresses: str) -> list[int]:
    """The client of each address in a table of these ranges."""
    table = ClientTable([(text, text) for text in ranges])
    return list(table.decide(keys(*map(key_of, addresses))))


def model(networks: list[Network], key: bytes) -> int:
    """The same answer, one network after the other."""
    address = parse_address(str(IPv6Address(key)))
    holding = [(network.prefixlen, i) for i, network in enumerate(networks) if address in network]
    return max(holding)[1] if holding else -1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1", "10.0.0.1/32"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("192.168.*", "192.168.0.0/16"),
        ("192.168.*.*", "192.168.0.0/16"),
        ("10.*", "10.0.0.0/8"),
        ("10.1.2.*", "10.1.2.0/24"),
        ("::1", "::1/128"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("::/0", "::/0"),
        ("::ffff:10.0.0.1", "10.0.0.1/32"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/64", "::/64"),
        ("fe80::/10", "fe80::/10"),
    ],
)
def test_a_range_is_read_as_written(text: str, expected: str) -> None:
    """Addresses, CIDRs and whole trailing wildcards are read, and what is v4-mapped is IPv4."""
    assert str(parse_network(text)) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("10.0.0.1/8", "write 10.0.0.0/8 for the range, or 10.0.0.1 for the one address"),
        ("2001:db8::1/32", "write 2001:db8::/32 for the range, or 2001:db8::1"),
        ("::ffff:10.0.0.1/104", "write 10.0.0.0/8 for the range, or 10.0.0.1"),
        ("fe80::1%eth0", "leave the zone out: 'fe80::1'"),
        ("fe80::%1/64", "leave the zone out"),
        ("192.168.1*", "whole octets at the end"),
        ("192.*.1.2", "whole octets at the end"),
        ("*.1.2.3", "whole octets at the end"),
        ("*", "0.0.0.0/0 and ::/0"),
        ("1.2.3.4.*", "whole octets at the end"),
        ("10.*.*.*.*", "whole octets at the end"),
        ("192.168.*/16", "whole octets at the end"),
        ("fe80:*", "whole octets at the end"),
        ("300.*", "300.*"),
        ("010.0.0.1", "write an address"),
        ("10.0.0.0/33", "write an address"),
        ("10.0.0.0/255.0.0.0", "no prefix length"),
        ("10.0.0.0/0.255.255.255", "no prefix length"),
        ("10.0.0.0/", "no prefix length"),
        ("10.0.0.0/²", "no prefix length"),
        ("10.0.0.0/" + "9" * 5000, "write an address"),
        ("10.0.0", "write an address"),
        (" 10.0.0.1", "write an address"),
        ("router.example.net", "write an address"),
        ("", "write an address"),
        ("\x1b[31m", "'\\x1b[31m'"),
    ],
)
def test_what_is_no_range_is_refused_with_the_right_one(text: str, hint: str) -> None:
    """Whatever cannot be read as a range is a ValueError that says what to write instead."""
    with pytest.raises(UnfitError) as caught:
        parse_network(text)

    assert hint in str(caught.value)
    assert "\x1b" not in str(caught.value)


@given(st.text(alphabet="0123456789abcdef.:*/%fF ", max_size=30) | st.text(max_size=30))
def test_reading_a_range_gives_one_or_a_sentence(text: str) -> None:
    """Any text is a range or an UnfitError, and a range that was read is read again as itself."""
    try:
        network = parse_network(text)
    except UnfitError as error:
        sentence = str(error)
    else:
        sentence = ""
        assert parse_network(str(network)) == network

    assert sentence.isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("2001:DB8:0::1", "2001:db8::1"), ("::", "::")],
)
def test_an_address_has_one_text(text: str, expected: str) -> None:
    """A v4-mapped address is plain IPv4, and IPv6 is compressed."""
    assert str(parse_address(text)) == expected
    assert address_text(key_of(text)) == expected


@given(st.ip_addresses())
def test_the_text_of_a_key_is_the_address(address: IPv4Address | IPv6Address) -> None:
    """Every address comes back from its 16 bytes."""
    assert ip_address(address_text(key_of(str(address)))) == parse_address(str(address))


def test_the_longest_prefix_wins() -> None:
    """Of nested ranges the innermost decides, whatever the order they are given in."""
    ranges = ["10.0.0.0/8", "10.1.2.3", "10.1.*", "0.0.0.0/0"]

    assert decided(ranges, "10.0.0.1", "10.1.2.3", "10.1.2.4", "11.0.0.0", "10.255.255.255") == [0, 1, 2, 3, 0]


def test_a_range_of_ipv6_takes_no_ipv4_sender() -> None:
    """Even ::/0 leaves IPv4 senders to the IPv4 ranges, and 0.0.0.0/0 takes all of those and no other."""
    assert decided(["::/0"], "10.0.0.1", "::1", "ffff::", "::fffe:ffff:ffff", "::1:0:0:0") == [-1, 0, 0, 0, 0]
    assert decided(["::/0", "0.0.0.0/0"], "0.0.0.0", "255.255.255.255", "::1", "::1:0:0:0") == [1, 1, 0, 0]
    assert decided(["0.0.0.0/0"], "10.0.0.1", "::1", "::", "ffff::") == [0, -1, -1, -1]


def test_a_range_ends_where_it_ends() -> None:
    """The first and the last address belong to a range, their neighbours do not, also at both ends of the line."""
    assert decided(["10.0.0.0/8"], "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0") == [-1, 0, 0, -1]
    assert decided(["::/128", "ff00::/8"], "::", "::1", "feff::", "ff00::", str(IPv6Address(LAST))) == [0, -1, -1, 1, 1]


def test_nobody_is_allowed_by_an_empty_table() -> None:
    """Without clients every sender is refused."""
    assert decided([], "10.0.0.1", "::1", "::", str(IPv6Address(LAST))) == [-1] * 4


def test_an_empty_batch_has_an_empty_answer() -> None:
    """No addresses give no decisions, of the promised type."""
    answer = ClientTable([("a", "::1")]).decide(np.empty((0, 16), np.uint8))

    assert answer.shape == (0,)
    assert answer.dtype == np.int32


def test_a_strided_batch_is_decided_like_any_other() -> None:
    """Addresses that lie apart in memory, as in a column of a larger array, are read rightly."""
    wide = np.zeros((2, 40), np.uint8)
    wide[:, 8:24] = keys(key_of("10.0.0.1"), key_of("11.0.0.1"))

    table = ClientTable([("a", "10.0.0.0/8")])

    assert table.decide(wide[:, 8:24]).tolist() == [0, -1]
    assert table.decide(np.asfortranarray(wide[:, 8:24])).tolist() == [0, -1]


def test_a_table_names_its_clients() -> None:
    """Names and canonical ranges stand in the order given."""
    table = ClientTable([("office", "192.168.*"), ("mapped", "::ffff:10.0.0.1")])

    assert table.names == ("office", "mapped")
    assert table.networks == ("192.168.0.0/16", "10.0.0.1/32")


def test_a_range_given_twice_is_refused() -> None:
    """Two spellings of one range cannot have two names."""
    with pytest.raises(UnfitError, match="twice"):
        ClientTable([("a", "10.0.0.0/8"), ("b", "::ffff:10.0.0.0/104")])


def networks() -> st.SearchStrategy[Network]:
    """Ranges that nest and touch: few bases, all lengths, IPv6 ones around the v4-mapped block too."""
    bases = st.sampled_from([0, MAPPED, MAPPED + (10 << 24), LAST, int(IPv6Address("2001:db8::"))]) | st.integers(
        0, LAST
    )
    wide = st.builds(lambda base, length: ip_network((base, length), strict=False), bases, st.integers(0, 128))
    mapped = st.builds(
        lambda base, length: ip_network((base & 0xFFFFFFFF, length), strict=False), bases, st.integers(0, 32)
    )
    return wide.filter(lambda network: parse_network(str(network)) == network) | mapped


@given(st.lists(networks(), unique=True, max_size=12), st.lists(st.integers(0, LAST), max_size=10))
def test_the_table_decides_like_the_model(ranges: list[Network], others: list[int]) -> None:
    """At every border and anywhere else the table gives the longest prefix that ipaddress finds."""
    spans = [
        (int(n[0]) + (MAPPED if n.version == 4 else 0), int(n[-1]) + (MAPPED if n.version == 4 else 0)) for n in ranges
    ]
    near = [edge + step for span in [*spans, (MAPPED, MAPPED + 0xFFFFFFFF)] for edge in span for step in (-1, 0, 1)]
    probes = [number.to_bytes(16, "big") for number in {*near, *others, 0, LAST} if 0 <= number <= LAST]
    table = ClientTable([(str(i), str(network)) for i, network in enumerate(ranges)])

    assert table.decide(keys(*probes)).tolist() == [model(ranges, probe) for probe in probes]


def test_a_million_spoofed_senders_are_decided_at_once() -> None:
    """A flood from as many addresses as datagrams costs one search each, not a loop."""
    flood = np.random.default_rng(5424).integers(0, 256, (1_000_000, 16), np.uint8)
    table = ClientTable([(str(i), f"2001:db8:{i:x}::/48") for i in range(1_000)])

    with deadline(30):
        answer = table.decide(flood)

    assert answer.shape == (1_000_000,)


def test_light_processes_can_have_a_table() -> None:
    """The module loads where pydantic, Polars and Arrow are not there."""
    hidden = "import sys; sys.modules.update(dict.fromkeys(('pydantic', 'polars', 'pyarrow')))"
    program = f"{hidden}; from syslogger.clients import ClientTable; print(ClientTable([('a', '::1')]).networks)"
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert (run.stdout, run.stderr) == ("('::1/128',)\n", "")
