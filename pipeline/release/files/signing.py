"""A detached OpenPGP signature of SHA256SUMS, made and checked by GnuPG (`gpg`), a program that is called.

The sums are those of all files, so the signature tells whether a release is the publisher's, also where
someone altered its tables and made all else again from them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.errors import ReleaseError
from pipeline.release.files.folder import SIGNATURE, SUMS

_SECONDS = 60


def sign(folder: Path, key: str) -> None:
    """Write the signature into a release that is sealed.

    Args: `key`, its fingerprint, or its owner's e-mail address, in the keyring of who publishes.

    Raises: ReleaseError where GnuPG is missing, or has no such secret key that it may use unasked.
    """
    # Options end before the name of the key, which could begin with a hyphen otherwise.
    words = ("--armor", f"--local-user={key}", "--output", str(folder / SIGNATURE), "--detach-sign", "--")
    done = _gpg([*words, str(folder / SUMS)])
    if done.returncode:
        raise ReleaseError(
            "publish.signing_key",
            f"GnuPG cannot sign with '{key}' ({_last(done.stderr)}).",
            "Name a key of `gpg --list-secret-keys` that needs no passphrase or whose agent has it, or leave "
            "the setting empty.",
        )
    (folder / SIGNATURE).chmod(0o444)


def checked(folder: Path, key: Path) -> Iterator[str]:
    """What is wrong with the signature of a release; nothing where it is that of the key.

    Args: `key`, a file with the publisher's public key, from a source that is trusted; no other key counts.

    Raises: ReleaseError where GnuPG is missing, or the file is no key.
    """
    if not (folder / SIGNATURE).is_file():
        yield f"{SIGNATURE} is missing: this release is not signed."
        return
    with tempfile.TemporaryDirectory(prefix="upr-keys-") as home:
        Path(home).chmod(0o700)
        taken = _gpg([f"--homedir={home}", "--import", "--", str(key)])
        if taken.returncode:
            raise ReleaseError(
                str(key),
                f"is no file with an OpenPGP key ({_last(taken.stderr)}).",
                "Fetch the publisher's public key, as `gpg --armor --export` writes it.",
            )
        words = (f"--homedir={home}", "--status-fd=1", "--verify", "--")
        done = _gpg([*words, str(folder / SIGNATURE), str(folder / SUMS)])
    if "[GNUPG:] GOODSIG " not in done.stdout or done.returncode:
        yield f"{SIGNATURE} is no valid signature of {SUMS} by the key in {key.name} ({_last(done.stderr)})."


def _gpg(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    program = shutil.which("gpg")
    if program is None:
        raise ReleaseError(
            "gpg", "is not installed; it makes and checks signatures.", "Install GnuPG and try again."
        )
    try:
        return subprocess.run(  # noqa: S603 - a program of the system, with options of this module
            [program, "--batch", "--no-tty", *words],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_SECONDS,
            # Its messages are shown, and in English they can be looked for.
            env=os.environ | {"LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired as error:
        raise ReleaseError(
            "gpg",
            f"gave no answer within {_SECONDS} seconds.",
            "See whether its agent asks for a passphrase.",
        ) from error


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("gpg: ") if lines else "no reason given"
