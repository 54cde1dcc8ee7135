#!/usr/bin/env python3
"""The site's pages: documents with links that fit there, and pages made from the manual, the schemas and the pictures.

site_pages.py STAGE writes them for docfx; site_pages.py --check SITE follows every link of the pages that came out.
"""

from __future__ import annotations

import html
import html.parser
import json
import os
import re
import shutil
import sys
import urllib.parse
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(!?\[(?:[^\[\]]|\[[^\]]*\])*\]\()([^)\s]+)(\))")
# Where documents and folders of the source tree are on the site; other files that they link to lie at their own place.
PLACES = {"docs/site/index.md": "index.md", "README.md": "start.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md",
          "SECURITY.md": "reporting.md", "benchmarks/README.md": "benchmarks.md", "python/README.md": "python-package.md",
          "docs/schemas": "files/index.md", "docs/site/verbs": "verbs/index.md", "docs/site/gallery": "gallery.md", "docs/site/api": "api/index.md",
          "build/browser/wwwroot/index.html": "browser/index.html",
          **{str(path.relative_to(ROOT)): str(path.relative_to(ROOT / "docs")) for path in sorted((ROOT / "docs").rglob("*.md"))
             if "site" not in path.parts}}
GUIDES = [("Theorists", "guides/theorist.md"), ("Engineers", "guides/engineer.md"), (".NET developers", "guides/dotnet.md"), ("Python users", "python.md")]
TOPICS = {
    "Theory": [("The paper's statements", "theory.md"), ("What is measured", "metrics.md"), ("The solver", "solver.md"),
               ("The paper's figures", "reproduction.md")],
    "Work": [("Watch it happen", "play.md"), ("Models and features", "models.md"), ("Sweeps", "sweeps.md"), ("Benchmarks", "benchmarks.md")],
    "Reference": [("Verbs", "verbs/"), ("Settings", "settings.md"), ("The run folder", "run-folder.md"), ("Files", "files/")],
    "The project": [("The house", "architecture.md"), ("Security", "security.md"), ("Contributing", "contributing.md"), ("Changes", "changelog.md")],
}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def documents(stage: Path) -> None:
    """Copies documents, and what they link to, with links changed."""
    for source, place in PLACES.items():
        if not source.endswith(".md"):
            continue
        text = (ROOT / source).read_text(encoding="utf-8")

        def changed(match: re.Match[str]) -> str:
            address, _, anchor = match[2].partition("#")
            if ":" in address or not address:
                return match[0]
            target = os.path.normpath(os.path.join(os.path.dirname(source), address))
            if target not in PLACES and not (ROOT / target).is_file():
                sys.exit(f"error: {source} links to {match[2]}, which is not there; link to a document or a file.")
            there = PLACES.get(target, target.removeprefix("docs/") + ("" if Path(target).suffix else ".txt"))
            if target not in PLACES:
                (stage / there).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / target, stage / there)
            return match[1] + os.path.relpath(there, os.path.dirname(place) or ".") + (f"#{anchor}" if anchor else "") + match[3]

        # Lines of code are left as they are.
        lines, fenced = [], False
        for line in text.split("\n"):
            fenced ^= line.startswith("```")
            lines.append(line if fenced or line.startswith("    ") else LINK.sub(changed, line))
        write(stage / place, "\n".join(lines))


def verbs(stage: Path) -> list[str]:
    """A page for each verb, from the manual."""
    manual = (stage / "manual.txt").read_text(encoding="utf-8")
    (stage / "manual.txt").unlink()
    pages: dict[str, list[str]] = {}
    summaries = {}
    for section in re.split(r"^\.SH ", manual, flags=re.M)[1:]:
        heading, *lines = [re.sub(r"\\(.)", r"\1", line.replace(r"\&", "")) for line in section.rstrip().split("\n")]
        if not heading.startswith("rankcollapse "):
            continue
        name = heading.removeprefix("rankcollapse ")
        summaries[name] = lines[0]
        page = pages.setdefault(name.split()[0], [])
        page += [f"{'#' if ' ' not in name else '##'} {name}", "", lines[0], ""]
        position = 1
        while position < len(lines):
            line = lines[position]
            if line == ".TP":
                page.append(f"| {code(lines[position + 1].removeprefix('.B '))} | {cell(lines[position + 2])} |")
                position += 2
            elif line.startswith(".SS "):
                kind_of = {"Verbs": "verb", "Arguments": "argument"}.get(line[4:], "option")
                page += ["", f"**{line[4:]}**", "", f"| {kind_of} | meaning |", "|---|---|"]
            elif line.startswith(".B "):
                page += [f"    {line[3:]}", ""]
            elif line.startswith(".I "):
                page += ["", f"    {line[3:]}"]
            elif line != ".PP":
                page += ["", prose(line)]
            position += 1
        page.append("")
    for name, page in pages.items():
        write(stage / "verbs" / f"{name}.md", "\n".join(page))
    rows = [f"| [`{name}`]({name.split()[0]}.md{'#' + name.replace(' ', '-') if ' ' in name else ''}) | {cell(text)} |" for name, text in summaries.items()]
    write(stage / "verbs" / "index.md", "\n".join([
        "# Verbs", "", "    rankcollapse VERB [options]", "", "| verb | does |", "|---|---|", *rows, "",
          "Exit code 0: done; 1: the computation did not reach what was asked; 2: bad input, nothing written."]))
    return list(pages)


def files(stage: Path) -> list[str]:
    """A page for each schema."""
    rows, names = [], []
    for path in sorted((ROOT / "docs" / "schemas").glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        name = path.stem
        names.append(name)
        rows.append(f"| [{name}]({name}.md) | {cell(schema.get('description', ''))} |")
        table = list(properties(schema, "", schema.get("$defs", {}), ()))
        (stage / "schemas").mkdir(exist_ok=True)
        shutil.copyfile(path, stage / "schemas" / path.name)
        write(stage / "files" / f"{name}.md", "\n".join([
            f"# {name}", "", f"{schema.get('description', '')}. The schema itself: [{path.name}](../schemas/{path.name}), "
              f"or `rankcollapse schema {name}`.", "", "| name | type | meaning |", "|---|---|---|", *table]))
    write(stage / "files" / "index.md", "\n".join([
        "# Files", "", "What the program writes and reads as JSON; those that end with `-json` are what a verb writes with `--json`. "
          "[The run folder](../run-folder.md) describes the other files.", "", "| schema | of |", "|---|---|", *rows]))
    return names


def properties(schema: Any, prefix: str, definitions: dict[str, Any], seen: tuple[str, ...]) -> Any:
    """A row for each property, those within by their path."""
    if not isinstance(schema, dict):
        return
    if reference := schema.get("$ref"):
        if reference in seen:
            return
        yield from properties(at(reference, definitions), prefix, definitions, (*seen, reference))
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from properties(part, prefix, definitions, seen)
    for name, value in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield f"| {code(path)} | {cell(kind(value, definitions))} | {cell(value.get('description', '') if isinstance(value, dict) else '')} |"
        yield from properties(value, f"{path}.", definitions, seen)
    if isinstance(schema.get("items"), dict):
        yield from properties(schema["items"], f"{prefix[:-1]}[]." if prefix else "[].", definitions, seen)


def at(reference: str, definitions: dict[str, Any]) -> Any:
    """What a reference such as #/$defs/settings/properties/data means."""
    value: Any = {"$defs": definitions}
    for name in reference.split("/")[1:]:
        value = value[name]
    return value


def kind(value: Any, definitions: dict[str, Any]) -> str:
    if not isinstance(value, dict):
        return ""
    if "$ref" in value:
        return kind(at(value["$ref"], definitions), definitions)
    if "enum" in value:
        return ", ".join(f"`{one}`" for one in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    of = value.get("type", [])
    names = [of] if isinstance(of, str) else list(of)
    names += [name for part in (*value.get("anyOf", ()), *value.get("oneOf", ())) if (name := kind(part, definitions))]
    within = kind(value["items"], definitions) if isinstance(value.get("items"), dict) else ""
    return " or ".join(dict.fromkeys(f"list of {within}" if name == "array" and within else name for name in names))


def gallery(stage: Path) -> None:
    """Every picture of the documents, with what it says of itself and where it is explained."""
    shown: dict[str, str] = {}
    for source, place in PLACES.items():
        if not source.endswith(".md") or source.startswith("docs/site"):
            continue
        for match in LINK.finditer((stage / place).read_text(encoding="utf-8")):
            picture = os.path.normpath(os.path.join(os.path.dirname(place), match[2]))
            if match[0].startswith("![") and picture not in shown:
                heading = re.search(r"^# (.*)", (stage / place).read_text(encoding="utf-8"), re.M)
                shown[picture] = f"[![{match[1][2:-2]}]({picture})]({place})\n\n{match[1][2:-2]} ([{heading[1] if heading else place}]({place}))\n"
    write(stage / "gallery.md", "# Gallery\n\nPictures that the program has drawn, each with the page that explains it.\n\n" + "\n".join(shown.values()))


def contents(stage: Path, verb_names: list[str], schema_names: list[str]) -> None:
    """Menus."""
    def entries(items: Any, indent: str = "") -> str:
        return "".join(f'{indent}- name: "{name}"\n{indent}  href: {address}\n' for name, address in items)

    write(stage / "toc.yml", entries([("Start", "start.md"), ("Install", "install.md")]) + "- name: Guides\n  dropdown: true\n  items:\n" + entries(GUIDES, "  ")
          + "".join(f"- name: {name}\n  dropdown: true\n  items:\n{entries(items, '  ')}" for name, items in TOPICS.items())
          + entries([("API", "api/"), ("Gallery", "gallery.md")]))
    write(stage / "verbs" / "toc.yml", entries([("All", "index.md"), *((name, f"{name}.md") for name in verb_names)]))
    write(stage / "files" / "toc.yml", entries([("All", "index.md"), *((name, f"{name}.md") for name in schema_names)]))
    spaces = ("RankCollapse", "RankCollapse.Models", "RankCollapse.Sweeps", "RankCollapse.Reporting")
    write(stage / "api" / "index.md", "# API\n\n" + "\n".join(f"- <xref:{name}>" for name in spaces)
          + "\n\n[For .NET developers](../guides/dotnet.md) says where to begin.\n")
    # Lines of a terminal are no language to be guessed.
    write(stage / "template" / "public" / "main.js", "export default { configureHljs: hljs => hljs.configure({ languages: [] }) }\n")
    write(stage / "template" / "public" / "main.css", "article table { display: block; overflow-x: auto; max-width: 100%; }\n"
          "article td:first-child { min-width: 9rem; }\narticle td:first-child > code { overflow-wrap: anywhere; }\n"
          "article img { max-width: 100%; height: auto; background: #fff; }\n")


def cell(text: str) -> str:
    return prose(text).replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    """Code in a table, where a bar would end the cell."""
    return f"<code>{html.escape(text).replace('|', '&#124;').replace('*', '&#42;').replace('_', '&#95;')}</code>"


def prose(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", "\\*").replace("[", "\\[") if "`" not in text else text


class Page(html.parser.HTMLParser):
    """The links and the places of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places |= {value for name in ("id", "name") if (value := given.get(name))}
        if tag != "link" and (link := given.get("href") or given.get("src")):
            self.links.append(link)


def check(site: Path) -> None:
    """Follows every link within the site."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    wrong, count = [], 0
    for path, page in pages.items():
        for link in page.links:
            address, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:|//", address):
                continue
            count += 1
            target = path if not address else Path(os.path.normpath(path.parent / urllib.parse.unquote(address.partition("?")[0])))
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or anchor and target in pages and urllib.parse.unquote(anchor) not in pages[target].places:
                wrong.append(f"{path.relative_to(site)}: {link} leads nowhere")
    print("\n".join(wrong[:50]) or f"{site}: {len(pages)} pages, {count} links, all lead somewhere")
    sys.exit(1 if wrong or not pages else 0)


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        check(Path(sys.argv[2]))
    folder = Path(sys.argv[1])
    for name in ("docfx.json", "logo.svg"):
        shutil.copyfile(ROOT / "docs" / "site" / name, folder / name)
    documents(folder)
    gallery(folder)
    contents(folder, verbs(folder), files(folder))
