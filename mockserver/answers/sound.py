"""Whether a value stays sound when a part of it changes: asked of the part where that decides, else of the whole.

A large answer is judged in a fifth of a millisecond, and a member of it in a thousandth of that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mockserver.answers.changes import GONE, Fits, Path, changed, put, stands
from mockserver.contract.plan import MediaPlan, Plans
from mockserver.values import JSON, Struct


class Sound(Struct, frozen=True):
    """What keeps a value sound: the judge of the whole, and of what stands at a place, where that decides alone.

    `part` tells besides how few of the items of a list would do.
    """

    whole: Fits
    part: Callable[[Path], tuple[Fits | None, int | None]]

    def admits(self, value: JSON, path: Path, new: JSON) -> bool:
        """Tell whether a sound value stays so with another member at a place."""
        part = self.part(path)[0] if new is not GONE and stands(value, path) else None
        return part(new) if part is not None else self.whole(put(value, path, new))

    def admits_some(self, value: JSON, path: Path, kept: Sequence[JSON]) -> bool:
        """Tell whether a sound value stays so with some of the items of a list only."""
        fewest = self.part(path)[1]
        return len(kept) >= fewest if fewest is not None else self.whole(put(value, path, kept) if path else kept)


def exchanged(value: JSON, changes: Mapping[Path, Sequence[JSON]], sound: Sound) -> JSON:
    """Return the value with, at each place, the first of its new values that keeps it sound."""
    together: dict[Path, Sequence[JSON]] = {}
    for path, candidates in changes.items():
        if sound.part(path)[0] is None or not stands(value, path):
            together[path] = candidates
            continue
        for candidate in candidates:
            if sound.admits(value, path, candidate):
                value = put(value, path, candidate)
                break
    return changed(value, together, sound.whole) if together else value


def sound_of(plans: Plans, media: MediaPlan) -> Sound:
    """Return what keeps an answer sound."""

    def part(path: Path) -> tuple[Fits | None, int | None]:
        judge, fewest = plans.part(media, path)
        return judge.is_valid if judge is not None else None, fewest

    return Sound(media.accepts, part)
