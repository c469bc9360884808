"""compose.yaml and the README together: whoever does what is written there has a gateway that answers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url

from gateway.__main__ import main
from gateway.settings import Settings
from tests import commands
from tests.shipping.conftest import Shipped
from tests.shipping.image import ROOT, of, stages

COMPOSE = Path(sys.executable).parent / "docker-compose"


def written() -> list[str]:
    """The README's commands for running it for real, line by line."""
    section = (ROOT / "README.md").read_text().partition("## Running it for real\n")[2].partition("\n## ")[0]
    return [line[4:] for line in section.splitlines() if line.startswith("    ")]


def compose(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """What Compose makes of compose.yaml and the file .env in this folder. It holds the file against its schema."""
    command = [str(COMPOSE), "--file", str(ROOT / "compose.yaml"), "--project-directory", str(home), *arguments]
    return subprocess.run(command, env={}, capture_output=True, text=True, check=False)


def services(home: Path) -> dict[str, Any]:
    done = compose(home, "--profile", "sandbox", "config", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)["services"]
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder in which a newcomer has typed what makes the file .env, and kept the key in a file."""
    lines = written()
    making = lines[: lines.index("END") + 1]
    subprocess.run(["bash", "-e"], input="\n".join([*making, "printf %s $KEY > key"]), cwd=tmp_path, text=True, check=True)
    return tmp_path


def test_what_the_readme_says_makes_a_gateway_that_answers(home: Path, tmp_path: Path, shipped: Shipped) -> None:
    settings = services(home)["gateway"]["environment"] | {"GATEWAY_DATABASE_URL": "sqlite:///gateway.db"}
    (asking,) = [line for line in written() if line.startswith("curl ")]
    with shipped.serving(tmp_path, **settings) as port:
        asking = asking.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("$KEY", (home / "key").read_text())
        answer = subprocess.run(["bash", "-e"], input=asking, capture_output=True, text=True, check=True).stdout
        assert [backend["configured"] for backend in json.loads(answer)["data"]["backends"]] == [False] * 4
        assert httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ __typename }"}).status_code == 401


def test_the_database_is_the_one_that_the_gateway_asks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, database = services(home)["gateway"], services(home)["database"]
    made = database["environment"]
    for name, value in gateway["environment"].items():
        monkeypatch.setenv(name, value)
    address = make_url(Settings.load().database_url.get_secret_value())
    assert (address.host, address.port) == ("database", 5432)
    assert (address.username, address.database) == (made["POSTGRES_USER"], made["POSTGRES_DB"])
    assert gateway["environment"]["PGPASSWORD"] == made["POSTGRES_PASSWORD"]
    assert gateway["depends_on"]["database"]["condition"] == "service_healthy"
    assert "--host=127.0.0.1" in database["healthcheck"]["test"]
    assert [volume["target"] for volume in database["volumes"]] == ["/var/lib/postgresql/data"]


def test_it_listens_where_the_image_says_and_is_published_to_this_machine_alone(home: Path) -> None:
    gateway = services(home)["gateway"]
    (exposed,) = of(stages()[-1], "EXPOSE")
    assert [(port["host_ip"], str(port["target"])) for port in gateway["ports"]] == [("127.0.0.1", exposed.value)]
    assert gateway["environment"]["GATEWAY_PORT"] == exposed.value
    assert gateway["environment"]["GATEWAY_HOST"] == "0.0.0.0"


def test_the_sandbox_shares_the_gateways_network_and_stays_away_unless_asked_for(home: Path) -> None:
    """So that its addresses, which are 127.0.0.1 alone, are the gateway's too."""
    sandbox = services(home)["sandbox"]
    assert (sandbox["profiles"], sandbox["network_mode"]) == (["sandbox"], "service:gateway")
    with pytest.raises(SystemExit) as ended:
        main([*sandbox["command"], "--help"])
    assert ended.value.code == 0


def test_the_settings_that_reach_the_sandbox_come_through_unchanged(home: Path) -> None:
    printed = commands.gateway("sandbox", "--env").stdout
    with (home / ".env").open("a") as file:
        file.write(printed)
    environment = services(home)["gateway"]["environment"]
    assert dict(line.split("=", 1) for line in printed.splitlines()).items() <= environment.items()


def test_without_a_password_compose_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GATEWAY_PORT=8000\n")
    done = compose(tmp_path, "config", "--quiet")
    assert done.returncode != 0
    assert "set it in the file .env" in done.stderr
