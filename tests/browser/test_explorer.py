"""GraphiQL in a real browser that can reach nothing but the gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright

from tests.server.pending import begin, cancel, waiting_gateway
from tests.stack import GatewayClient

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayClient]:
    with waiting_gateway(tmp_path_factory.mktemp("browser")) as client:
        yield client


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield browser.new_page(viewport={"width": 1400, "height": 900})
        browser.close()


def test_a_person_explores_the_graph_offline(gateway: GatewayClient, page: Page, tmp_path: Path) -> None:
    """The page opens with three examples, runs one, and shows the answer; no other host is asked for anything."""
    foreign: list[str] = []
    problems: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((gateway.address, "data:", "blob:")):
            foreign.append(request.url)

    page.on("request", watch)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)

    page.goto(f"{gateway.address}/graphql")
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_count(3)
    expect(tabs.nth(0)).to_contain_text("NewestOrders")
    page.get_by_role("button", name="Execute query").click()
    answer = page.locator(".result-window")
    expect(answer).to_contain_text('"NOT_CONFIGURED"')
    expect(answer).to_contain_text('"CARTONCLOUD"')

    page.get_by_label("Show Documentation Explorer").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("Query")
    assert not foreign
    assert not problems


def test_a_person_watches_a_change(gateway: GatewayClient, page: Page) -> None:
    """A subscription is shown as it goes on; the page may open sockets to its own host."""
    handle = begin(gateway)
    page.goto(f"{gateway.address}/graphql")
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_count(3)
    query = f'subscription Watch {{ transaction(handle: "{handle}") {{ status }} }}'
    page.locator(".graphiql-query-editor .CodeMirror").first.evaluate(
        "(editor, query) => editor.CodeMirror.setValue(query)", query
    )
    expect(tabs.nth(0)).to_contain_text("Watch")  # GraphiQL has read it
    page.get_by_role("button", name="Execute query").click()
    answer = page.locator(".result-window")
    expect(answer).to_contain_text('"QUEUED"')
    cancel(gateway, handle)
    expect(answer).to_contain_text('"CANCELLED"')
