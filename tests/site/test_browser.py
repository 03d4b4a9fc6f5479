"""The site in a real browser: search, filters, keys, dark mode, narrow screens, and what axe finds.

Needs Chromium: Debian's (`apt-get install chromium`), another on the PATH, or one that Playwright has installed.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright
from pybtex.database import parse_string

from assets.site import addresses, search
from assets.site.serve import site_server
from tests.site.conftest import Made
from tests.site.corpus import ATTACKING, DAYS, FORMULAS, OLD_ID, PENDING
from tests.site.test_pages import KINDS

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
NEEDS_INDEX = pytest.mark.skipif(search.program() is None, reason=search.MISSING)

LIKE_ANOTHER = (
    addresses.day_page(DAYS[2]),
    addresses.paper_page(OLD_ID),
    addresses.CATEGORIES,
    addresses.TOPICS,
    addresses.topic_page("2026-01", "time-keeping"),
    addresses.article_page("2026-01"),
    addresses.status_page(2026),
)
"""Kinds of pages that have the template of another kind."""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        if program is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip(
                f"no browser: none of {', '.join(PROGRAMS)} is on the PATH and Playwright has installed none; "
                "install Debian's package chromium, or run `playwright install chromium`"
            )
        try:
            launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"the browser {program or 'of Playwright'} does not start: {error.message.splitlines()[0]}")
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def address(made: Made) -> Iterator[str]:
    with site_server(made.site, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def show(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a page; what its console says, an error and a request that leaves the site are faults of the test."""
    faults: list[str] = []
    contexts = []

    def opened(path: str, **options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: faults.append(f"{path}: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
        page.on("request", lambda asked: None if asked.url.startswith(address) else faults.append(asked.url))
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@NEEDS_INDEX
def test_search_finds_a_paper_by_a_word_of_its_abstract(show: Open) -> None:
    page = show("search/index.html")
    page.fill("#q", "zeppelins")
    expect(page.locator("#found")).to_have_text("1 paper")
    page.click("#results .title a")
    page.wait_for_url(f"**/{addresses.paper_page(PENDING)}")
    assert page.locator("h1").inner_text() == "Waiting for its summary"


@NEEDS_INDEX
def test_a_found_paper_has_its_label_and_the_names_of_fields_find_nothing(show: Open) -> None:
    page = show("search/index.html?q=knot")
    expect(page.locator("#results .label")).to_have_text(["extractive"])
    page.fill("#q", "motivation")
    expect(page.locator("#found")).to_have_text("0 papers")


@NEEDS_INDEX
def test_filters_narrow_the_search(show: Open) -> None:
    page = show("search/index.html")
    found, titles = page.locator("#found"), page.locator("#results .title")
    page.select_option("[name=code]", "yes")
    expect(found).to_have_text("1 paper")
    expect(titles).to_have_text(["Waiting for its summary"])
    page.select_option("[name=code]", "")
    page.select_option("[name=status]", "extractive")
    expect(titles).to_have_text(["An old knot"])
    page.select_option("[name=status]", "")
    page.select_option("[name=month]", "2026-02")
    expect(found).to_have_text("4 papers")
    page.select_option("[name=category]", "math.GT")
    expect(found).to_have_text("0 papers")


@NEEDS_INDEX
def test_a_search_can_be_linked_to_and_an_attack_that_is_found_is_text(show: Open) -> None:
    page = show("search/index.html?q=quixotic&category=cs.LG")
    page.wait_for_selector("#results .title a")
    assert page.locator("#results .title").inner_text().startswith("<script>attacked = 1</script>")
    assert page.evaluate("window.attacked") is None
    assert str(page.locator("#results .title a").get_attribute("href")).endswith(addresses.paper_page(ATTACKING))


def test_keys_go_through_the_papers_and_the_days(show: Open) -> None:
    page = show(addresses.day_page(DAYS[1]))
    focused = "document.activeElement.id"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(focused) == addresses.anchor("paper", "2601.51101")
    page.keyboard.press("k")
    assert page.evaluate(focused) == addresses.anchor("paper", "2601.51100")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/{addresses.day_page(DAYS[2])}")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**/{addresses.day_page(DAYS[1])}")
    page.click("article.paper h3 a >> nth=0")
    page.wait_for_url(f"**/{addresses.paper_page('2601.51100')}")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/{addresses.paper_page('2601.51101')}")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**/{addresses.paper_page('2601.51100')}")
    page.keyboard.press("/")
    page.wait_for_url(f"**/{addresses.SEARCH}")
    page.wait_for_selector("#q:focus") if search.program() else None
    page.keyboard.type("j/k")
    assert page.input_value("#q") == "j/k" or search.program() is None


def test_a_citation_can_be_copied(show: Open) -> None:
    page = show(addresses.paper_page(OLD_ID), permissions=["clipboard-read", "clipboard-write"])
    page.click("text=Copy citation")
    page.wait_for_selector("text=Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#citation").inner_text()


def test_dark_mode_follows_the_system(show: Open) -> None:
    colours = [
        show("index.html", color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert colours == ["rgb(253, 252, 248)", "rgb(22, 24, 27)"]


def test_no_kind_of_page_scrolls_sideways_on_a_narrow_screen(show: Open, address: str) -> None:
    page = show("index.html", viewport={"width": 360, "height": 740})
    for kind in (*KINDS, addresses.paper_page(ATTACKING)):
        page.goto(address + kind)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, kind


def test_formulas_are_set_by_the_browser(show: Open) -> None:
    page = show(addresses.paper_page(FORMULAS))
    assert page.locator("h1 math").count() == 1
    assert page.evaluate("document.querySelector('h1 math').namespaceURI") == "http://www.w3.org/1998/Math/MathML"
    assert page.locator("math msqrt mfrac").count() >= 1
    assert "$5 a sample" in page.locator("h1").inner_text()


def test_no_attack_runs(show: Open, address: str) -> None:
    page = show(addresses.paper_page(ATTACKING))
    for place in (
        addresses.day_page(DAYS[2]),
        addresses.overview_page(2026, "cs.LG"),
        addresses.category_page("cs.LG", "2026-01"),
    ):
        assert page.evaluate("window.attacked") is None
        page.goto(address + place)
    assert page.evaluate("window.attacked") is None


def test_everything_but_the_search_works_without_scripts(show: Open) -> None:
    page = show(addresses.day_page(DAYS[1]), java_script_enabled=False)
    page.locator("details summary").first.click()
    assert page.locator("details dl").first.is_visible()
    page.click("a[rel=next]")
    assert page.locator("h1").inner_text() == "Friday, 30 January 2026"
    page.click("header.site a:text('Search')")
    assert "needs JavaScript" in page.locator("main").inner_text()


def test_a_folder_opened_without_a_server_reads_the_same(made: Made, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((made.site / "index.html").as_uri())
        page.click("a[rel=prev]")
        assert page.locator("h1").inner_text() == "Monday, 2 February 2026"
        assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"


def violations(page: Page, **options: object) -> list[tuple[str, str]]:
    """What axe finds on a page: the rule and the first element that breaks it."""
    found = Axe().run(page, options=options).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found]


def test_axe_finds_no_violation_on_any_kind_of_page(show: Open, address: str) -> None:
    page = show("index.html")
    one_of_each_template = [kind for kind in KINDS if kind not in LIKE_ANOTHER]
    found = {}
    for kind in one_of_each_template:
        page.goto(address + kind)
        found[kind] = violations(page)
    assert found == {kind: [] for kind in one_of_each_template}


def test_axe_finds_enough_contrast_in_the_dark(show: Open, address: str) -> None:
    page = show("index.html", color_scheme="dark")
    kinds = (addresses.day_page(DAYS[2]), addresses.DAYS, addresses.STATUS, addresses.overview_page(2026, "cs.LG"))
    for kind in kinds:
        page.goto(address + kind)
        assert violations(page, runOnly=["color-contrast"]) == [], kind


def entries(text: str) -> list[str]:
    """The ids of the papers whose entries a BibTeX text holds."""
    return [entry.fields["eprint"] for entry in parse_string(text, "bibtex").entries.values()]


def ticked(page: Page, kind: str) -> str:
    """Ticks the first two papers of a page and gives what is copied then."""
    boxes = page.locator("label.tick > input")
    for place in range(2):
        boxes.nth(place).check()
    expect(page.locator("section.ticked p")).to_have_text("2 papers ticked")
    page.click("text=Copy BibTeX")
    expect(page.locator("section.ticked p")).to_have_text("Copied")
    text = str(page.evaluate("navigator.clipboard.readText()"))
    assert len(entries(text)) == 2, kind
    return text


def test_ticked_papers_are_copied_as_bibtex(show: Open, address: str, made: Made) -> None:
    page = show(addresses.day_page(DAYS[1]), permissions=["clipboard-read", "clipboard-write"])
    boxes = page.locator("label.tick > input")
    assert boxes.count() == page.locator("article.paper").count()
    assert page.locator("section.ticked").is_hidden()
    of_the_day = made.page(addresses.day_file(DAYS[1], "bib"))
    assert set(entries(ticked(page, "day"))) < set(entries(of_the_day))
    assert violations(page) == []
    page.click("text=Untick all")
    assert page.locator("section.ticked").is_hidden()
    assert page.locator("label.tick > input:checked").count() == 0
    page.goto(address + addresses.category_page("cs.LG", "2026-01"))
    ticked(page, "category")
    page.goto(address + addresses.topic_page("2026-01", "time-keeping"))
    page.locator("label.tick > input").first.check()
    page.click("text=Copy BibTeX")
    expect(page.locator("section.ticked p")).to_have_text("Copied")
    assert entries(page.evaluate("navigator.clipboard.readText()")) == [FORMULAS]


def test_ticked_papers_are_saved_as_a_file(show: Open) -> None:
    page = show(addresses.day_page(DAYS[1]))
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    with page.expect_download() as waiting:
        page.click("text=Download .bib")
    assert waiting.value.suggested_filename == "papers.bib"
    assert entries(waiting.value.path().read_text()) == ["2601.51100", "2601.51101"]


@NEEDS_INDEX
def test_papers_ticked_in_a_search_stay_ticked_through_the_next(show: Open) -> None:
    page = show("search/index.html?q=zeppelins", permissions=["clipboard-read", "clipboard-write"])
    page.locator("label.tick > input").check()
    page.fill("#q", "knot")
    expect(page.locator("#results .title")).to_have_text(["An old knot"])
    page.locator("label.tick > input").check()
    expect(page.locator("section.ticked p")).to_have_text("2 papers ticked")
    page.click("text=Copy BibTeX")
    expect(page.locator("section.ticked p")).to_have_text("Copied")
    assert entries(page.evaluate("navigator.clipboard.readText()")) == [PENDING, OLD_ID]
    page.fill("#q", "zeppelins")
    expect(page.locator("label.tick > input")).to_be_checked()


def test_without_scripts_the_file_of_the_day_stays(show: Open, made: Made) -> None:
    page = show(addresses.day_page(DAYS[1]), java_script_enabled=False)
    assert page.locator("label.tick, section.ticked").count() == 0
    with page.expect_download() as waiting:
        page.click("text=All papers of the day as BibTeX")
    assert waiting.value.path().read_text() == made.page(addresses.day_file(DAYS[1], "bib"))
