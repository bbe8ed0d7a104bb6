"""The pages in a real browser: accessible, narrow, dark, by keyboard, without scripts, live, whatever the names."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page
from tests.looks import SHOP, at, field, look
from tests.web.browser import CHROMIUM, Colours, chromium, page_of
from tests.web.fleet import opened, path_of, served, site_of
from tests.web.hostile import NAMES, hostile

from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName
from whydrift.web.app import PAGES
from whydrift.web.asked import application_path

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
PATHS = [path_of(route) for route in PAGES] + ["/search?q=shop", "/nowhere", "/?show=all", "/findings?severity=loses"]
HOSTILE = ["/?show=all", "/findings", "/causes", "/history", "/search?q=x", "/unmasked", "/residuals", "/hidden"]
WIDE_ENOUGH = "() => document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> SqlStore:
    """A filled store."""
    return opened(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def base(kept: SqlStore) -> Iterator[str]:
    """Where it is served."""
    with served(site_of(kept)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def hostile_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where hostile names are served."""
    store = SqlStore("", tmp_path_factory.mktemp("hostile"))
    hostile(store)
    with served(site_of(store)) as port:
        yield f"http://127.0.0.1:{port}"


def violations(page: Page) -> list[str]:
    """What axe finds: the rule, and the first element that breaks it."""
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def load(page: Page, address: str) -> None:
    """A page with all that it loads; the stream never ends, so that nobody waits for silence."""
    page.goto(address, wait_until="load")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, base: str, colours: Colours) -> None:
    """Every route, with all that opens opened."""
    with page_of(browser, colours=colours) as (page, _):
        for path in PATHS:
            load(page, base + path)
            assert violations(page) == [], path


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, base: str, hostile_base: str, width: int) -> None:
    """No horizontal scrolling, on a phone neither, whatever the names; and nothing is complained of."""
    with page_of(browser, width) as (page, complaints):
        for address in [
            *(base + path for path in PATHS if path != "/nowhere"),
            *(hostile_base + path for path in HOSTILE),
        ]:
            load(page, address)
            assert page.evaluate(WIDE_ENOUGH), address
        assert complaints == []


def test_hostile_names_do_nothing(browser: Browser, hostile_base: str) -> None:
    """Nothing runs, nothing is loaded from elsewhere, nothing is complained of, on each application's own pages too."""
    with page_of(browser) as (page, complaints):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        names = [
            ApplicationName(word, word, word) for word in NAMES if not {"/", "\n"} & set(word) and len(word) < 1000
        ]
        paths = [application_path(name, below) for name in names for below in ("/apps", "/history")]
        for path in [*HOSTILE, *paths]:
            load(page, hostile_base + path)
        assert complaints == []
        assert [url for url in asked if not url.startswith(hostile_base)] == []


def test_a_keyboard_is_enough(browser: Browser, base: str) -> None:
    """Skip to the content, search, open an application, unfold: every step shows where one is."""
    with page_of(browser) as (page, _):
        load(page, base + "/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.locator("header input").focus()
        page.keyboard.type("shop")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=shop")
        tab_to(page, "/apps/-/argocd/shop")
        page.keyboard.press("Enter")
        page.wait_for_url("**/apps/-/argocd/shop")
        summary = page.locator(".look summary").last
        summary.focus()
        before = summary.evaluate("each => each.parentElement.open")
        page.keyboard.press("Space")
        assert summary.evaluate("each => each.parentElement.open") is not before


def tab_to(page: Page, path: str) -> None:
    """Press Tab until a link is focused; each thing on the way can be seen to be."""
    for _ in range(60):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
        if page.evaluate("document.activeElement.getAttribute('href')") == path:
            return
    raise AssertionError(f"no way to {path} by Tab")


def test_every_control_is_reached_by_tab_and_is_large_enough(browser: Browser, base: str) -> None:
    """WCAG 2.2 target size (24 px): links in running text aside."""
    with page_of(browser) as (page, _):
        load(page, base + "/")
        small = page.evaluate(
            "() => [...document.querySelectorAll('button, input, select, header a, .tiles a')]"
            ".filter(e => e.offsetHeight < 24).map(e => e.outerHTML.slice(0, 80))"
        )
        assert small == []


def test_everything_works_without_scripts(browser: Browser, base: str) -> None:
    """Filters, search and pages are plain forms and links."""
    with page_of(browser, script=False) as (page, _):
        page.goto(base + "/")
        page.locator("form.filters select[name=project]").select_option("shop")
        page.locator("form.filters button").click()
        assert "project=shop" in page.url
        assert page.locator("table.fleet tbody tr").count() == 1
        page.locator("table.fleet a").first.click()
        assert page.locator("h1").inner_text() == "shop"


def test_the_page_is_live(browser: Browser, base: str, kept: SqlStore) -> None:
    """What happens is shown within a few seconds, without a reload: what is unfolded stays so."""
    with page_of(browser) as (page, complaints):
        page.goto(base + "/apps/-/argocd/shop")
        page.locator(".look details").last.evaluate("each => { each.open = true; each.dataset.mine = '1' }")
        page.evaluate("window.mine = true")
        page.wait_for_timeout(1_500)  # the stream begins where the store stands then
        kept.record(look([field("/spec/brandNew")], at(20), SHOP, project="shop", team="front"))
        page.get_by_text("spec.brandNew").first.wait_for(timeout=60_000)
        assert page.evaluate("window.mine")
        assert complaints == []


def test_it_prints(browser: Browser, base: str) -> None:
    """Paper has no navigation, and nothing folded away."""
    with page_of(browser) as (page, _):
        page.goto(base + "/apps/eu%2Fprod/argocd/shop")
        page.emulate_media(media="print")
        assert page.locator("header nav").is_hidden()
        evidence = page.locator(".look details details li").first
        assert not page.locator(".look details details").first.evaluate("each => each.open")
        box = evidence.bounding_box()
        assert box is not None
        assert box["height"] > 0
