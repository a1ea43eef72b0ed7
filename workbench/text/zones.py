"""Times of a zone beside UTC: how an analyst reads them; what is stored and signed stays UTC."""

from __future__ import annotations

import datetime
import difflib
import re
import zoneinfo
from dataclasses import dataclass

from workbench.errors import UsageError

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:Z| UTC)?")


@dataclass(frozen=True)
class DisplayZone:
    """A zone by its IANA name."""

    name: str
    info: zoneinfo.ZoneInfo

    def local(self, utc: object) -> str | None:
        """A UTC time as text in this zone, as exact as it is given; None for what is no time that
        both have."""
        match = _TIME.fullmatch(utc) if isinstance(utc, str) else None
        if match is None:
            return None
        year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
        second, part = match[6], match[7]
        try:
            moment = datetime.datetime(
                year, month, day, hour, minute, int(second or 0), tzinfo=datetime.UTC
            ).astimezone(self.info)
        except (ValueError, OverflowError):
            return None
        text = moment.strftime("%Y-%m-%d %H:%M:%S" if second else "%Y-%m-%d %H:%M")
        text = text.rjust(len("2026-01-01 00:00") + (3 if second else 0), "0")
        return f"{text}.{part}" if part else text


def display_zone(name: str) -> DisplayZone | None:
    """The zone of that name; none where the name is empty or UTC. Raises UsageError for a name
    that no zone has."""
    name = name.strip()
    if not name or name.upper() == "UTC":
        return None
    known = zoneinfo.available_timezones()
    if not known:
        raise UsageError(
            "This host has no time zone data, so that times are shown in UTC alone.",
            hint="Install the system's tzdata.",
        )
    by_letters = {one.lower(): one for one in known}
    found = by_letters.get(name.lower().replace(" ", "_"))
    if found is None:
        ends = [one for one in sorted(known) if one.lower().endswith(f"/{name.lower()}")]
        near = ends or difflib.get_close_matches(name.lower(), by_letters, n=3)
        meant = ", ".join(by_letters.get(one.lower(), one) for one in near)
        raise UsageError(
            f"There is no time zone “{name}”.",
            hint=f"Did you mean {meant}?" if meant else "Write one such as Europe/Berlin.",
        )
    return DisplayZone(found, zoneinfo.ZoneInfo(found))
