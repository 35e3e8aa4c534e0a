"""A signed release, by real keys of GnuPG."""

import shutil
import subprocess

import pytest

from pipeline import settings
from pipeline.errors import ReleaseError
from pipeline.release.files.folder import SIGNATURE, SUMS, releases
from pipeline.release.files.signing import sign
from pipeline.stages import publish, verify
from tests.release.test_verify import resealed

pytestmark = pytest.mark.skipif(shutil.which("gpg") is None, reason="NOT TESTED: GnuPG is not installed")
OWNER, OTHER = "publisher@example.org", "somebody@example.org"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A keyring with two keys, and a file with each public key, by owner."""
    # The path of a socket is short; that of a test's folder need not be.
    home = tmp_path_factory.mktemp("k")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNUPGHOME", str(home))
        home.chmod(0o700)
        found = {}
        for owner in (OWNER, OTHER):
            made = ["--quick-generate-key", owner, "ed25519", "sign", "never"]
            subprocess.run(["gpg", "--batch", "--passphrase", "", *made], check=True, capture_output=True)
            found[owner] = home / f"{owner}.asc"
            exported = subprocess.run(
                ["gpg", "--batch", "--armor", "--export", owner], check=True, capture_output=True
            )
            found[owner].write_bytes(exported.stdout)
        yield found
        subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)


def signed_by(key, inputs, out):
    chosen = settings.load()
    options = chosen.publish.model_copy(update={"signing_key": key})
    return publish.run(inputs, out, chosen.model_copy(update={"publish": options}))


@pytest.fixture(scope="module")
def signed(inputs, keys, tmp_path_factory):
    return signed_by(OWNER, inputs, tmp_path_factory.mktemp("signed")).folder


@pytest.fixture
def own(signed, tmp_path):
    """A copy that a test may forge."""
    folder = tmp_path / signed.name
    shutil.copytree(signed, folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def test_a_signed_release_is_sound_and_says_so(signed, keys, upr):
    said = upr("verify", signed, "--key", keys[OWNER])
    assert (said.code, "ok    signature" in said.out, "FAULT" in said.out) == (0, True, False)
    without = verify.run(signed, checks=["sums", "recomputed"])
    assert without.sound
    assert any("--key" in note for note in without.notes)
    card = (signed / "README.md").read_text()
    assert "gpg --verify SHA256SUMS.asc SHA256SUMS" in card
    assert "This release is not signed" not in card


def test_gpg_itself_takes_the_signature(signed, keys):
    done = subprocess.run(
        ["gpg", "--verify", SIGNATURE, SUMS], cwd=signed, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_signature_of_another_key_is_a_fault(signed, keys):
    found = verify.run(signed, checks=[], key=keys[OTHER]).faults["signature"]
    assert len(found) == 1
    assert "no valid signature" in found[0]


def test_a_forger_who_renews_the_sums_is_found_by_the_signature_alone(own, keys):
    (own / "upr.xlsx").write_bytes((own / "upr.xlsx").read_bytes() + b"\0")
    assert resealed(own, "sums") == {}
    assert not verify.run(own, checks=[], key=keys[OWNER]).sound


def test_a_release_without_a_signature_is_a_fault_where_one_is_asked_for(own, release, keys, upr):
    (own / SIGNATURE).unlink()
    assert verify.run(own, checks=[], key=keys[OWNER]).faults["signature"] == [
        f"{SIGNATURE} is missing: this release is not signed."
    ]
    assert "This release is not signed" in (release / "README.md").read_text()


def test_a_key_that_is_none_is_a_message(signed, tmp_path, upr):
    (tmp_path / "key.asc").write_text("no key")
    for path in (tmp_path / "key.asc", tmp_path / "nothing.asc"):
        said = upr("verify", signed, "--key", path)
        assert (said.code, "Traceback" in said.err) == (1, False)
        assert "no file with an OpenPGP key" in said.err


def test_a_key_that_cannot_sign_leaves_no_release(inputs, keys, tmp_path):
    with pytest.raises(ReleaseError, match=r"publish\.signing_key: GnuPG cannot sign with"):
        signed_by("nobody@example.org", inputs, tmp_path / "out")
    assert releases(tmp_path / "out") == []


def test_the_name_of_a_key_is_no_option(own, keys):
    (own / SIGNATURE).unlink()
    with pytest.raises(ReleaseError, match=r"GnuPG cannot sign with '--version'"):
        sign(own, "--version")
    assert not (own / SIGNATURE).exists()


def test_without_gnupg_the_message_says_what_to_install(signed, keys, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReleaseError, match="Install GnuPG"):
        verify.run(signed, checks=[], key=keys[OWNER])
