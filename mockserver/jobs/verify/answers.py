"""What a client may be answered: every documented status and media type, with the values of its schema.

Does not know who asks; how an answer is spelled for a request that accepts some of them is told at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from mockserver.answers.files import file_of
from mockserver.answers.headers import contract_headers
from mockserver.answers.imagine import Imagination
from mockserver.contract.model import MediaType, ResponseSpec
from mockserver.contract.plan import MediaPlan, Plan, Plans
from mockserver.errors import MockserverError
from mockserver.exchange import Headers, Request, Response
from mockserver.generate.boundary import Boundary
from mockserver.jobs.interception import MOCK_ORIGIN
from mockserver.jobs.verify.spellable import is_carried
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, replace
from mockserver.wire.bodies import encode_body
from mockserver.wire.media_type import concrete, is_json, is_never_empty, negotiate
from mockserver.wire.reading import UnspellableError

MOST: Final = 160
"""How many variations of one body are tried at most."""


class Turn(Struct, frozen=True):
    """The address of the next page: the request's own, but for one parameter of its query.

    `at` is the way to it in the body; none: it stands in the header Link.
    """

    parameter: str
    value: str
    at: tuple[str, ...] = ()


class Given(Struct, frozen=True):
    """An answer: status, how the body is spelled (None: there is none), its value, what is special about it.

    `spelled` is the answer to the letter, where it is not to be spelled from the value; `turn` leads to a next page.
    """

    status: int
    documented: ResponseSpec
    media: MediaPlan | None
    value: JSON
    why: str
    at: str = ""
    spelled: Response | None = None
    turn: Turn | None = None


def answers_of(plans: Plans, plan: Plan, validators: Validators, *, most: int = MOST) -> Iterator[Given]:
    """Yield every documented answer with its variations, `most` of each body."""
    for documented in sorted(plan.responses, key=lambda one: status_of(one, plan)):
        status = status_of(documented, plan)
        if 300 <= status < 400 or status < 200:
            continue  # a redirect leads the library elsewhere; what comes of it is not this operation's answer
        if not documented.content or status in {204, 205}:
            yield Given(status, documented, None, None, "the least")
            continue
        for media in documented.content:
            yield from _of_media(plans, validators, status, documented, media, most)


def _of_media(
    plans: Plans, validators: Validators, status: int, documented: ResponseSpec, media: MediaType, most: int
) -> Iterator[Given]:
    try:
        spelled = plans.media(media, "response")
    except MockserverError:
        return  # told by lint; there is no such answer
    if spelled.bundle is None or spelled.per_item or spelled.spec.item:
        yield Given(status, documented, spelled, None, "the least")
        return
    if _is_file(spelled):
        octets = Response(status, (("Content-Type", concrete(media.name)),), file_of(concrete(media.name)))
        yield Given(status, documented, spelled, None, "octets that are no text", spelled=octets)
    count = 0
    for variation in Boundary(spelled.bundle.schema, validators, spelled=False).values():
        if is_json(media.name) or is_carried(spelled, variation.value):
            count += 1
            yield Given(status, documented, spelled, variation.value, variation.why, variation.at)
        if count >= most:
            return


def _is_file(media: MediaPlan) -> bool:
    """Tell whether an answer is octets, and no text and nothing that is read into values (OAS 3.1 §4.8.14)."""
    name, shape = media.media.name, media.spec.shape
    is_read = is_json(name) or is_never_empty(name) or name.partition("/")[0] in {"text", "multipart"}
    return not is_read and "urlencoded" not in name and shape.sole in {"", "string"}


def status_of(documented: ResponseSpec, plan: Plan) -> int:
    """Return a status for what is documented: the code, the first of a range, 500 or 200 for `default`."""
    if documented.status.isdigit():
        return int(documented.status)
    if documented.status[:1].isdigit():
        first = int(documented.status[0]) * 100
        taken = {one.status for one in plan.responses}
        return next(code for code in range(first, first + 100) if str(code) not in taken)
    has_success = any(one.status.startswith("2") for one in plan.responses)
    return 500 if has_success else 200


def _next(turn: Turn, request: Request, below: str) -> str:
    """Return an address of the next page, at the host that was asked."""
    pairs = [pair for pair in request.query.split("&") if pair and pair.partition("=")[0] != turn.parameter]
    host = request.header("host") or urlsplit(MOCK_ORIGIN).netloc
    is_mock = host == urlsplit(MOCK_ORIGIN).netloc
    scheme = "http" if is_mock or host.partition(":")[0] in {"127.0.0.1", "localhost"} else "https"
    query = "&".join((*pairs, f"{turn.parameter}={turn.value}"))
    return f"{scheme}://{host}{below if is_mock else ''}{request.path}?{query}"


def _leading(
    given: Given, turn: Turn, address: str, request: Request, plans: Plans, imagination: Imagination
) -> Response | None:
    """Spell an answer that leads to a next page."""
    value = _put(given.value, turn.at, address) if turn.at else given.value
    response = response_of(replace(given, value=value, turn=None), request, plans, imagination)
    if response is None or turn.at:
        return response
    headers = (pair for pair in response.headers if pair[0].lower() != "link")
    return replace(response, headers=(*headers, ("Link", f'<{address}>; rel="next"')))


def _put(value: JSON, way: tuple[str, ...], item: JSON) -> JSON:
    name, *rest = way
    return {**value, name: _put(value[name], tuple(rest), item) if rest else item}


def response_of(
    given: Given, request: Request, plans: Plans, imagination: Imagination, *, below: str = ""
) -> Response | None:
    """Spell an answer; None when the request does not accept it. `below` is the path of a mock that has many."""
    if given.turn is not None:
        return _leading(given, given.turn, _next(given.turn, request, below), request, plans, imagination)
    if given.spelled is not None:
        content_type = given.spelled.header("content-type") if given.status < 400 else None
        refused = content_type is not None and negotiate(request.header("accept"), [content_type]) is None
        return None if refused else given.spelled
    headers: Headers = tuple(contract_headers(given.documented, plans, imagination, 0, {}))
    if given.media is None:
        return Response(given.status, headers)
    name = given.media.media.name
    offers = [name] if given.status < 400 else [media.name for media in given.documented.content]
    accepted = [offer for offer in offers if negotiate(request.header("accept"), [offer]) is not None]
    if name not in accepted and (given.status < 400 or accepted):  # RFC 9110 §12.5.1: an error may be told in any form
        return None
    if given.media.bundle is None or given.media.per_item or given.media.spec.item:
        content_type = concrete(name)
        imagined = imagination.body(given.media, content_type, 0, wanted={})
        return Response(given.status, (("Content-Type", imagined.content_type), *headers), imagined.body)
    try:
        content_type, body = encode_body(given.media.spec, given.value)
    except UnspellableError:
        content_type, body = concrete(name), file_of(concrete(name))
    return Response(given.status, (("Content-Type", content_type), *headers), body)
