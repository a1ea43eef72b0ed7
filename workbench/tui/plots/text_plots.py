"""Plots in text: real axes, legible in sixteen colours, in none, and in ASCII."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from textual.content import Content

_BARS = " ▁▂▃▄▅▆▇█"
_BARS_ASCII = " .:-=+*#@"
_SHADES = "·░▒▓█"
_SHADES_ASCII = ".-+*#"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Day = datetime.date


def _step(value: float, most: float, steps: int) -> int:
    """Which of `steps` steps a value falls in; only zero is step 0."""
    if value <= 0 or most <= 0:
        return 0
    return max(1, min(steps - 1, round(value / most * (steps - 1))))


def sparkline(values: Sequence[float], width: int, *, ascii_only: bool = False) -> str:
    """Values as one line of bars; more values than cells are summed, never dropped."""
    if not values or width < 1:
        return ""
    bars = _BARS_ASCII if ascii_only else _BARS
    cells = min(width, len(values))
    sums = [0.0] * cells
    for at, value in enumerate(values):
        sums[at * cells // len(values)] += value
    most = max(sums)
    return "".join(bars[_step(value, most, len(bars))] for value in sums)


def heat_map(
    counts: Mapping[tuple[int, int], int], *, ascii_only: bool = False, wide: bool = False
) -> Content:
    """Weekday (1 Monday … 7 Sunday) by UTC hour; the scale is named below."""
    shades = _SHADES_ASCII if ascii_only else _SHADES
    most = max(counts.values(), default=0)
    cell = 2 if wide else 1
    axis = "".join(f"{hour:02d}".ljust(3 * cell) for hour in range(0, 24, 3))
    lines: list[tuple[str, str]] = [(f"     {axis}\n", "$text-muted")]
    for weekday, name in enumerate(_DAYS, 1):
        lines.append((f"{name}  ", "$text-muted"))
        row = [
            shades[_step(counts.get((weekday, hour), 0), most, len(shades))] for hour in range(24)
        ]
        lines.append(("".join(mark * cell for mark in row), "$accent"))
        total = sum(counts.get((weekday, hour), 0) for hour in range(24))
        lines.append((f"  {total:,}\n", "$text-muted"))
    lines.append((f"     UTC · {shades[0]} none  {shades[-1]} {most:,} an hour", "$text-muted"))
    return Content.assemble(*lines)


def day_of(moment: object) -> Day | None:
    """The day of a time as the engine writes it; None where the calendar here has none: before
    year 1, after 9999, infinity. Numbers of the wrong unit come out as such years."""
    text = str(moment)
    try:
        return None if "(BC)" in text else Day.fromisoformat(text.partition(" ")[0])
    except ValueError:
        return None


def day_range(first: Day, last: Day) -> list[Day]:
    """Every day from first to last, so that a gap is seen as one."""
    return [first + datetime.timedelta(days=at) for at in range((last - first).days + 1)]


def lanes(
    rows: Sequence[tuple[str, Mapping[Day, int], Day | None]],
    days: Sequence[Day],
    width: int,
    *,
    ascii_only: bool = False,
) -> Content:
    """One lane a member: shade by exchanges a day, `X` where the account was closed."""
    shades = _SHADES_ASCII if ascii_only else _SHADES
    room = max(8, width)
    bins = min(room, len(days)) or 1
    scale = max(1, room // bins)
    most = max((n for _, counts, _ in rows for n in counts.values()), default=0)
    parts: list[tuple[str, str]] = []
    for label, counts, closed in rows:
        sums, ends = [0] * bins, -1
        for at, day in enumerate(days):
            sums[at * bins // len(days)] += counts.get(day, 0)
            if closed == day:
                ends = at * bins // len(days)
        per_bin = max(1, most * max(1, len(days) // bins))
        marks = [shades[_step(value, per_bin, len(shades))] for value in sums]
        parts.append((label, "$text-muted"))
        parts.append((" ", ""))
        for at, mark in enumerate(marks):
            style = "$error" if at == ends else "$accent"
            parts.append(("X" * scale if at == ends else mark * scale, style))
        parts.append(("\n", ""))
    return Content.assemble(*parts)


def meter(value: float | None, width: int = 10, *, ascii_only: bool = False) -> str:
    """A share of 0..1 as a bar with its number; a missing one is said."""
    if value is None:
        return "not known"
    full, empty = ("#", ".") if ascii_only else ("█", "░")
    filled = max(0, min(width, round(value * width)))
    return f"{full * filled}{empty * (width - filled)} {value:.2f}"


def histogram(values: Sequence[float], width: int, *, ascii_only: bool = False) -> list[str]:
    """Counts in equal bins as lines of `from … to  bar count`; the axis is the text."""
    if not values:
        return []
    low, high = min(values), max(values)
    bins = min(8, len(set(values)))
    size = (high - low) / bins or 1.0
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int((value - low) / size))] += 1
    most = max(counts)
    mark = "#" if ascii_only else "█"
    lines = []
    for at, count in enumerate(counts):
        label = f"{low + at * size:>10,.0f} … {low + (at + 1) * size:>10,.0f}"
        lines.append(f"{label}  {mark * _step(count, most, max(2, width))} {count:,}")
    return lines
