"""An extract written by an attacker: every text field tries to act on the reader."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

PAYLOADS = (
    "\x1b]52;c;SE9TVElMRQ==\x07", "\x1b]0;HOSTILE-TITLE\x07", "\x1b[5n\x1b[c", "\x1b[2J\x1b[31mRED",
    "\x9b31mC1", "\x90q\x9cDCS", "a\u202egnp.exe", "z\u200bw\u2066x", "[/red][bold]m[/nope]",
    "[@click=app.bell]x[/]", "\x00nul", "\x7fdel\r\n\tend", "e\u0301\u0301\u0301\u0301\u0301zalgo",
    "\U000e0041tag", "𝕏漢字🙂 wide", "=cmd|'/c calc'!A1", "'; DROP TABLE accounts; --", "%s{0}$x",
)  # fmt: skip
# What must never reach a terminal: these bytes have no other source than the payloads.
RAW = (
    b"\x1b]52;c;SE9T", b"\x1b]0;HOSTILE", b"\x1b[5n", b"\x1b[31mRED", b"\xc2\x9b", b"\xc2\x90",
    "\u202e".encode(), "\u200b".encode(), "\u2066".encode(), "\U000e0041".encode(), b"\x00nul",
    b"\x7fdel",
)  # fmt: skip
HUGE = 10_000_000
ACCOUNTS = 24


def account_id(number: int) -> str:
    """Ids that a bank of hostile accounts would choose; none is empty or holds NUL."""
    return f"h{number:02d}-{PAYLOADS[number % len(PAYLOADS)]}".replace("\x00", "")


def write_extract(folder: Path) -> list[Path]:
    """Accounts, exchanges and payments as JSON lines, with one 10 MB prompt."""
    start = datetime.datetime(2026, 5, 1)  # noqa: DTZ001 - times of an extract are naive UTC
    accounts, exchanges, payments = [], [], []
    for number in range(ACCOUNTS):
        payload = PAYLOADS[number % len(PAYLOADS)].replace("\x00", "\x01")
        account = account_id(number)
        created = start + datetime.timedelta(minutes=number)
        accounts.append({
            "account_id": account, "created_at": str(created), "email": f"{payload}@h{payload}.com",
            "plan": payload, "signup_ip": f"203.0.113.9{payload}", "status": payload,
        })  # fmt: skip
        payments.append({
            "payment_id": f"p{number}", "account_id": account, "ts": str(created),
            "instrument_fingerprint": f"card-{PAYLOADS[0]}{PAYLOADS[6]}", "kind": payload,
        })  # fmt: skip
        for turn in range(30):
            huge = "\x1b[31mRED" * (HUGE // 8) if (number, turn) == (0, 29) else ""
            exchanges.append({
                "account_id": account, "ts": str(created + datetime.timedelta(hours=turn)),
                "exchange_id": f"x{number}-{turn}-{payload}", "model": f"m{PAYLOADS[3]}",
                "user_agent": f"agent {payload}{PAYLOADS[7]}", "ip": f"198.51.100.7{PAYLOADS[4]}",
                "tls_fingerprint": f"t13d{PAYLOADS[1]}", "device_id": f"dev{PAYLOADS[5]}",
                "system_prompt": f"You are {PAYLOADS[6]} {payload}", "output_tokens": 900,
                "prompt": f"Solve item {number * 100 + turn}: {payload} {PAYLOADS[2]}{huge}",
                "response": f"Answer {payload}", "input_tokens": 40,
            })  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, rows in (("accounts", accounts), ("exchanges", exchanges), ("payments", payments)):
        path = folder / f"{name}\x1b[31m\u202e.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="ascii")
        paths.append(path)
    return paths
