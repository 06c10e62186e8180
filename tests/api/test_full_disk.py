"""A disk without room under the API: nothing is shown that the audit cannot note, everything else goes on."""

from __future__ import annotations

from pathlib import Path

from api.permissions import Role
from tests.api.living import words
from tests.api.made_logs import make_logs
from tests.api.serving import Serving, serve, told
from tests.e2e.disk import on_a_small_disk, small_disk

API = "/api/v1"


@on_a_small_disk
def test_what_cannot_be_noted_is_not_shown(tmp_path: Path, size: int) -> None:
    """Searches, rows and tails are refused with what to do until there is room; who is signed in stays so."""
    with small_disk(tmp_path / "disk", size) as disk:
        row = make_logs(disk.folder / "logs")[0]

        async def life(here: Serving) -> None:
            analyst = await here.as_role(Role.ANALYST)
            disk.fill()
            for path in ("logs", "logs/count", "logs/facets?fields=client", f"logs/{row['id']}"):
                status, said = await told(analyst.get(f"{API}/{path}"))
                assert (503, "audit", True) == (status, said["code"], "room" in said["hint"]), said
                assert str(here.root) not in str(said)
            async with words(analyst) as word:
                assert "audit" == (await word.ask("subscribe", id="t", kind="tail"))["error"]["code"]
            for path in ("auth/me", "searches", "exports"):
                assert 200 == (await told(analyst.get(f"{API}/{path}")))[0], path
            disk.make_room()
            assert 200 == (await told(analyst.get(f"{API}/logs")))[0]
            assert 1 == len((await told(analyst.get(f"{API}/searches/history")))[1])
            noted = await here.services.store.read("SELECT action FROM audit WHERE action LIKE 'logs.%'")
            assert ["logs.rows"] == [each["action"] for each in noted]

        serve(disk.folder, life)
