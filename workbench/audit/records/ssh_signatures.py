"""SSH signatures (SSHSIG) by `ssh-keygen -Y`, in the namespace wb-audit@v1.

Keys may lie in a file, in an agent or on a token: for the latter two, give the public key file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from workbench.audit.errors import LedgerError
from workbench.audit.records.canonical_json import Fields, canonical

NAMESPACE = "wb-audit@v1"
_TOUCH_SECONDS = 60
_ARMOR = re.compile(
    rb"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----"
)


def _refused(message: str, hint: str = "") -> LedgerError:
    return LedgerError(message, title="Not signed", hint=hint)


def _run(arguments: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    tool = shutil.which("ssh-keygen")
    if tool is None:
        raise FileNotFoundError("ssh-keygen is not on this host")
    # Without a terminal of its own it cannot draw a prompt into the bench.
    quiet = {**os.environ, "SSH_ASKPASS_REQUIRE": "never", "LC_ALL": "C"}
    return subprocess.run(
        [tool, *arguments],
        input=data,
        capture_output=True,
        timeout=_TOUCH_SECONDS,
        check=False,
        env=quiet,
        start_new_session=True,
    )


def fingerprint(public_key: str) -> str:
    """The SHA256:… fingerprint of a public key line."""
    try:
        blob = base64.b64decode(public_key.split()[1], validate=True)
    except (IndexError, binascii.Error) as error:
        raise _refused("This is not an SSH public key line.") from error
    return _fingerprint(blob)


def _fingerprint(blob: bytes) -> str:
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii").rstrip("=")


def key_fingerprint(key: Path) -> str:
    """The fingerprint of a key by its file: the public half is read, never the private one."""
    public = key if key.suffix == ".pub" else key.with_name(key.name + ".pub")
    try:
        return fingerprint(public.read_text("utf-8", "replace"))
    except OSError as error:
        raise _refused(f"The public key {public} cannot be read: {error.strerror}.") from error


def sign(data: bytes, key: Path) -> bytes:
    """The armored signature of the data; raises LedgerError saying why there is none."""
    try:
        done = _run(["-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE], data)
    except FileNotFoundError as error:
        raise _refused("ssh-keygen is not on this host, so nothing can be signed.") from error
    except subprocess.TimeoutExpired as error:
        raise _refused(f"The key {key.name} did not answer in {_TOUCH_SECONDS} s.") from error
    if done.returncode or not _ARMOR.search(done.stdout):
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _refused(
            f"ssh-keygen could not sign with {key.name}: {ascii(why[-1]) if why else 'no reason'}.",
            "Load the key into an agent, or give a key file without a passphrase.",
        )
    return done.stdout


def sign_record(data: bytes, key: Path) -> str:
    """The signature as a record holds it: the base64 of the armor on one line."""
    match = _ARMOR.search(sign(data, key))
    return "" if match is None else match.group(1).replace(b"\n", b"").decode("ascii")


def armor(signature: str) -> bytes:
    """A record's signature as ssh-keygen reads it."""
    lines = [signature[at : at + 70] for at in range(0, len(signature), 70)]
    return "\n".join(
        ["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""]
    ).encode("ascii")


def unarmored(data: bytes) -> str:
    """The base64 of an armored signature on one line, or the empty string for what is none."""
    begin, end = (f"-----{word} SSH SIGNATURE-----" for word in ("BEGIN", "END"))
    lines = data.decode("latin-1").split("\n")
    if lines[0] != begin or end not in lines:
        return ""
    return "".join(lines[1 : lines.index(end)])


def signing_key(signature: str) -> str:
    """The fingerprint of the key inside a signature, or the empty string for what is none."""
    try:
        blob = base64.b64decode(signature, validate=True)
    except ValueError:  # binascii.Error, or characters beyond ASCII
        return ""
    length = int.from_bytes(blob[10:14], "big")
    if blob[:10] != b"SSHSIG\x00\x00\x00\x01" or len(blob) < 14 + length:
        return ""
    return _fingerprint(blob[14 : 14 + length])


def check_signature(
    data: bytes, armored: bytes, signers: Path, ts: int, revoked: Path | None = None
) -> str:
    """The principal whose valid signature this is at that time (UTC µs), or the empty string.

    `revoked` lists keys (or is a KRL) whose signatures never hold. Raises FileNotFoundError where
    ssh-keygen is absent.
    """
    when = datetime.fromtimestamp(ts / 1e6, UTC).strftime("%Y%m%d%H%M%SZ")
    with tempfile.NamedTemporaryFile(prefix="wb-sig-") as file:
        file.write(armored)
        file.flush()
        common = ["-n", NAMESPACE, "-s", file.name, "-f", str(signers), f"-Overify-time={when}"]
        found = _run(["-Y", "find-principals", *common], b"")
        for principal in found.stdout.decode("utf-8", "replace").splitlines():
            gone = ["-r", str(revoked)] if revoked is not None else []
            done = _run(["-Y", "verify", *common, *gone, "-I", principal], data)
            if found.returncode == 0 and done.returncode == 0:
                return principal
    return ""


def signed_part(fields: Fields, case_id: str) -> bytes:
    """What a record's signature covers: the case, and all that is known before its place is.

    The case is not a field of the record: a signature made in one case counts in no other.
    """
    rest = {k: v for k, v in fields.items() if k not in ("seq", "prev", "h", "sig")}
    return canonical({**rest, "case": case_id})


@dataclass(slots=True)
class SignatureCheck:
    """How many signatures were checked, and those that do not hold (seq, why)."""

    checked: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)
    absent: bool = False


def check_signatures(
    records: Iterable[Fields], case_id: str, signers: Path, revoked: Path | None = None
) -> SignatureCheck:
    """Check that the signatures hold, made in this case by one of the signers."""
    result = SignatureCheck()
    for fields in records:
        try:
            principal = check_signature(
                signed_part(fields, case_id), armor(fields["sig"]), signers, fields["ts"], revoked
            )
        except (OSError, subprocess.TimeoutExpired):  # absent, or not ours to start
            result.absent = True
            break
        result.checked += 1
        if not principal:
            result.wrong.append((fields["seq"], "has a signature that does not hold"))
    return result
