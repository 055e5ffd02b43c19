"""What a contract says about spelling: parameters, bodies and the parts of forms, as plain values.

They are filled from a contract by the floor above; nothing here reads one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from mockserver.values import Struct, field
from mockserver.wire.shape import Shape

Location: TypeAlias = Literal["path", "query", "header", "cookie", "querystring"]


class Encoding(Struct, frozen=True):
    """How one property of a form, or one part, is spelled (OAS 3.1 §4.8.15).

    `content_type` may list several media types or ranges, parted by commas. `style` and `explode` are set only where
    the contract sets them, because then they replace the content type. Swagger 2.0's `collectionFormat` is a style.
    `encodings` and `positions` are for a part that is multipart itself (OAS 3.2 §4.15.1).
    """

    content_type: str = ""
    style: str = ""
    explode: bool | None = None
    allow_reserved: bool = False
    encodings: Mapping[str, Encoding] = field(default_factory=dict)
    positions: Positions | None = None

    @property
    def is_styled(self) -> bool:
        """Whether the value is spelled as a query parameter's would be, and not by a media type."""
        return bool(self.style) or self.explode is not None or self.allow_reserved


class Positions(Struct, frozen=True):
    """How parts without a name are spelled: the first ones each in its way, all others alike (OAS 3.2 §4.14.1)."""

    prefix: Sequence[Encoding] = ()
    item: Encoding = Encoding()

    def at(self, index: int) -> Encoding:
        """Return the encoding of the part at a position, counted from 0."""
        return self.prefix[index] if index < len(self.prefix) else self.item


PLAIN: Final = Encoding()


class ParameterSpec(Struct, frozen=True):
    """How one parameter is spelled (OAS 3.1 §4.8.12, OAS 2.0 §Parameter Object).

    `style` is OpenAPI's word, defaults filled in, or `tabDelimited` for 2.0's `collectionFormat: tsv`. `media_type` is
    set when `content` spells the value instead; then style and explode do not count. `encodings` are those of a
    `querystring` parameter that is a form.
    """

    name: str
    location: Location
    style: str
    explode: bool
    required: bool
    shape: Shape
    allow_empty: bool = False
    allow_reserved: bool = False
    media_type: str = ""
    encodings: Mapping[str, Encoding] = field(default_factory=dict)


class BodySpec(Struct, frozen=True):
    """How a body is spelled; `encodings` go by name.

    `item` means that the shape is that of each item of a stream (OAS 3.2 `itemSchema`).
    """

    media_type: str
    shape: Shape
    encodings: Mapping[str, Encoding] = field(default_factory=dict)
    item: bool = False
    positions: Positions = Positions()
