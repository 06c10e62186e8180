"""The control folder and sockets in it, however long the way there is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from syslogger.control import connect, control_folder, listen, tail_path


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_only_the_owner_may_enter(tmp_path: Path, umask: int) -> None:
    """The folder is 0700 and a socket in it 0600, whatever the umask; the umask is as before."""
    before = os.umask(umask)
    try:
        folder = control_folder(tmp_path)
        listener = listen(tail_path(tmp_path, "main"))
    finally:
        assert umask == os.umask(before)
    with listener:
        assert 0o40700 == folder.stat().st_mode
        assert 0o140600 == tail_path(tmp_path, "main").stat().st_mode


def test_a_folder_that_was_opened_up_is_shut_again(tmp_path: Path) -> None:
    """To make it again repairs the mode."""
    control_folder(tmp_path).chmod(0o777)

    assert 0o40700 == control_folder(tmp_path).stat().st_mode


def test_a_long_way_there(tmp_path: Path) -> None:
    """A path longer than the 107 bytes of a socket's address can be listened on and connected to."""
    root = tmp_path / ("r" * 100) / ("o" * 100)
    control_folder(root)
    path = tail_path(root, "e" * 30)
    with listen(path) as listener, connect(path) as connection:
        connection.send(b"hello")
        accepted, _ = listener.accept()
        with accepted:
            assert b"hello" == accepted.recv(5)


def test_what_a_dead_one_left_is_replaced(tmp_path: Path) -> None:
    """A socket file that nobody listens on does not keep the next from listening there."""
    control_folder(tmp_path)
    path = tail_path(tmp_path, "main")
    listen(path).close()
    with pytest.raises(ConnectionRefusedError):
        connect(path)
    with listen(path), connect(path):
        pass


def test_nobody_is_there(tmp_path: Path) -> None:
    """Without folder or socket a connection fails, and leaves no descriptor."""
    with pytest.raises(FileNotFoundError):
        connect(tail_path(tmp_path, "main"))
    with pytest.raises(FileNotFoundError):
        listen(tail_path(tmp_path, "main"))
