"""Page: what a tree's walk shows, gathered into lines as a browser would break them."""

from __future__ import annotations

import re
from typing import Final

from router.mail.lines import Line, of_text, seen

SPACE: Final = re.compile(r"[ \t\r\n\f\v]+")
GONE: Final = re.compile("[\u200b\u2060\ufeff\u00ad\u034f\x00]|(?<!\\w)\u200c+|\u200c+(?!\\w)")


class Page:
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
            text = GONE.sub("", text)
        if pre:
            first, *others = text.replace("\r\n", "\n").expandtabs(4).split("\n")
            self._put(first, pre=True)
            for other in others:
                self.line_break()
                self._put(other, pre=True)
            return
        flat = SPACE.sub(" ", text)
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
        depth, weak = self._at
        if text.startswith(">"):  # a plain text made HTML
            written = of_text(raw)[0]
            depth, text = depth + written.depth, written.text
        self.lines.append(Line(raw, text, depth, weak > 0, mark))
