"""Times of a zone beside UTC, as the zone had them at that moment."""

from __future__ import annotations

import datetime
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import UsageError
from workbench.text.zones import display_zone


@pytest.mark.parametrize(
    ("zone", "utc", "local"),
    [
        ("Europe/Berlin", "2026-05-01 10:00:00", "2026-05-01 12:00:00"),
        ("europe/berlin", "2026-01-01 23:30:00.123456", "2026-01-02 00:30:00.123456"),
        ("Asia/Kathmandu", "2026-05-01T10:00", "2026-05-01 15:45"),
        ("America/New_York", "2026-03-08 07:00:00", "2026-03-08 03:00:00"),
        ("Asia/Tokyo", "0001-01-01 00:00:00", "0001-01-01 09:18:59"),
    ],
)
def test_a_time_is_that_of_the_zone(zone: str, utc: str, local: str) -> None:
    found = display_zone(zone)
    assert found is not None
    assert found.local(utc) == local


@pytest.mark.parametrize(
    "text", [None, 3, "", "infinity", "2026-05-01", "10:00", "0044-03-15 (BC) 10:00:00",
             "294247-01-10 04:00:54", "9999-12-31 23:59:59", "2026-13-01 00:00:00"]
)  # fmt: skip
def test_what_is_no_time_that_both_have_is_left_alone(text: object) -> None:
    found = display_zone("Asia/Tokyo")
    assert found is not None
    assert found.local(text) is None


@settings(deadline=None)
@given(st.integers(-600_000_000, 2_500_000_000))
def test_it_agrees_with_the_clock(seconds: int) -> None:
    found = display_zone("Australia/Lord_Howe")
    assert found is not None
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    there = moment.astimezone(zoneinfo.ZoneInfo(found.name))
    assert found.local(str(moment.replace(tzinfo=None))) == str(there.replace(tzinfo=None))


@pytest.mark.parametrize("name", ["", "UTC", " utc "])
def test_utc_needs_nothing_beside_it(name: str) -> None:
    assert display_zone(name) is None


@pytest.mark.parametrize(("name", "near"), [("Europe/Berln", "Europe/Berlin"), ("Tokyo", "Asia")])
def test_a_zone_that_is_none_is_said_with_what_is_near(name: str, near: str) -> None:
    with pytest.raises(UsageError) as wrong:
        display_zone(name)
    assert near in wrong.value.hint
