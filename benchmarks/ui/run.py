"""The pages in a real browser, on a real server: first paint, script, frames and memory while lines arrive.

    python -m benchmarks.ui.run [--seconds 600] [--rate 1000] [--rows 100000] [--data FOLDER] [--json FILE]

A factory with one engine, its API and the built pages; the system's Chromium, played by Playwright. It needs Node and
the packages of `frontend/` (`npm ci` there) and ends by itself; its data is removed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.query.lines import CLASS
from syslogger.bench.machine import describe_machine, require_linux

HERE = Path(__file__).parent
BUILT = HERE.parents[1] / "frontend" / "dist" / "index.html"
READY_SECONDS = 60.0
FILL_RATE = 20_000
FILL_SECONDS = 300.0


def free_port(kind: socket.SocketKind) -> int:
    """A port of loopback that nobody has."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configured(folder: Path, api: int, engine: int) -> Path:
    """A configuration file with one engine."""
    path = folder / "GLOBAL_CONFIG.json"
    keys: dict[str, Any] = {
        "INTERFACE_FACTORY_PORT": free_port(socket.SOCK_STREAM),
        "FAST_API_SERVER_PORT": api,
        "ROOT_SAVED_DATA_DIRECTORY": "data",
        "ENGINE_CLASSES": {CLASS.name: {field.name: field.pattern for field in CLASS.fields}},
        "ENGINES": [{"name": "main", "class": CLASS.name, "port": engine}],
    }
    path.write_text(json.dumps(keys))
    return path


@contextmanager
def program(*words: str | Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process of ours, ended with the block."""
    with subprocess.Popen([sys.executable, "-m", *map(str, words)], text=True, **options) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


@contextmanager
def sending(port: int, rate: int) -> Iterator[None]:
    """Lines at a rate for as long as the block takes."""
    with program("benchmarks.query.load", str(port), str(rate), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as load:
        yield
        load.communicate()


def wait_until_ready(port: int) -> None:
    """Until API, factory and engine answer."""
    ends = time.monotonic() + READY_SECONDS
    while not is_ready(port):
        if time.monotonic() > ends:
            raise SystemExit("the server was not ready in time")
        time.sleep(0.2)


def is_ready(port: int) -> bool:
    """Whether API, factory and database answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def fill(data: Path, engine: int, rows: int) -> None:
    """Send until so many rows are stored."""
    ends = time.monotonic() + FILL_SECONDS
    with sending(engine, FILL_RATE):
        while stored(data) < rows:
            if time.monotonic() > ends:
                raise SystemExit(f"{rows:,} rows were not stored in {FILL_SECONDS:.0f} s")
            time.sleep(0.5)


def stored(data: Path) -> int:
    """How many rows there are; none before the first day has begun."""
    words = [sys.executable, "-m", "syslogger", "query", "--data", str(data), "--count", "--json"]
    got = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return int(json.loads(got.stdout)["count"]) if got.returncode == 0 else 0


def node() -> str:
    """The system's Node, or the one beside this Python (docs/frontend.md)."""
    path = shutil.which("node", path=f"{os.environ.get('PATH', '')}:{Path(sys.executable).parent}")
    if path is None:
        raise SystemExit("this needs Node: see docs/frontend.md")
    return path


def browser(step: str, url: str, **asked: Any) -> dict[str, Any]:
    """What `pages.mjs` measures, as it prints it."""
    words = json.dumps({"step": step, "url": url, **asked})
    got = subprocess.run([node(), HERE / "pages.mjs", words], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(got.stdout)
    return found


def measured(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Everything, one after the other."""
    api, engine = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
    config = configured(folder, api, engine)
    url, state = f"http://127.0.0.1:{api}", str(folder / "signed-in.json")
    with program("syslogger", "run", "--config", config, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        wait_until_ready(api)
        code = (folder / "data" / "_control" / "setup.code").read_text().strip()
        browser("sign-in", url, code=code, state=state)
        fill(folder / "data", engine, asked.rows)
        found: dict[str, Any] = {"pages": browser("pages", url, state=state)}
        found["search"] = browser("search", url, state=state, rows=asked.rows)
        with sending(engine, asked.rate):
            found["tail"] = browser("tail", url, state=state, seconds=asked.seconds)
        found["load_average"] = os.getloadavg()[0]
    return found


def show(found: dict[str, Any]) -> None:
    """The figures, for people."""
    for name, page in found["pages"].items():
        print(
            f"page     {name:9} painted {page['painted_ms']:6.0f} ms, there {page['there_ms']:6.0f} ms,"
            f" script {page['script_bytes'] / 1e3:6.1f} kB compressed, {page['heap_bytes'] / 1e6:5.1f} MB of heap"
        )
    search = found["search"]
    print(
        f"search   {search['rows']:,} rows loaded, at most {search['most_row_elements']} row elements in the page,"
        f" {search['heap_bytes'] / 1e6:.1f} MB of heap; scrolled at {search['frames_a_second']:.1f} frames/s"
    )
    tail = found["tail"]
    mb = {name.removesuffix("_bytes"): each / 1e6 for name, each in tail.items() if name.endswith("_bytes")}
    print(
        f"tail     {tail['seconds']:.0f} s: {tail['frames_a_second']:.1f} frames/s; a frame"
        f" p50 {tail['frame_p50_ms']:.1f} ms, p99 {tail['frame_p99_ms']:.1f} ms, max {tail['frame_max_ms']:.0f} ms,"
        f" {100 * tail['slow_share']:.2f} % above 50 ms; its thread works {100 * tail['busy_share']:.0f} % of the time,"
        f" {100 * tail['script_share']:.0f} % in scripts"
    )
    print(
        f"tail     heap {mb['heap_first']:.1f} MB after a tenth of the time, {mb['heap_last']:.1f} MB at the end,"
        f" at most {mb['heap_most']:.1f} MB; its process at most {mb['process_most']:.0f} MB (PSS); at most"
        f" {tail['most_row_elements']} row elements"
    )
    print(f"tail     says: {tail['words']}")
    print(f"load     {found['load_average']:.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=600, help="how long the live tail is watched")
    parser.add_argument("--rate", type=int, default=1_000, help="lines a second meanwhile")
    parser.add_argument("--rows", type=int, default=100_000, help="rows that are loaded into the search")
    parser.add_argument("--data", type=Path, default=None, help="where the data is put, and removed again")
    parser.add_argument("--json", type=Path, default=None, help="the figures as a file")
    asked = parser.parse_args()
    require_linux()
    if not BUILT.exists():
        raise SystemExit("build the pages first: `npm run build` in frontend/")
    with tempfile.TemporaryDirectory(prefix="syslogger-ui-", dir=asked.data) as name:
        folder = Path(name)
        machine = describe_machine(folder)
        print(f"machine  {machine.cores} cores of {machine.cpu}, Linux {machine.kernel}, Python {machine.python}")
        print(f"load     {os.getloadavg()[0]:.1f} before")
        found = measured(asked, folder)
    show(found)
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
