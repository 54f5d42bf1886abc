"""A hook of MkDocs: pages from outside of docs/, the Javadoc, and links that hold on the site as they do on GitHub."""

import logging
import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File, InclusionLevel

LOG = logging.getLogger("mkdocs.hooks.site_pages")  # a warning of it fails a strict build
ROOT = Path(__file__).resolve().parent.parent
BLOB = "/blob/main/"
JAVADOC = ROOT / "target" / "javadoc"
# Of the site, by their places in the repository; those in docs/ keep their names.
ELSEWHERE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "bench/README.md": "measurements.md",
}
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)#\s]*)(#[^)\s]*)?(?=\))")


def on_files(files, config):
    for source, page in ELSEWHERE.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8")))
    for path in sorted(JAVADOC.rglob("*")):
        if path.is_file():
            uri = "javadoc/" + path.relative_to(JAVADOC).as_posix()
            file = File.generated(config, uri, abs_src_path=str(path))
            if path.suffix == ".md":  # the licences of its scripts
                file.inclusion = InclusionLevel.NOT_IN_NAV
            files.append(file)
    return files


def on_page_markdown(markdown, page, config, files):
    """Links are written relative to the file's place in the repository."""
    pages = {page: source for source, page in ELSEWHERE.items()}
    source = pages.get(page.file.src_uri, "docs/" + page.file.src_uri)

    def on_site(link):
        path, anchor = link.group(1), link.group(2) or ""
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if target in ELSEWHERE:
            return ELSEWHERE[target] + anchor
        if target.startswith("docs/") and target.endswith((".md", ".svg")):
            return target.removeprefix("docs/") + anchor
        if not (ROOT / target).exists():
            LOG.warning("%s links to %s, which is not in the repository", source, target)
        return config.repo_url + BLOB + target + anchor

    return LINK.sub(on_site, markdown)
