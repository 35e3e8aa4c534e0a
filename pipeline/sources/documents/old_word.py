"""Word's old documents (.doc), read by way of LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from pipeline.errors import SourceError

SUFFIX = ".doc"


def as_docx(path: Path, folder: Path, seconds: float) -> Path:
    """Convert a .doc into a .docx.

    Args:
        path: the document.
        folder: an empty folder for the result and for LibreOffice's own files.
        seconds: after which it is given up.

    Raises: SourceError if LibreOffice is not installed, takes too long, or cannot read the document.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise SourceError(
            path.name,
            "is an old Word document, and LibreOffice, which could convert it, is not installed.",
            "Save it as .docx, or install LibreOffice.",
        )
    made = folder / f"{path.stem}.docx"
    profile = f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "docx", "--outdir", str(folder), str(path)]
    try:
        # The program is LibreOffice; the document travels as a path.
        subprocess.run(command, capture_output=True, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise SourceError(
            path.name,
            f"LibreOffice took more than {seconds:g} seconds to convert it and was given up.",
            "Save it as .docx; or, if you trust it, raise extract.seconds in configs/settings.yaml.",
        ) from error
    if not made.is_file():
        raise SourceError(path.name, "LibreOffice cannot convert it.", "Save it as .docx.")
    return made
