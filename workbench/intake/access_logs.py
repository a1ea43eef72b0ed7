"""Logs of web servers and balancers whose lines are no JSON: combined, W3C, ALB, Envoy.

A line becomes an object of named fields, so that a mapping or the names of the canonical columns
take them from there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime

_COMBINED = re.compile(
    r"^(?:(?P<vhost>[\w.-]+(?::\d+)?) )?(?P<ip>[0-9a-fA-F.:]+|-) (?P<ident>\S+) (?P<user>.+?) "
    r"\[(?P<time>\d{2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}:\d{2} [-+]\d{4})\] "
    r'"(?P<request>(?:[^"\\]|\\.){0,65536})" (?P<status>\d{3}|-) (?P<bytes>\d+|-)'
    r'(?: "(?P<referer>(?:[^"\\]|\\.){0,65536})" "(?P<agent>(?:[^"\\]|\\.){0,65536})")?'
    r"(?P<rest>.*)$"
)
_ENVOY = re.compile(
    r'^\[(?P<time>\d{4}-\d\d-\d\dT[^\]]+)\] "(?P<request>[^"]*)" (?P<status>\d+) (?P<flags>\S+)'
    r'(?: \S+ \S+ "[^"]*")? (?P<in>\d+) (?P<bytes>\d+) (?P<ms>\d+|-) (?P<up>\S+) "(?P<xff>[^"]*)" '
    r'"(?P<agent>[^"]*)" "(?P<id>[^"]*)" "(?P<host>[^"]*)" "(?P<target>[^"]*)"'
)
_ALB = re.compile(r"^(https?|h2|grpcs|wss?) \d{4}-\d\d-\d\dT\S+ \S+ [0-9a-fA-F.:\[\]]+:\d+ ")
_ALB_FIELDS = (
    "type", "time", "elb", "client", "target", "request_processing_time", "target_processing_time",
    "response_processing_time", "status", "target_status_code", "received_bytes", "sent_bytes",
    "request", "user_agent", "ssl_cipher", "ssl_protocol", "target_group_arn", "trace_id",
    "domain_name", "chosen_cert_arn", "matched_rule_priority", "request_creation_time",
)  # fmt: skip
_WORDS = re.compile(r'"((?:[^"\\]|\\.){0,65536})"|(\S+)')
_ENCODED = re.compile("%([2-7][0-9A-Fa-f])")
_API = re.compile(r"/(v\d|api|openai|chat|completions|messages|inference|model|invoke)", re.I)
Fields = dict[str, str]


def kind_of_log(lines: Sequence[bytes]) -> str:
    """The kind of log that the first lines are of; empty where they are of none."""
    texts = [line.decode("utf-8", "replace") for line in lines[:60]]
    if any(text.startswith("#Fields:") for text in texts[:10]):
        return "w3c"
    for kind, fits in (("combined", _COMBINED.match), ("alb", _ALB.match), ("envoy", _ENVOY.match)):
        if sum(bool(fits(text)) for text in texts) * 2 > len(texts):
            return kind
    return ""


class LogLines:
    """Turns the lines of one log into objects; it remembers the fields that a header names."""

    def __init__(self, kind: str) -> None:
        self._names: list[str] = []
        self._tabs = False
        readers: dict[str, Callable[[str], Fields | None]] = {
            "combined": _combined, "alb": _alb, "envoy": _envoy, "w3c": self._w3c,
        }  # fmt: skip
        self._read = readers[kind]

    def header(self, line: bytes) -> bool:
        """Whether a line is about the lines after it."""
        if not line.startswith(b"#"):
            return False
        if line.startswith(b"#Fields:"):
            text = line.decode("utf-8", "replace").partition(":")[2]
            self._names = text.split()
        return True

    def record(self, line: bytes) -> bytes | None:
        """The line as an object; None where it is none of the log's."""
        fields = self._read(line.decode("utf-8", "replace"))
        if fields is None:
            return None
        kept = {name: value for name, value in fields.items() if value not in ("", "-")}
        return json.dumps(kept, ensure_ascii=True).encode("ascii")

    def _w3c(self, text: str) -> Fields | None:
        if "\t" in text:
            words = text.split("\t")
        else:
            words = [quoted or plain for quoted, plain in _WORDS.findall(text)]
        if not self._names or len(words) != len(self._names):
            return None
        fields = dict(zip(self._names, words, strict=True))
        if "date" in fields and "time" in fields:
            fields["ts"] = f"{fields.pop('date')}T{fields.pop('time')}Z"
        agent = "cs(User-Agent)"
        if agent in fields:
            fields["user_agent"] = _unquoted(fields.pop(agent))
        for theirs, ours in _W3C_NAMES:
            if theirs in fields and ours not in fields:
                fields[ours] = fields.pop(theirs)
        return fields


_W3C_NAMES = (
    ("cs-username", "account_id"), ("c-ip", "ip"), ("sc-status", "status"),
    ("x-edge-request-id", "request_id"), ("cs-uri-stem", "path"),
)  # fmt: skip


def _unquoted(text: str) -> str:
    """A name of a client as it was sent: W3C logs write its blanks as + or %20."""
    spaced = text.replace("+", " ")
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), spaced)


def _combined(text: str) -> Fields | None:
    found = _COMBINED.match(text)
    if found is None:
        return None
    method, path = _request(found["request"])
    # Months are named in English whatever the host's language.
    moment = datetime.strptime(_month(found["time"]), "%d/%m/%Y:%H:%M:%S %z")
    fields = {
        "ip": found["ip"], "account_id": found["user"], "ts": moment.isoformat(),
        "method": method, "path": path, "status": found["status"], "bytes": found["bytes"],
        "referer": found["referer"] or "", "user_agent": found["agent"] or "",
    }  # fmt: skip
    extra = [quoted or plain for quoted, plain in _WORDS.findall(found["rest"])]
    return fields | {f"extra_{at}": word for at, word in enumerate(extra, 1)}


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _month(time: str) -> str:
    name = time[3:6].title()
    number = _MONTHS.index(name) + 1 if name in _MONTHS else 1
    return f"{time[:3]}{number:02d}{time[6:]}"


def _request(text: str) -> tuple[str, str]:
    words = text.split(" ")
    return (words[0], words[1].partition("?")[0]) if len(words) >= 2 else ("", "")


def _alb(text: str) -> Fields | None:
    words = [quoted or plain for quoted, plain in _WORDS.findall(text)]
    if len(words) < 14:
        return None
    fields = dict(zip(_ALB_FIELDS, words, strict=False))
    fields["ip"] = fields.pop("client").rpartition(":")[0].strip("[]")
    fields["ts"] = fields.pop("time")
    fields["request_id"] = fields.pop("trace_id", "")
    _, url = _request(fields.pop("request"))
    fields["path"] = re.sub(r"^[a-z]+://[^/]*", "", url)
    return fields


def _envoy(text: str) -> Fields | None:
    found = _ENVOY.match(text)
    if found is None:
        return None
    _, path = _request(found["request"])
    return {
        "ts": found["time"], "path": path, "status": found["status"], "latency_ms": found["ms"],
        "ip": found["xff"].partition(",")[0].strip(), "user_agent": found["agent"],
        "request_id": found["id"],
    }  # fmt: skip


def is_api(path: object) -> bool:
    """Whether a path of a request looks like a call of an API rather than of a page."""
    return bool(_API.search(str(path)))
