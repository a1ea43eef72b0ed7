"""Which columns a grid shows, in what order, how wide, and which of them fit now."""

from __future__ import annotations

from collections.abc import Container, Sequence

GAP = 2
NARROWEST = 3
WIDEST = 44
NATURAL_LIMIT = 200  # a text takes so many cells where they would be blank else
_TEXT_TO_BE_READ = 24  # a text is not narrowed below this for the sake of others
_TO_BE_READ = 6  # a last column that has less room than this is not begun


class Layout:
    """The arrangement of one table's columns; numbers are those of the result."""

    def __init__(
        self, widths: list[int], whole: Container[int] = (), natural: Sequence[int] = ()
    ) -> None:
        """`natural` is how wide the columns would be with all the room they want."""
        self.widths = widths
        self._natural = list(natural) or list(widths)
        self.chosen: set[int] = set()  # columns whose width somebody chose
        self._whole = whole  # columns of numbers: half a number reads as another one
        self.order = list(range(len(widths)))
        self.hidden: set[int] = set()
        self.frozen = 1
        self._wider: dict[int, int] = {}
        self.first = 0  # of the columns that scroll, the one at the left

    def fit(self, widths: list[int], natural: Sequence[int]) -> None:
        """The same columns, of other rows."""
        self.widths, self._natural = widths, list(natural)

    def shown(self) -> list[int]:
        """The columns in their order, without hidden ones."""
        return [number for number in self.order if number not in self.hidden]

    def visible(self, room: int) -> list[tuple[int, int]]:
        """(column, width) of what fits into `room` cells; the last one may be narrower."""
        shown = self.shown()
        fixed, moving = shown[: self._fixed(shown, room)], shown[self.frozen :]
        if len(fixed) < self.frozen:
            moving = shown[len(fixed) :]
        taken = 0
        fitting: list[tuple[int, int]] = []
        for number in (*fixed, *moving[self.first :]):
            width, left = self.widths[number], room - taken
            least = min(_TO_BE_READ, width)
            if number in self._whole and number not in moving[self.first : self.first + 1]:
                least = width
            if left < least and fitting:
                freed = self._free(fitting, least - left) if number in self._whole else 0
                if not freed:
                    break
                taken, left = taken - freed, left + freed
            fitting.append((number, min(width, left)))
            taken += width + GAP
            if taken >= room:
                break
        if (left := room - taken + GAP) > 0 and fitting and fitting[-1][0] == shown[-1]:
            self._spread(fitting, left)
        return fitting

    def _spread(self, fitting: list[tuple[int, int]], left: int) -> None:
        """Give cells that would stay blank to the texts that are cut, the first ones first."""
        for at, (number, width) in enumerate(fitting):
            more = min(left, self._natural[number] - width)
            if more > 0 and number not in self._whole and number not in self.chosen:
                fitting[at] = (number, width + more)
                left -= more
                if not left:
                    return

    def _free(self, fitting: list[tuple[int, int]], wanted: int) -> int:
        """Take cells from the widest text for a number that would not fit; what was taken."""
        texts = [
            (width, at)
            for at, (number, width) in enumerate(fitting)
            if number not in self._whole and width <= WIDEST and width - wanted >= _TEXT_TO_BE_READ
        ]
        if not texts:
            return 0
        width, at = max(texts)
        fitting[at] = (fitting[at][0], width - wanted)
        return wanted

    def _fixed(self, shown: list[int], room: int) -> int:
        """How many of the frozen columns can be kept: at least half the room moves."""
        taken = 0
        for at, number in enumerate(shown[: self.frozen]):
            taken += self.widths[number] + GAP
            if taken > max(room // 2, self.widths[shown[0]] + GAP):
                return at
        return min(self.frozen, len(shown))

    def more(self, room: int) -> tuple[bool, bool]:
        """Whether columns are out of sight at the left, and at the right."""
        visible = self.visible(room)
        shown = self.shown()
        if not visible or not shown:
            return False, False
        last, width = visible[-1]
        return self.first > 0, last != shown[-1] or width < self.widths[last]

    def still(self, room: int) -> int:
        """Cells that frozen columns take, with the gap behind the last."""
        shown = self.shown()
        return sum(self.widths[number] + GAP for number in shown[: self._fixed(shown, room)])

    def bring(self, number: int, room: int) -> bool:
        """Scroll so that a column can be read whole; tells whether anything moved."""
        shown, before = self.shown(), self.first
        fixed = self._fixed(shown, room)
        moving = shown[fixed:]
        if number not in moving:
            return False
        at = moving.index(number)
        left = room - sum(self.widths[one] + GAP for one in shown[:fixed])
        # As many columns before it as fit, from it backwards.
        begin, taken = at, self.widths[number]
        while begin and taken + GAP + self.widths[moving[begin - 1]] <= left:
            begin -= 1
            taken += GAP + self.widths[moving[begin]]
        self.first = min(at, max(self.first, begin))
        return self.first != before

    def wants(self, number: int, width: int, fitted: int) -> bool:
        """Note that a column of numbers, fitted to its first rows, has a longer one further down.

        Tells whether `widen` is to follow; a width that somebody chose stays.
        """
        now = self.widths[number]
        if width <= now or now != fitted or now >= WIDEST:
            return False
        first = not self._wider
        self._wider[number] = max(self._wider.get(number, 0), min(WIDEST, width))
        return first

    def widen(self, fitted: list[int]) -> None:
        """Give columns the room they want; what they are fitted to follows."""
        for number, width in self._wider.items():
            self.widths[number] = fitted[number] = width
            self._natural[number] = max(self._natural[number], width)
        self._wider.clear()

    def step(self, number: int, by: int) -> int:
        """The shown column `by` places from another, as near as there is one."""
        shown = self.shown()
        at = shown.index(number) if number in shown else 0
        return shown[max(0, min(len(shown) - 1, at + by))]

    def move(self, number: int, by: int) -> None:
        """Put a column `by` shown places further left or right."""
        other = self.step(number, by)
        at = self.order.index(other)
        self.order.remove(number)
        self.order.insert(at, number)

    def hide(self, number: int) -> int:
        """Hide a column; the neighbour that takes its place. The last one stays."""
        shown = self.shown()
        if len(shown) < 2:
            return number
        neighbour = self.step(number, 1) if number != shown[-1] else shown[-2]
        self.hidden.add(number)
        return neighbour

    def freeze(self, number: int) -> None:
        """Freeze the columns up to this one; again to let go."""
        shown = self.shown()
        wanted = shown.index(number) + 1 if number in shown else 1
        self.frozen = 0 if self.frozen == wanted else wanted
        self.first = 0

    def show_all(self) -> None:
        """Every column again, in the result's order."""
        self.hidden.clear()
        self.order.sort()
