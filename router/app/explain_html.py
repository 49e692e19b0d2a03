"""An explanation as a page: one file without any outside part, light and dark, wide and as narrow as a phone."""

from __future__ import annotations

from html import escape

from router.app.explain import Explanation, Standing
from router.app.explain_text import FIRST_LINES
from router.app.explain_words import MAILS, PLACES, clause, facts
from router.app.marks import Piece
from router.desk.actions import Send
from router.rulebook.decision import RuleTrace

_STYLE = """
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#1d2430;--soft:#5c6675;--line:#dde1e7;--for:22 140 80;
--against:200 50 50;--other:#8a6a00;--accent:#1f5fae}
@media(prefers-color-scheme:dark){:root{--bg:#14171c;--card:#1d2129;--ink:#e5e8ee;--soft:#9aa4b2;--line:#323844;
--for:60 190 120;--against:240 95 95;--other:#e3bd4a;--accent:#7db2f0}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:62rem;margin:0 auto;padding:1rem}section{background:var(--card);border:1px solid var(--line);
border-radius:10px;padding:1rem 1.2rem;margin:0 0 1rem}h1{font-size:1.35rem;line-height:1.3;margin:.2rem 0 .5rem}
h2{font-size:1rem;margin:0 0 .6rem}p{margin:.4rem 0 .3rem}.soft{color:var(--soft);font-size:.88rem}
.text{white-space:pre-wrap;overflow-wrap:anywhere}.faint{color:var(--soft)}
mark{color:var(--ink);border-radius:4px;padding:.05em .2em}.other{background:none;border-bottom:2px dotted var(--other)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.6rem 0 0}dt{color:var(--soft)}dd{margin:0;
overflow-wrap:anywhere}details{border-top:1px solid var(--line);padding:.5rem 0}summary{cursor:pointer}
summary b{overflow-wrap:anywhere}.bar{display:block;height:6px;border-radius:3px;background:var(--line);margin:.35rem 0}
.bar i{display:block;height:100%;border-radius:3px;background:var(--accent)}ul{list-style:none;margin:.4rem 0 0;padding:0}
li{display:grid;grid-template-columns:3.4rem 1fr;gap:.6rem;padding:.25rem 0}li>span:first-child{text-align:right;
font-variant-numeric:tabular-nums}.yes{color:rgb(var(--for));font-weight:600}.no{color:var(--soft)}
.warn{border-left:4px solid rgb(var(--against))}code{font-size:.82rem;color:var(--soft);overflow-wrap:anywhere}
"""
_FULL = 8.0  # points at which a mark has its full colour


def page(one: Explanation) -> str:
    """The whole page."""
    title = escape(one.message.subject or "(tanpa perihal)")
    body = "".join((_head(one), _mail(one), _standings(one), _rules(one), *map(_sent, one.mails)))
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style><main>{body}</main></html>\n"
    )


def _head(one: Explanation) -> str:
    decision = one.decision
    name = (
        f"{decision.service} {one.names[decision.service]}" if decision.service else "Dipilah orang: tidak ada layanan"
    )
    if one.verdict.name != "accept":
        name = "Tidak menjadi tiket"
    screened = (
        f'<p class="yes">Disaring: {escape(one.verdict.name)}, {escape(one.verdict.reason)}</p>'
        if one.verdict.name != "accept"
        else ""
    )
    rows = "".join(f"<dt>{escape(what)}</dt><dd>{escape(so)}</dd>" for what, so in facts(decision))
    warn = ' class="warn"' if decision.confidence == "unsure" or screened else ""
    return f'<section{warn}><p class="soft">Keputusan</p><h1>{escape(name)}</h1>{screened}<dl>{rows}</dl></section>'


def _mail(one: Explanation) -> str:
    author = one.message.from_
    sender = escape(author.address if author else "-")
    names = escape(", ".join(a.filename or a.content_type for a in one.message.attachments))
    attached = f'<p class="soft">Lampiran: {names}</p>' if names else ""
    legend = (
        f"<mark{_shade(_FULL)}>mendukung</mark> <mark{_shade(-_FULL)}>menentang</mark> "
        '<mark class="other">menunjuk layanan lain</mark>'
    )
    return (
        f'<section><p class="soft">Dari {sender} ke kotak {escape(one.mailbox)}</p><h1>{_marked(one.subject)}</h1>'
        f'<div class="text">{_marked(one.body)}</div>{attached}<p class="soft">{legend}</p></section>'
    )


def _marked(run: tuple[Piece, ...]) -> str:
    return "".join(_piece(piece) for piece in run)


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    if piece.weight:
        return f'<mark{_shade(piece.weight)} title="{piece.weight:+.1f}">{text}</mark>'
    if piece.other:
        return f'<mark class="other">{text}</mark>'
    return f'<span class="faint">{text}</span>' if piece.faint else text


def _shade(weight: float) -> str:
    strength = 0.14 + 0.4 * min(abs(weight) / _FULL, 1.0)
    return f' style="background:rgb(var(--{"for" if weight > 0 else "against"})/{strength:.2f})"'


def _standings(one: Explanation) -> str:
    most = max((s.points for s in one.standings), default=1.0)
    listed = "".join(_standing(s, most, not number) for number, s in enumerate(one.standings))
    types = "".join(_reason(r.weight, r.words, r.where, r.file, r.line) for r in one.type_reasons)
    more = f"<details><summary><b>Jenis</b></summary><ul>{types}</ul></details>" if types else ""
    return f"<section><h2>Layanan menurut nilai</h2>{listed or '<p>Tidak ada kata yang dikenal.</p>'}{more}</section>"


def _standing(standing: Standing, most: float, first: bool) -> str:
    share = max(standing.points, 0.0) / most * 100 if most > 0 else 0.0
    odds = f" · peluang {standing.probability:.0%}" if standing.probability is not None else ""
    reasons = "".join(_reason(r.weight, r.words, r.where, r.file, r.line) for r in standing.reasons)
    return (
        f"<details{' open' if first else ''}><summary><b>{escape(standing.key)}</b> {escape(standing.name)} "
        f'<span class="soft">{standing.points:.1f} poin{odds}</span><span class="bar"><i style="width:{share:.0f}%"></i>'
        f"</span></summary><ul>{reasons}</ul></details>"
    )


def _reason(weight: float, words: tuple[str, ...], where: str, file: str, line: int) -> str:
    said = escape(", ".join(words) or where)
    place = escape(PLACES.get(where, where))
    return (
        f'<li><span>{weight:+.1f}</span><span>{said} <span class="soft">({place})</span>'
        f"<br><code>{escape(file)}:{line}</code></span></li>"
    )


def _rules(one: Explanation) -> str:
    """Those that matched; the others folded away."""
    matched, others = (
        "".join(_rule(step) for step in one.decision.trace if step.matched is yes) for yes in (True, False)
    )
    told = f"<ul>{matched}</ul>" if matched else "<p>Tidak ada yang cocok.</p>"
    more = f"<details><summary>Yang tidak cocok, dan sebabnya</summary><ul>{others}</ul></details>" if others else ""
    return f"<section><h2>Aturan routing</h2>{told}{more}</section>" if one.decision.trace else ""


def _rule(step: RuleTrace) -> str:
    said = '<span class="yes">cocok</span>' if step.matched else '<span class="no">tidak</span>'
    return (
        f'<li>{said}<span>{escape(step.rule)}<br><span class="soft">{escape(clause(step.because))}</span></span></li>'
    )


def _sent(mail: Send) -> str:
    lines = [line for line in mail.text.splitlines() if line.strip()][:FIRST_LINES]
    kind = MAILS.get(mail.kind, mail.kind)
    return (
        f'<section><p class="soft">Surat keluar: {escape(kind)} kepada {escape(", ".join(mail.recipients))}</p>'
        f'<h2>{escape(mail.subject)}</h2><div class="text">{escape(chr(10).join(lines))}</div></section>'
    )
