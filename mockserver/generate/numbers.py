"""Numbers that fit, and that a property of this name could hold.

Bounds, multiples and exclusions are met by construction: a number is a whole count of steps between two bounds. Only
where steps are decimals is what comes judged, because judges disagree about the last bit.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from mockserver.generate.dice import Draw, Steps, below, chooser, constant, fork
from mockserver.generate.facts import Facts, identity
from mockserver.generate.merge import Book
from mockserver.generate.moments import moment
from mockserver.generate.names import singular
from mockserver.generate.place import Place
from mockserver.schema.kinds import Kind, kind_of
from mockserver.values import JSON, Struct

_TRIALS = 40
_TRIES = 4
_STOCK = 16
_FEW = 8
_FINEST = Fraction(1, 10**12)
_FIRST, _LAST = -(2**63), 2**64 - 1  # whole numbers beyond are not written by every JSON writer
_LARGEST = Fraction(sys.float_info.max)
_NUMBERS: frozenset[Kind] = frozenset({"integer", "fraction"})

Fits = Callable[[JSON], bool]


class Span(Struct, frozen=True):
    """Numbers from `low` to `high` in steps."""

    low: Fraction
    high: Fraction
    step: Fraction = Fraction(1)


def _span(low: int, high: int, step: str = "1") -> Span:
    return Span(Fraction(low), Fraction(high), Fraction(step))


_MONEY = frozenset(
    {
        "price", "amount", "cost", "balance", "fee", "tax", "subtotal", "discount", "charge", "payment", "salary",
        "revenue", "tip", "budget", "refund", "due", "paid", "spend", "credit", "debit", "sum", "worth",
    }
)  # fmt: skip
_SPANS: Mapping[str, Span] = {
    **dict.fromkeys(("id", "number", "ids", "no", "identifier"), _span(1000, 99_999)),
    **dict.fromkeys(("page", "page_number", "attempt", "attempts"), _span(1, 1)),
    **dict.fromkeys(("per_page", "page_size", "limit", "max_results"), _span(20, 50, "10")),
    **dict.fromkeys(("offset", "skip", "start_index"), _span(0, 0)),
    **dict.fromkeys(("percent", "percentage", "progress", "completion", "humidity", "battery", "usage"), _span(1, 100)),
    **dict.fromkeys(("ratio", "probability", "confidence", "opacity", "alpha", "fraction", "weighting", "similarity"),
                    _span(0, 1, "0.01")),
    **dict.fromkeys(("rate", "tax_rate", "interest_rate", "exchange_rate", "growth"), _span(1, 20, "0.1")),
    **dict.fromkeys(("lat", "latitude"), _span(-60, 70, "0.0001")),
    **dict.fromkeys(("lon", "lng", "longitude"), _span(-170, 170, "0.0001")),
    "age": _span(21, 79),
    "year": _span(2024, 2026), "exp_year": _span(2027, 2031), "month": _span(1, 12), "exp_month": _span(1, 12),
    "day": _span(1, 28), "hour": _span(8, 19), "minute": _span(0, 59), "second": _span(0, 59), "week": _span(1, 52),
    **dict.fromkeys(("width", "w"), _span(320, 1920, "80")),
    **dict.fromkeys(("height", "h"), _span(240, 1080, "60")),
    **dict.fromkeys(("length", "depth"), _span(10, 120)),
    "weight": _span(200, 4000, "50"),
    **dict.fromkeys(("size", "bytes", "content_length", "file_size"), _span(1024, 400_000)),
    **dict.fromkeys(("duration", "timeout", "ttl", "expires_in", "interval", "seconds", "retry_after", "max_age"),
                    _span(30, 3600, "30")),
    **dict.fromkeys(("milliseconds", "ms", "latency", "took", "elapsed"), _span(3, 480)),
    "port": _span(8000, 8999),
    **dict.fromkeys(("status", "status_code", "http_status", "response_code"), _span(200, 200)),
    "code": _span(100, 999),
    **dict.fromkeys(("version", "revision"), _span(1, 9)),
    **dict.fromkeys(("rating", "stars"), _span(3, 5, "0.5")),
    "temperature": _span(4, 28, "0.5"),
    **dict.fromkeys(("priority", "order", "rank", "level", "index", "row", "column", "sequence"), _span(1, 10)),
    "position": _span(1, 20),
    **dict.fromkeys(("score", "points"), _span(10, 100)),
    **dict.fromkeys(("count", "quantity", "qty", "total", "stock", "seats", "copies", "used", "remaining", "items"),
                    _span(1, 48)),
    **dict.fromkeys(("stargazers", "watchers", "forks", "followers", "likes", "views", "downloads"), _span(3, 900)),
}  # fmt: skip
_USUAL, _USUAL_FRACTION = _span(1, 100), _span(1, 100, "0.25")
_CENTS, _PRICES = _span(495, 48_000, "5"), _span(5, 480, "0.05")
_QUARTER = Fraction(1, 4)
_MOMENTS = frozenset(
    {"at", "timestamp", "created", "updated", "modified", "expires", "expiry", "date", "since", "until"}
)


def number_draw(book: Book, facts: Facts, kind: Kind, place: Place) -> Draw | None:
    """Return a draw of numbers of this kind (where fractions are asked for, also whole ones if they are admitted)."""
    kinds = facts.kinds & _NUMBERS if kind == "fraction" else frozenset({kind})
    fits = _fitting(book, facts, kinds)
    vendors = None if place.root else _vendors(facts, place, fits)
    if vendors is not None:
        return vendors
    named = _moments(facts, kind, place)
    if named is not None and fits(named(1)) and fits(named(2)):
        return named
    certain = (
        kinds == {"integer"} and not facts.excluded and all(kind_of(step) == "integer" for step in facts.multiples)
    )
    for span in _spans(facts, kind, place):
        draw = _draw_of(span, kinds, place.salt)
        if certain and span.low >= _FIRST and span.high <= _LAST:
            return draw
        stock = [value for trial in range(_TRIALS) if fits(value := draw(fork(trial, 3)))]
        if stock:
            return _guarded(draw, fits, chooser(stock[:_STOCK], place.salt))
    return None


def _fitting(book: Book, facts: Facts, kinds: frozenset[Kind]) -> Fits:
    barred = {identity(value) for value in facts.excluded}
    decimals = [step for step in facts.multiples if kind_of(step) == "fraction"]
    multiples: JSON = {"allOf": [{"multipleOf": step} for step in facts.multiples]}
    judge = book.validators.compile(multiples).is_valid if decimals else None

    def fits(value: JSON) -> bool:
        if kind_of(value) not in kinds or identity(value) in barred or not _within(facts, value):
            return False
        # Judges that divide floats disagree with those that count in decimals: what is drawn pleases both.
        return judge is None or (judge(value) and all(float(value / step).is_integer() for step in decimals))

    return fits


def _within(facts: Facts, value: float) -> bool:
    above = facts.low is None or value > facts.low or (value == facts.low and not facts.low_open)
    return above and (facts.high is None or value < facts.high or (value == facts.high and not facts.high_open))


def _guarded(draw: Draw, fits: Fits, spare: Draw) -> Draw:
    def guarded(seed: int) -> JSON:
        for attempt in range(_TRIES):
            value = draw(fork(seed, attempt) if attempt else seed)
            if fits(value):
                return value
        return spare(seed)

    return guarded


def _vendors(facts: Facts, place: Place, fits: Fits) -> Draw | None:
    """Return a draw of what the contract gives; identifiers vary."""
    name = place.words
    if name and name[-1] in {"id", "ids"}:
        return None
    for given in (facts.examples, [value for value in facts.defaults if value]):  # a default of 0 says nothing
        values = [value for value in given if isinstance(value, int | float) and fits(value)]
        if values:
            return chooser(values, place.salt)
    return None


def _moments(facts: Facts, kind: Kind, place: Place) -> Draw | None:
    name = place.words
    if kind != "integer" or not name:
        return None
    stamped = (
        "unix-time" in facts.formats or name[-1] in _MOMENTS or any("epoch" in text.lower() for text in facts.texts)
    )
    if not stamped or facts.multiples:
        return None
    millis = any("millisecond" in text.lower() for text in facts.texts) or name[-1] in {"ms", "millis"}
    return moment(name, "milliseconds" if millis else "seconds")


REGISTERED: Mapping[str, Span] = {  # OAS Format Registry; int32 and int64 are bounds already
    "int8": _span(-(2**7), 2**7 - 1), "uint8": _span(0, 2**8 - 1),
    "int16": _span(-(2**15), 2**15 - 1), "uint16": _span(0, 2**16 - 1),
    "uint32": _span(0, 2**32 - 1), "uint64": _span(0, 2**64 - 1),
}  # fmt: skip


def _spans(facts: Facts, kind: Kind, place: Place) -> Iterator[Span]:
    """Yield where to draw from, what a registered format means by a number first."""
    formats = [span for name, span in REGISTERED.items() if name in facts.formats]
    for limit in formats[:1]:
        for span in _admitted(facts, kind, place):
            low = span.low + span.step * max(0, math.ceil((limit.low - span.low) / span.step))
            if low <= (high := min(span.high, limit.high)):
                yield Span(low, high, span.step)
    yield from _admitted(facts, kind, place)


def _admitted(facts: Facts, kind: Kind, place: Place) -> Iterator[Span]:
    """Yield where to draw from: what the name suggests as far as the bounds admit it, then what the bounds admit."""
    step = common_step(facts.multiples) if facts.multiples else None
    fine = kind == "fraction" and step is None
    for span in _named(place, kind, facts):
        for finer in (1, 10, 10**3, 10**6) if fine else (1,):
            clipped = _clipped(Span(span.low, span.high, span.step / finer), facts, step)
            usual = step is None and (not fine or clipped == span)  # no bound is in its way
            if clipped is not None and (usual or _count(clipped) > _FEW):
                yield clipped
                break
    width = Fraction(100)
    unit = step if step is not None else Fraction(1)
    if facts.low is not None:
        start = Fraction(facts.low)
    elif facts.high is not None:
        start = Fraction(facts.high) - width * unit
    else:
        start = unit
    sizes = [max(unit, abs(start) / 2**40), unit]
    if fine:
        sizes = [*sizes[:-1], unit / 4, unit / 100, unit / 10**9, unit]
    rest = [clipped for size in sizes if (clipped := _clipped(Span(start, start + width * size, size), facts, step))]
    yield from sorted(rest, key=lambda span: _count(span) <= _FEW)
    if kind == "fraction":
        yield from _between(facts, step)


def _count(span: Span) -> Fraction:
    return (span.high - span.low) / span.step + 1


def _named(place: Place, kind: Kind, facts: Facts) -> Iterator[Span]:
    name = place.words
    whole = kind == "integer"
    if whole and facts.low is not None and facts.high is not None and facts.high - facts.low <= 10:
        yield Span(Fraction(facts.low), Fraction(facts.high))
        return
    for span in _spans_by_name(name, whole=whole):
        if whole and span.step.denominator > 1:
            yield Span(Fraction(math.ceil(span.low)), Fraction(math.floor(span.high)))
        elif whole or "integer" in facts.kinds:
            yield span
        else:
            yield Span(span.low, span.high + 1, min(span.step, _QUARTER))
    yield _USUAL if whole else _USUAL_FRACTION


def _spans_by_name(name: tuple[str, ...], *, whole: bool) -> Iterator[Span]:
    if not name:
        return
    if not _MONEY.isdisjoint(map(singular, name)):
        yield _CENTS if whole else _PRICES
    one = singular(name[-1])
    for length in range(min(3, len(name)), 0, -1):
        span = _SPANS.get("_".join(name[-length:])) or _SPANS.get("_".join((*name[-length:-1], one)))
        if span is not None:
            yield span


def common_step(multiples: list[float | int]) -> Fraction:
    """Return the least number that is a multiple of all: of decimals as they are written."""
    steps = [Fraction(str(step)) for step in multiples]
    common = steps[0]
    for step in steps[1:]:
        common = Fraction(math.lcm(common.numerator, step.numerator), math.gcd(common.denominator, step.denominator))
    return common


def _clipped(span: Span, facts: Facts, multiple: Fraction | None) -> Span | None:
    """Return the part of a span that the bounds admit, on the steps of `multiple`; None when nothing is left."""
    step = span.step
    if (
        multiple is None
        and (facts.low is None or facts.low < span.low)
        and (facts.high is None or span.high < facts.high)
    ):
        return span
    if multiple is not None:
        step = multiple * max(1, math.floor(span.step / multiple))
    low, high = max(span.low, -_LARGEST), min(span.high, _LARGEST)
    if facts.low is not None:
        low = max(low, Fraction(facts.low))
    if facts.high is not None:
        high = min(high, Fraction(facts.high))
    first, last = math.ceil(low / step), math.floor(high / step)
    if facts.low is not None and facts.low_open and first * step == Fraction(facts.low):
        first += 1
    if facts.high is not None and facts.high_open and last * step == Fraction(facts.high):
        last -= 1
    return Span(first * step, last * step, step) if first <= last else None


def _between(facts: Facts, step: Fraction | None) -> list[Span]:
    """Return spans of fractions between bounds that are closer together than any usual step."""
    if facts.low is None or facts.high is None or step is not None:
        return []
    low, high = Fraction(facts.low), Fraction(facts.high)
    size = (high - low) / 64
    return [Span(low + size, high - size, size)] if size else [Span(low, low, Fraction(1))]


def _draw_of(span: Span, kinds: frozenset[Kind], salt: int) -> Draw:
    if span.low.denominator == span.step.denominator == 1 and "integer" in kinds and span.low < span.high:
        return _whole_draw(span, salt)
    count = int((span.high - span.low) / span.step) + 1
    if count == 1 and span.low.denominator == 1 and "integer" in kinds and _FIRST <= span.low <= _LAST:
        return constant(int(span.low))
    scale = math.lcm(span.low.denominator, span.step.denominator)
    first, width = int(span.low * scale), int(span.step * scale)
    if scale > 1 and kinds == {"integer"}:
        return lambda seed: _whole((first + below(seed, salt, count) * width) / scale)
    if scale > 1 or "integer" not in kinds:
        return lambda seed: (first + below(seed, salt, count) * width) / scale
    return Steps(first, count, width, salt)


def _whole_draw(span: Span, salt: int) -> Draw:
    first, width = span.low.numerator, span.step.numerator
    count = (span.high.numerator - first) // width + 1
    if first >= _FIRST and first + width * count <= _LAST:
        return Steps(first, count, width, salt)
    return lambda seed: float(first + below(seed, salt, count) * width)


def _whole(value: float) -> float:
    return int(value) if value.is_integer() else value


def spread_draw(facts: Facts, counts: tuple[int, int], salt: int) -> Draw | None:
    """Return a draw of lists of different numbers, for lists too long to meet them by chance."""
    low, high = counts
    unit = common_step(facts.multiples) if facts.multiples else Fraction(1)
    whole = "fraction" not in facts.kinds or bool(facts.multiples)
    while not whole and facts.low is not None and facts.high is not None and unit > _FINEST:
        if Fraction(facts.high) - Fraction(facts.low) >= unit * 4 * high:
            break
        unit /= 10
    start = Fraction(facts.low) if facts.low is not None else Fraction(0)
    if facts.low is None and facts.high is not None:
        start = Fraction(facts.high) - unit * 4 * high
    span = _clipped(Span(start, start + unit * 4 * high, unit), facts, unit)
    if span is None or (whole and (span.low.denominator != 1 or unit.denominator != 1)) or facts.excluded:
        return None
    scale = 1 if whole else math.lcm(span.low.denominator, unit.denominator)
    first, width = int(span.low * scale), int(span.step * scale)
    count = int((span.high - span.low) / span.step) + 1
    if count < low:
        return None
    stride = next(stride for stride in range(count * 5 // 8 + 1, 2 * count + 2) if math.gcd(stride, count) == 1)

    def draw(seed: int) -> JSON:
        offset = below(seed, salt, count)
        length = min(count, low + below(seed, salt + 2, high - low + 1))
        numbers = (first + (offset + index * stride) % count * width for index in range(length))
        return list(numbers) if scale == 1 else [number / scale for number in numbers]

    return draw
