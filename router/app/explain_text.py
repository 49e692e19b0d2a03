"""An explanation for a terminal: counted words in colour by weight, in [brackets] where there is no colour."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from router.app.explain import Explanation
from router.app.explain_words import MAILS, PLACES, clause, facts
from router.app.marks import Piece
from router.app.output import cell, console, say, table
from router.rulebook.decision import Reason

_HEAVY, _SOME = 5.0, 2.0  # points from which a word stands out
FIRST_LINES = 8


def describe(one: Explanation) -> None:
    """Prints it."""
    out = console()
    author = one.message.from_
    say(f"\n{one.file}", style="bold")
    say(f"dari {author.address if author else '-'} ke kotak {one.mailbox}")
    if one.verdict.name != "accept":
        say(f"disaring, tidak menjadi tiket: {one.verdict.name}: {one.verdict.reason}", style="yellow")
    out.print(Text("perihal: ").append_text(marked(one.subject, out)), soft_wrap=True)
    out.print(marked(one.body, out), soft_wrap=True)
    _standings(one)
    _rules(one)
    decision = one.decision
    name = f"{decision.service} {one.names[decision.service]}" if decision.service else "tidak ada: dipilah orang"
    say(f"\nkeputusan: {name}", style="bold")
    for what, so in facts(decision):
        say(f"  {what}: {so}")
    for mail in one.mails:
        say(f"\n{MAILS.get(mail.kind, mail.kind)} kepada {', '.join(mail.recipients)}", style="bold")
        say(f"  {mail.subject}")
        lines = [line for line in mail.text.splitlines() if line.strip()]
        say("\n".join(f"  | {line}" for line in lines[:FIRST_LINES]))


def marked(run: tuple[Piece, ...], out: Console) -> Text:
    """The pieces as text: with colour where the console has it, else ``[for]``, ``[-against]``, ``{for another}``."""
    colour = out.is_terminal and not out.no_color
    text = Text()
    for piece in run:
        shown = "\n".join(cell(line) for line in piece.text.split("\n"))
        if colour:
            text.append(shown, style=_style(piece))
        elif piece.weight:
            text.append(f"[{'-' if piece.weight < 0 else ''}{shown}]")
        else:
            text.append(f"{{{shown}}}" if piece.other else shown)
    return text


def _style(piece: Piece) -> str:
    if piece.weight < 0:
        return "bold white on red"
    if piece.weight:
        return "bold black on green" if piece.weight >= _HEAVY else "bold green" if piece.weight >= _SOME else "green"
    return "yellow underline" if piece.other else "dim" if piece.faint else ""


def told(reason: Reason) -> str:
    """A signal as a line: what it weighed, the words, where, and its place in the files."""
    words = ", ".join(reason.words) or reason.where
    return f"{reason.weight:+.1f} {words} ({PLACES.get(reason.where, reason.where)})  {reason.file}:{reason.line}"


def _standings(one: Explanation) -> None:
    say("\nlayanan menurut nilai", style="bold")
    for standing in one.standings:
        odds = f", peluang {standing.probability:.0%}" if standing.probability is not None else ""
        say(f"{standing.points:6.1f}  {standing.key} {standing.name}{odds}", style="bold")
        for reason in standing.reasons:
            say(f"          {told(reason)}")
    if one.type_reasons:
        say("jenis", style="bold")
        for reason in one.type_reasons:
            say(f"          {told(reason)}")


def _rules(one: Explanation) -> None:
    say("\naturan routing", style="bold")
    rows = [("cocok" if step.matched else "-", step.rule, clause(step.because)) for step in one.decision.trace]
    table(("", "aturan", "sebab"), rows)
