"""Sheets: template files → compiled templates, or Problems with their place. Reads files; renders only samples."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template, TemplateSyntaxError, UndefinedError

from router.desk import proof
from router.desk.contexts import CONTEXTS, Context, Language, base
from router.desk.samples import frames, samples
from router.desk.templating import FRONT_KEYS, LAYOUTS, Front, environment, front
from router.rulebook.problem import Problem

LANGUAGES: tuple[Language, ...] = ("id", "en")
LAYOUT_FILES = ("layout.txt.j2", "layout.html.j2")
_TEXT, _HTML = ".txt.j2", ".html.j2"
_CODE = re.compile(r"[A-Z]\.\d\d")
_SUFFIX = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One template of one language. `html` None: made from the text. `code` is the service that it is specific to."""

    name: str
    language: Language
    path: str
    subject: Template
    text: Template
    html: Template | None
    layout: str
    about: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a templates directory as text, by their path relative to it (``id/relay.txt.j2``)."""

    directory: Path
    files: Mapping[str, str]
    faults: tuple[Problem, ...]

    def __hash__(self) -> int:
        return hash((self.directory, *self.files.items()))

    @classmethod
    def read(cls, directory: Path) -> Sources:
        files: dict[str, str] = {}
        faults: list[Problem] = []
        for path in sorted(
            [*directory.glob("[!.]*.j2"), *(p for one in LANGUAGES for p in (directory / one).glob("[!.]*.j2"))]
        ):
            try:
                files[path.relative_to(directory).as_posix()] = path.read_text("utf-8").replace("\r\n", "\n")
            except (OSError, UnicodeDecodeError) as fault:
                faults.append(Problem(str(path), 0, 0, f"cannot be read: {fault}", "save it as UTF-8 text"))
        return cls(directory, files, tuple(faults))

    def path(self, key: str) -> str:
        return str(self.directory / key)

    def environment(self, language: Language, fronts: dict[str, Front]) -> Environment:
        def find(key: str) -> tuple[str, str, Any] | None:
            if key not in self.files:
                return None
            return (fronts[key].body if key in fronts else self.files[key]), self.path(key), lambda: True

        return environment(language, find)

    def layouts(self, problems: list[Problem]) -> tuple[Template, Template] | None:
        """The shared layouts of text and HTML; what is wrong with them goes to `problems`."""
        env = self.environment("id", {})
        found: list[Template] = []
        for key in LAYOUT_FILES:
            if key not in self.files:
                problems.append(Problem(self.path(key), 0, 0, "the shared layout is missing"))
            elif template := _checked(env, self, key, self.files[key], frames(), problems):
                found.append(template)
        return (found[0], found[1]) if len(found) == len(LAYOUT_FILES) else None


def read(sources: Sources, problems: list[Problem]) -> dict[Language, dict[str, Sheet]]:
    """All sheets by language and name; every fault of the files goes to `problems`."""
    sheets: dict[Language, dict[str, Sheet]] = {}
    for language in LANGUAGES:
        names = {
            key[3:].removesuffix(_TEXT).removesuffix(_HTML) for key in sources.files if key.startswith(f"{language}/")
        }
        reader = _Reader(sources, language, problems)
        found = [reader.sheet(name) for name in sorted(names)]
        sheets[language] = {sheet.name: sheet for sheet in found if sheet}
        for name in CONTEXTS.keys() - names:
            problems.append(Problem(sources.path(f"{language}/{name}{_TEXT}"), 0, 0, "this template is missing"))
    problems += _one_language(sources, sheets)
    return sheets


def _one_language(sources: Sources, sheets: dict[Language, dict[str, Sheet]]) -> Iterator[Problem]:
    for language, other in (("id", "en"), ("en", "id")):
        for name in sheets[language].keys() - sheets[other].keys() - CONTEXTS.keys():  # type: ignore[index]
            path = sources.path(f"{language}/{name}{_TEXT}")
            hint = f'readers of "{other}" get {base(name)}'
            yield Problem(path, 0, 0, f'exists in "{language}" only', hint, "warning")


class _Reader:
    """Reads the sheets of one language; faults go to `problems`."""

    def __init__(self, sources: Sources, language: Language, problems: list[Problem]) -> None:
        self.sources, self.language, self.problems = sources, language, problems
        self.fronts: dict[str, Front] = {}
        self.env = sources.environment(language, self.fronts)

    def sheet(self, name: str) -> Sheet | None:
        text_key, html_key = f"{self.language}/{name}{_TEXT}", f"{self.language}/{name}{_HTML}"
        known = base(name)
        path = self.sources.path(text_key if text_key in self.sources.files else html_key)
        if known is None or (name != known and not _SUFFIX.fullmatch(name[len(known) + 1 :])):
            near = get_close_matches(name, CONTEXTS, 1)
            hint = f'did you mean "{near[0]}"?' if near else "README.md lists the names"
            self._fault(path, 0, f'no mail is called "{name}"', hint)
            return None
        if text_key not in self.sources.files:
            self._fault(path, 0, "the text to this HTML is missing", f"{text_key} must exist")
            return None
        top = self._front(text_key)
        if top is None:
            return None
        self.fronts[text_key] = top
        subject = self._subject(text_key, top, known)
        text = self._template(text_key, known)
        html = self._template(html_key, known) if html_key in self.sources.files else None
        if subject is None or text is None:
            return None
        layout, about = top.values.get("layout", "customer"), top.values.get("about", "")
        code = _CODE.match(name[len(known) + 1 :])
        return Sheet(name, self.language, path, subject, text, html, layout, about, code[0] if code else None)

    def _fault(self, path: str, line: int, message: str, hint: str = "") -> None:
        self.problems.append(Problem(path, line, 1 if line else 0, message, hint))

    def _front(self, key: str) -> Front | None:
        path = self.sources.path(key)
        try:
            top = front(self.sources.files[key])
        except ValueError as fault:
            line, message = fault.args
            self._fault(path, line, message, "it holds the subject, as README.md shows")
            return None
        for word, line in top.lines.items():
            if word not in FRONT_KEYS:
                near = get_close_matches(word, FRONT_KEYS, 1)
                hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(FRONT_KEYS)}"
                self._fault(path, line, f'unknown key "{word}"', hint)
        if not top.values.get("subject"):
            self._fault(path, top.lines.get("subject", 1), "the front block has no subject")
            return None
        if top.values.get("layout", "customer") not in LAYOUTS:
            message = f'unknown layout "{top.values["layout"]}"'
            self._fault(path, top.lines["layout"], message, f"use one of {', '.join(LAYOUTS)}")
        return top

    def _subject(self, key: str, top: Front, known: str) -> Template | None:
        """The subject, as a template of one line that stands in the front block."""
        found: list[Problem] = []
        template = _checked(self.env, self.sources, key, top.values["subject"], samples(known), found, named=False)
        line = top.lines["subject"]
        self.problems += (replace(one, line=line, message=f"subject: {one.message}") for one in found)
        return template

    def _template(self, key: str, known: str) -> Template | None:
        source = self.fronts[key].body if key in self.fronts else self.sources.files[key]
        return _checked(self.env, self.sources, key, source, samples(known), self.problems)


def _checked(
    env: Environment, sources: Sources, key: str, source: str, contexts: Sequence[Context], problems: list[Problem],
    named: bool = True,
) -> Template | None:  # fmt: skip
    """The source compiled, proofread, and, if that found nothing, rendered with every sample. Faults go to `problems`.

    `named` False: a piece of the file `key`, never escaped.
    """
    path, before = sources.path(key), len(problems)
    try:
        tree = env.parse(source, key if named else None, path)
        finds = (*proof.unknown(tree, type(contexts[0])), *proof.absent(tree, sources.files))
        code = env.compile(tree, key if named else None, path)
    except TemplateSyntaxError as fault:
        problems.append(_syntax(path, fault))
        return None
    problems += (Problem(path, line, 1, message, hint) for line, message, hint in finds)
    template = env.template_class.from_code(env, code, {})
    if len(problems) == before:
        problems += _tried(template, path, contexts)
    return template


def _tried(template: Template, path: str, contexts: Sequence[Context]) -> list[Problem]:
    """Renders each sample, to find what only shows when it runs (a value that may be missing, an item's word)."""
    for context in contexts:
        try:
            template.render(context.mapping())
        except TemplateSyntaxError as fault:  # in a file that it imports
            return [_syntax(fault.filename or path, fault)]
        except Exception as fault:  # an admin's template can fail in any way; each is a Problem, never a crash
            frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == path]
            line = frames[-1].lineno or 0 if frames else 0
            missing = isinstance(fault, UndefinedError) or "NoneType" in str(fault)
            hint = "a value that may be missing needs {% if %}" if missing else ""
            return [Problem(path, line, 1 if line else 0, f"fails with sample data: {fault}", hint)]
    return []


def _syntax(path: str, fault: TemplateSyntaxError) -> Problem:
    return Problem(path, fault.lineno, 1, fault.message or "malformed template")
