"""The user interface as files: what is kept, what is asked for again, and what is a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from yarl import URL

from tests.api.serving import Serving, serve, told

HTML = {"Accept": "text/html,*/*"}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as a build leaves it, and a file beside it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>the page")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "main-1a2b3c.js").write_text("run()")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def test_without_a_build_a_page_says_what_runs(tmp_path: Path) -> None:
    """It names where the API is described; other paths are not there."""

    async def life(here: Serving) -> None:
        async with here.client().get("/", headers=HTML) as got:
            assert got.status == 200
            assert "/api/v1/openapi.json" in await got.text()
        assert 404 == (await told(here.client().get("/engines", headers=HTML)))[0]

    serve(tmp_path, life)


@pytest.mark.parametrize(
    ("path", "text", "caching"),
    [
        ("/", "the page", "no-cache"),
        ("/index.html", "the page", "no-cache"),
        ("/engines/main", "the page", "no-cache"),
        ("/favicon.svg", "<svg/>", "no-cache"),
        ("/assets/main-1a2b3c.js", "run()", "public, max-age=31536000, immutable"),
    ],
)
def test_files_and_pages(tmp_path: Path, built: Path, path: str, text: str, caching: str) -> None:
    """What has a digest in its name is kept for ever; a page is asked for each time."""

    async def life(here: Serving) -> None:
        async with here.client().get(path, headers=HTML) as got:
            assert 200 == got.status
            assert text in await got.text()
            assert caching == got.headers["Cache-Control"]
            again = {**HTML, "If-None-Match": got.headers["ETag"]}
        async with here.client().get(path, headers=again) as got:
            assert (304, caching) == (got.status, got.headers["Cache-Control"])

    serve(tmp_path, life, static=built)


NO_PAGES = [
    ("/assets/gone-9.js", "*/*"),
    ("/assets/gone-9.js", "text/html"),
    ("/engines/main", "application/json"),
    ("/api/v1/nothing", "text/html"),
    ("/%2e%2e/secret.txt", "text/html"),
    ("/..%2fsecret.txt", "text/html"),
    ("/assets/%2e%2e/%2e%2e/secret.txt", "*/*"),
    ("/secret.txt%00.html", "*/*"),
    ("//etc/passwd.txt", "*/*"),
]


def test_what_is_no_page_is_not_found(tmp_path: Path, built: Path) -> None:
    """A file that is not there, a path of the API and every way out of the folder are 404 in our form."""

    async def life(here: Serving) -> None:
        for path, accept in NO_PAGES:
            url = URL(here.url + path, encoded=True)
            status, said = await told(here.client().get(url, headers={"Accept": accept}))
            assert (404, "not_found", path) == (status, said["code"], path)

    serve(tmp_path, life, static=built)


def test_pages_are_only_read(tmp_path: Path, built: Path) -> None:
    """A write to a page is refused with what is allowed."""

    async def life(here: Serving) -> None:
        async with here.client().post("/index.html") as got:
            assert (405, "GET, HEAD") == (got.status, got.headers["Allow"])

    serve(tmp_path, life, static=built)
