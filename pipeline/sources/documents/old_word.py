"""Word's old documents (.doc), read by way of LibreOffice where it is installed.

LibreOffice opens bytes from outside, so it runs within the limits of every reader: in a session of processes
of its own, with a profile that is thrown away, without macros, without fetching what a document links to.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits

SUFFIX = ".doc"
_KINDS = ((b"\xd0\xcf\x11\xe0", "MS Word 97"), (b"{\\rtf", "Rich Text Format"))
"""How a file begins, and LibreOffice's filter for it. What begins otherwise is not handed to LibreOffice: it
would open a web page, and fetch what that names.
"""
_COPY = f"document{SUFFIX}"
_ZIP = b"PK\x03\x04"
_SETTINGS = {
    "/org.openoffice.Office.Common/Security/Scripting": {
        "DisableMacrosExecution": "true",
        "MacroSecurityLevel": "3",
        "BlockUntrustedRefererLinks": "true",
    },
    "/org.openoffice.Office.Writer/Content/Update": {"Link": "0"},
}
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>
"""
_ITEM = '<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'


def as_docx(path: Path, folder: Path, limits: DocumentLimits) -> Path:
    """Convert a .doc into a .docx.

    Args:
        path: the document.
        folder: an empty folder for the result and for LibreOffice's own files.
        limits: `seconds` after which it is given up, `memory_bytes` and `unpacked_bytes` that it may take.

    Raises: SourceError if it is no Word document, or LibreOffice is not installed, takes too long, or cannot
        read it.
    """
    with path.open("rb") as file:
        head = file.read(8)
    made = folder / f"{Path(_COPY).stem}.docx"
    if head.startswith(_ZIP):  # a .docx that somebody renamed
        return Path(shutil.copyfile(path, made))
    kind = next((name for start, name in _KINDS if head.startswith(start)), None)
    if kind is None:
        raise SourceError(path.name, "is no Word document, whatever its ending says.", "Save it as .docx.")
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise SourceError(
            path.name,
            "is an old Word document, and LibreOffice, which could convert it, is not installed.",
            "Save it as .docx, or install LibreOffice.",
        )
    # The copy has a plain name, and LibreOffice leaves its lock file beside it and not beside the original.
    shutil.copyfile(path, folder / _COPY)
    _write_profile(folder / "profile")
    most = [str(limits.memory_bytes), str(limits.unpacked_bytes)]
    command = [
        *(sys.executable, "-m", "pipeline.sources.documents.old_word", *most, program),
        f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}",
        *("--headless", f"--infilter={kind}", "--convert-to", "docx:MS Word 2007 XML"),
        *("--outdir", str(folder), str(folder / _COPY)),
    ]
    if not _done_within(limits.seconds, command, folder):
        raise SourceError(
            path.name,
            f"LibreOffice took more than {limits.seconds:g} seconds to convert it and was given up.",
            "Save it as .docx; or, if you trust it, raise extract.seconds in configs/settings.yaml.",
        )
    if not made.is_file():
        raise SourceError(
            path.name, "is damaged, or no Word document: LibreOffice cannot convert it.", "Save it as .docx."
        )
    return made


def _write_profile(folder: Path) -> None:
    items = "".join(
        _ITEM.format(path=path, name=name, value=value)
        for path, values in _SETTINGS.items()
        for name, value in values.items()
    )
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(items=items), encoding="utf-8")


def _done_within(seconds: float, command: list[str], folder: Path) -> bool:
    """Run a command in a session of its own. Returns: whether it ended in time; if not, all of the session's
    processes are killed, since LibreOffice works in children of what was started.
    """
    # The program is LibreOffice; the document travels as a path. Its home is the folder, too.
    process = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)},
        start_new_session=True,
    )
    try:
        process.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main() -> None:
    """Become the program that the arguments name. Args: bytes of memory, of a file, and the command."""
    with suppress(ImportError):  # no such limits on Windows
        import resource

        memory, size = int(sys.argv[1]), int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606


if __name__ == "__main__":
    main()
