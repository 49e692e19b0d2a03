"""HTML bodies as readable lines: what a reader would see, block by block, with the quoting that the markup shows.

The tree is walked without recursion, and a document that is nested without reason is read by its tags alone, since
the parser's time grows with the square of the depth.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from router.mail.lines import Line, seen

MAX_HTML: Final = 2_000_000  # characters looked at, embedded images not counted
MAX_DEPTH: Final = 2_000  # open elements at one time

_SKIPPED: Final = frozenset({"head", "style", "script", "template", "title", "object", "svg", "select", "datalist"})
_PARAGRAPHS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dl"})
_BLOCKS: Final = _PARAGRAPHS | frozenset(
    "address article aside blockquote body caption center dd details div dt fieldset figcaption figure footer form "
    "header hr html legend li main nav ol section summary table tbody tfoot thead tr ul".split()
)
_SPACE: Final = re.compile(r"[ \t\r\n\f\v]+")
_GONE: Final = re.compile("[\u200b\u2060\ufeff\u00ad\u034f\x00]|(?<!\\w)\u200c+|\u200c+(?!\\w)")
_DATA_URI: Final = re.compile(r"data:[\w/+.-]{1,80};base64,[A-Za-z0-9+/=%\s]{200,}")
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:;|$)|opacity\s*:\s*0\s*(?:;|$)",
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
_QUOTING_ID: Final = re.compile(
    r"^(?:x_)*(?:yahoo_quoted|ydp\w*yahoo_quoted|isReplyContent|reply-intro|blockquote_zmail|OLK_SRC_BODY_SECTION|replyBlockquote)"
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


def html_lines(html: str) -> list[Line]:
    """An HTML body as lines; `depth`, `weak` and `mark` say what the markup knows of quoted messages."""
    html = _DATA_URI.sub("", html)[:MAX_HTML] if "base64," in html else html[:MAX_HTML]
    if html.count("<") > MAX_DEPTH and _deep(html):
        return _lines_of_tags(html)
    root = LexborHTMLParser(html.encode("utf-8", "replace")).body
    if root is None:
        return []
    return _walk(root)


class _Page:
    """The lines so far, the line in hand, and what surrounds it."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.hand: list[str] = []
        self.blank = True  # nothing in hand yet
        self.broken = False  # a block began or ended: what comes next stands on a new line
        self.gap = False  # ... below a blank line
        self.depth = 0
        self.weak = 0
        self.mark = ""
        self.bullet = ""
        self.fresh = False  # a cell or list item has begun and shows nothing yet
        self._ended = 0  # lines that had something in them
        self._row = -1  # what `_ended` was when the row in hand began; -1 before its first cell
        self._at = (0, 0)

    def text(self, text: str, pre: bool) -> None:
        if "\u200b" in text or not text.isascii():
            text = _GONE.sub("", text)
        if pre:
            first, *others = text.replace("\r\n", "\n").expandtabs(4).split("\n")
            self._put(first, pre=True)
            for other in others:
                self.line_break()
                self._put(other, pre=True)
            return
        flat = _SPACE.sub(" ", text)
        if "\u00a0" in flat and flat.isspace() and (self.blank or self.broken):
            self._put("", pre=True)  # a line of its own, made to be empty
        else:
            self._put(flat.replace("\u00a0", " ").replace("\u202f", " "), pre=False)

    def _put(self, text: str, pre: bool) -> None:
        if not pre and not text:
            return
        if not pre and text.isspace() and (self.broken or self.blank or self.hand[-1].endswith((" ", "\t"))):
            return
        if self.broken:
            self._end_line()
            if self.gap and self.lines and self.lines[-1].text:
                self._add("", "")
            self.broken = self.gap = False
        self.fresh = False
        if self.blank:
            text = text if pre else text.lstrip(" ")
            self._at = (self.depth, self.weak)
            if self.bullet:
                text, self.bullet = self.bullet + text, ""
            self.blank = False
        elif not pre and text.startswith(" ") and self.hand[-1].endswith((" ", "\t")):
            text = text[1:]
        self.hand.append(text)

    def line_break(self) -> None:
        """<br>: ends the line in hand, or makes a blank line where there is none."""
        if self.broken:
            self._end_line()
            self.broken = self.gap = False
        if self.blank:
            self._at = (self.depth, self.weak)
            self._add("", "")
        else:
            self._end_line()

    def block(self, gap: bool = False) -> None:
        if not self.fresh:
            self.broken = True
            self.gap = self.gap or gap

    def announce(self, mark: str) -> None:
        """What comes next bears `mark`."""
        self._end_line()
        self.mark = mark

    def item(self, bullet: str) -> None:
        """<li>: what comes next follows its bullet."""
        self.broken, self.gap, self.fresh = True, False, True
        self.bullet = bullet

    def row(self) -> None:
        self.broken, self.gap = True, False
        self._row = -1

    def cell(self) -> None:
        """<td>: on the row's line as long as the row is one line."""
        self.gap = False
        self.fresh = True
        if self._row == self._ended and not self.blank:
            self.broken = False
            self.hand.append("\t")
            return
        if self._row < 0:
            self._end_line()
            self._row = self._ended
        self.broken = True

    def finish(self) -> list[Line]:
        self._end_line()
        return self.lines

    def _end_line(self) -> None:
        if self.blank:
            return
        line = "".join(self.hand)
        kept = "-- " if line.strip() == "--" and line[-1:].isspace() else line.rstrip()
        self.hand, self.blank = [], True
        self._ended += 1
        self._add(kept, seen(kept))

    def _add(self, raw: str, text: str) -> None:
        mark = self.mark if text else ""
        if text:
            self.mark = ""
        self.lines.append(Line(raw, text, self._at[0], self._at[1] > 0, mark))


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
    page = _Page()
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


def _open(page: _Page, node: LexborNode, after: LexborNode | None, stack: list[_Open]) -> _Open | None:
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
    elif tag in _BLOCKS:
        _open_block(page, tag, attributes, here, stack)
    _quoting(page, tag, attributes, style, here)
    return here


def _open_block(page: _Page, tag: str, attributes: dict[str, str | None], here: _Open, stack: list[_Open]) -> None:
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


def _quoting(page: _Page, tag: str, attributes: dict[str, str | None], style: str, here: _Open) -> None:
    """Notes what the element says about earlier messages."""
    names = attributes.get("class") or ""
    id_ = attributes.get("id") or ""
    marker = attributes.get("data-marker") or ""
    if (
        (tag == "blockquote" and (attributes.get("type") == "cite" or _LINE_STYLE.search(style)))
        or (names and _QUOTING.search(names) and not (tag == "div" and "gmail_quote" in names.split()))
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


def _close(page: _Page, done: _Open) -> None:
    if done.depth or done.weak:
        page.announce("")
        page.depth -= done.depth
        page.weak -= done.weak
    if done.cell:
        page.gap = False
    elif done.block:
        page.block(done.gap)


_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})")
_SHALLOW: Final = frozenset("p br img hr input meta link col wbr area base embed source track li td th tr o:p".split())


def _deep(html: str) -> bool:
    """Whether more elements are open at one time than any real mail has."""
    counts: dict[str, int] = {}
    total = 0
    for match in _TAG.finditer(html):
        tag = match.group(2).lower()
        if tag in _SHALLOW:
            continue
        held = counts.get(tag, 0)
        if not match.group(1):
            counts[tag] = held + 1
            total += 1
            if total > MAX_DEPTH:
                return True
        elif held:
            counts[tag] = held - 1
            total -= 1
    return False


_TOKEN: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})[^<>]{0,5000}>|<!--")
_SILENT: Final = frozenset({"style", "script", "head", "template", "title"})


def _lines_of_tags(html: str) -> list[Line]:
    """The lines of a document that is nested too deep for its tree to be of use: one pass over its tags."""
    parts: list[str] = []
    at = 0
    until = ""  # the element whose end is awaited
    for match in _TOKEN.finditer(html):
        if match.start() < at:
            continue  # within a comment
        if not until:
            parts.append(html[at : match.start()])
        at = match.end()
        if match.group(2) is None:
            end = html.find("-->", match.start())
            if end < 0:
                at = len(html)
                break
            at = end + 3
            continue
        tag = match.group(2).lower()
        if tag in _SILENT and not match.group(1):
            until = until or tag
        elif match.group(1) and tag == until:
            until = ""
        elif tag == "br" or tag in _BLOCKS:
            parts.append("\n")
    parts.append("" if until else html[at:])
    lines = (_SPACE.sub(" ", _GONE.sub("", part)).replace("\u00a0", " ").strip() for part in "".join(parts).split("\n"))
    return [Line(line, seen(line)) for line in map(unescape, lines)]
