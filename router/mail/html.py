"""HTML bodies as readable lines: what a reader would see, block by block, with the quoting that the markup shows.

The tree is walked without recursion, and a document that is nested without reason is read by its tags alone, since
the parser's time grows with the square of the depth.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from router.mail.html_page import Page
from router.mail.html_tags import LINE_TAGS, lines_of_tags, too_deep
from router.mail.lines import Line

MAX_HTML: Final = 2_000_000  # characters looked at, embedded images not counted

_SKIPPED: Final = frozenset(
    {
        "head",
        "style",
        "script",
        "template",
        "title",
        "object",
        "svg",
        "select",
        "datalist",
        "iframe",
        "noframes",
        "canvas",
    }
)
_PARAGRAPHS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dl"})
_DATA_URI: Final = re.compile(r"data:[\w/+.-]{1,80};base64,[A-Za-z0-9+/=%\s]{200,}")
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:;|$)|"
    r"opacity\s*:\s*0\s*(?:;|$)",
    re.I,
)
_FONT_SIZE: Final = re.compile(r"font-size\s*:\s*([\d.]*)", re.I)
_PRE_STYLE: Final = re.compile(r"white-space\s*:\s*pre(?!-line)", re.I)
_LINE_STYLE: Final = re.compile(r"border-left(?:-width)?\s*:\s*(?!\s*(?:none|0|medium none))", re.I)

# What mail programs call the element round an earlier message, or the line that introduces it.
_QUOTING: Final = re.compile(
    r"(?:^|\s)(?:x_)*(?:gmail_quote(?!_)|gmail_attr|gmail_extra_quote|yahoo_quoted|ydp\w*yahoo_quoted|moz-cite-prefix"
    r"|moz-email-headers-quote|protonmail_quote|tutanota_quote|mailspring-quote|airmail_on|clean_bq|freshdesk_quote"
    r"|zmail_extra|iwm-quote|front-blockquote|quoted-reply|nylas-quote|edo-quote|mail_quote|cite)(?:\s|$)"
)
# Elements round both the introduction and the quote, into which people write their answers.
_AROUND: Final = re.compile(r"(?:^|\s)(?:x_)*(?:gmail_quote|protonmail_quote|tutanota_quote)(?:\s|$)")
_QUOTING_ID: Final = re.compile(
    r"^(?:x_)*(?:yahoo_quoted|ydp\w*yahoo_quoted|isReplyContent|reply-intro|blockquote_zmail|OLK_SRC_BODY_SECTION|"
    r"replyBlockquote)"
)
_REST_ID: Final = re.compile(
    r"^(?:x_)*(?:divRplyFwdMsg|ms-outlook-mobile-reference-message|mail-editor-reference-message-container)$"
)
_BORDER_TOP: Final = re.compile(r"border-top\s*:\s*(?:solid\s+#(?:E1E1E1|B5C4DF)|#(?:E1E1E1|B5C4DF)\s+1)", re.I)


def html_to_text(html: str) -> str:
    """The readable text of an HTML body: no markup, style, script or hidden element; entities decoded.

    Block elements and <br> make lines, table cells are separated by a tab, list items begin with "- " or "1. ".
    Lines end in ``\\n``; blank lines are squeezed to one. Linear in the length; never raises.
    """
    return squeeze([line.raw for line in html_lines(html)])


def squeeze(lines: list[str]) -> str:
    """Lines as one text without blank lines at its ends, and with at most two of them in a row within."""
    out: list[str] = []
    blank = 0
    for line in lines:
        kept = line.rstrip() if line.rstrip() != "--" else line
        blank = 0 if kept.strip() else blank + 1
        if blank < 2:
            out.append(kept)
    return "\n".join(out).strip("\n")


@lru_cache(maxsize=1)
def html_lines(html: str) -> tuple[Line, ...]:
    """An HTML body as lines; `depth`, `weak` and `mark` say what the markup knows of quoted messages.

    The last one is remembered, since a body's text and its new text are asked for one after the other.
    """
    html = _DATA_URI.sub("", html)[:MAX_HTML] if "base64," in html else html[:MAX_HTML]
    if too_deep(html):
        return tuple(lines_of_tags(html))
    root = LexborHTMLParser(html.encode("utf-8", "replace")).body
    if root is None:
        return ()
    return tuple(_walk(root))


class _Open:
    """An open element: what has to be undone when it closes."""

    __slots__ = ("block", "cell", "depth", "gap", "next", "numbers", "pre", "tiny", "weak")

    def __init__(self, after: LexborNode | None, parent: _Open | None) -> None:
        self.next = after
        self.block = self.cell = self.gap = False
        self.depth = self.weak = 0
        self.numbers: int | None = None
        self.pre: bool = parent.pre if parent else False
        self.tiny: bool = parent.tiny if parent else False


def _walk(root: LexborNode) -> list[Line]:
    page = Page()
    stack: list[_Open] = []
    bottom = _Open(None, None)
    node: LexborNode | None = root
    while True:
        if node is None:
            if not stack:
                return page.finish()
            done = stack.pop()
            _close(page, done)
            node = done.next
            continue
        following = node.next if stack else None
        if node.is_text_node:
            here = stack[-1] if stack else bottom
            if not here.tiny:
                page.text(node.text_content or "", here.pre)
            node = following
            continue
        opened = _open(page, node, following, stack) if node.is_element_node else None
        if opened is None:
            node = following
            continue
        stack.append(opened)
        node = node.first_child


def _open(page: Page, node: LexborNode, after: LexborNode | None, stack: list[_Open]) -> _Open | None:
    """Begins an element; None if it has nothing to show inside."""
    tag = node.tag or ""
    if tag == "br":
        page.line_break()
        return None
    if tag in _SKIPPED:
        return None
    attributes = node.attributes
    style = attributes.get("style") or ""
    if "hidden" in attributes or (style and _HIDDEN.search(style)):
        return None
    parent = stack[-1] if stack else None
    here = _Open(after, parent)
    if style:
        if (size := _FONT_SIZE.search(style)) and size.group(1):
            here.tiny = not size.group(1).strip("0.")
        here.pre = here.pre or bool(_PRE_STYLE.search(style))
    if tag in ("td", "th"):
        here.cell = True
        page.cell()
    elif tag in LINE_TAGS:
        _open_block(page, tag, attributes, here, stack)
    _quoting(page, tag, attributes, style, here)
    return here


def _open_block(page: Page, tag: str, attributes: dict[str, str | None], here: _Open, stack: list[_Open]) -> None:
    here.block = True
    if tag == "tr":
        page.row()
        return
    here.gap = tag in _PARAGRAPHS and not (attributes.get("class") or "").startswith(("Mso", "xmso", "x_Mso", "x_xmso"))
    if tag in ("ul", "ol"):
        here.numbers = 0 if tag == "ol" else None
    page.block(here.gap)
    if tag == "pre":
        here.pre = True
    if tag == "li":
        bullet = "- "
        if stack and stack[-1].numbers is not None:
            stack[-1].numbers += 1
            bullet = f"{stack[-1].numbers}. "
        page.item(bullet)


def _quoting(page: Page, tag: str, attributes: dict[str, str | None], style: str, here: _Open) -> None:
    """Notes what the element says about earlier messages."""
    names = attributes.get("class") or ""
    id_ = attributes.get("id") or ""
    marker = attributes.get("data-marker") or ""
    if (
        (tag == "blockquote" and (attributes.get("type") == "cite" or _LINE_STYLE.search(style)))
        or (names and _QUOTING.search(names) and not (tag == "div" and _AROUND.search(names)))
        or (id_ and _QUOTING_ID.match(id_))
        or marker == "__QUOTED_TEXT__"
    ):
        here.depth = 1
    elif tag == "blockquote":
        here.weak = 1
    elif (id_ and _REST_ID.match(id_)) or marker == "__HEADERS__":
        page.announce("rest")
    elif style and _BORDER_TOP.search(style):
        page.announce("block")
    if here.depth or here.weak:
        page.block()
        here.block = True
        page.depth += here.depth
        page.weak += here.weak


def _close(page: Page, done: _Open) -> None:
    if done.depth or done.weak:
        page.announce("")
        page.depth -= done.depth
        page.weak -= done.weak
    if done.cell:
        page.gap = False
    elif done.block:
        page.block(done.gap)
