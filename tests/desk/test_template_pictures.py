"""Letters in a real browser: they fit a phone, keep their contrast in the dark, and ask for nothing from outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from router.desk.contexts import CONTEXTS
from router.desk.letter import Templates, load
from router.desk.samples import samples

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "Chromium is missing; on Debian: apt-get install --no-install-recommends chromium (make servers does it)"

# The contrast of each text with what is painted behind it (WCAG 2.2, 1.4.3), by the element's own colours.
CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = [];
  for (let node; node = walker.nextNode();) {
    if (!node.data.trim()) continue;
    const [a, b] = [light(parse(getComputedStyle(node.parentElement).color)), light(behind(node.parentElement))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push([node.data.trim().slice(0, 40), Math.round(ratio * 10) / 10]);
  }
  return poor;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, MISSING
    with sync_playwright() as play:
        started = play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def shipped() -> Templates:
    templates, problems = load(Path(__file__).parents[2] / "templates")
    assert templates is not None, problems
    return templates


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 900])
def test_letters_fit_keep_contrast_and_load_nothing(
    browser: Browser, shipped: Templates, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in CONTEXTS:
        for sample in samples(name):
            page.set_content(str(shipped.render(name, (), "both", sample.mapping()).html))
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert page.evaluate(CONTRAST) == [], name
    page.close()
    assert asked == []


def test_a_long_word_breaks_instead_of_widening_the_page(browser: Browser, shipped: Templates) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    for name in ("acknowledgement", "forward", "relay", "notice.unit.unverified"):
        context = samples(name)[0].mapping()
        for key in ("text", "summary", "subject", "why"):
            if key in context:
                context[key] = "https://contoh.id/" + "a" * 300
        page.set_content(str(shipped.render(name, (), "id", context).html))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    page.close()


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("acknowledgement", 900, "light"), ("forward", 390, "dark")], ids=["desktop", "phone"]
)
def test_pictures_in_the_docs_are_small(
    browser: Browser, shipped: Templates, tmp_path: Path, name: str, width: int, scheme: str
) -> None:
    """Taken anew with RENEW_EXPECTED=1. Letters differ by a machine's fonts, so pictures are not compared."""
    page = browser.new_page(viewport={"width": width, "height": 600}, color_scheme=scheme)  # type: ignore[arg-type]
    page.set_content(str(shipped.render(name, (), "id", samples(name)[0].mapping()).html))
    picture = Path(__file__).parents[2] / "docs" / "pictures" / f"{name}.png"
    page.screenshot(path=picture if os.environ.get("RENEW_EXPECTED") else tmp_path / "new.png", full_page=True)
    page.close()
    assert 20_000 < picture.stat().st_size <= 120_000
