"""Writes the checksums of shipped data."""

from __future__ import annotations

from pathlib import Path


def record(folder: Path, digest: str, name: str) -> None:
    """Write the checksum of a file's content into checksums.txt, in the place of an older one."""
    sums = folder / "checksums.txt"
    end = f"  {name} (content)"
    kept = [line for line in sums.read_text(encoding="utf-8").splitlines() if not line.endswith(end)]
    sums.write_text("\n".join([*kept, f"{digest}{end}"]) + "\n", encoding="utf-8")
