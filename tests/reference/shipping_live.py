"""The shipping API, live: keeps contracts/shipping.yaml as long as no drift is switched on."""

from __future__ import annotations

import base64
import itertools
import json
import re
import struct
import uuid
import zlib
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, request
from live_api import KEY, MOMENT, Clock, Live, Refused, answer, json_body, judge, kept, main, make_app, matching, whole

BASE = "/v2"
PROBLEMS = "https://shipping.example/problems"
TITLES = {
    400: "The request cannot be understood",
    401: "The credential is missing or not valid",
    403: "The credential does not reach so far",
    404: "There is nothing of that name",
    405: "There is no such method",
    406: "There is no label of that kind",
    409: "That is not possible any more",
    413: "The file is too large",
    415: "Bodies of that kind are not read",
    422: "The body says something that cannot be",
    429: "Too many requests in this minute",
}
LARGEST = 5 << 20
FINAL = {"delivered", "returned", "lost"}
STATES = {"created", "label_ready", "in_transit", "out_for_delivery", "exception", *FINAL}
DEPRECATED = {"Deprecation": "@1767225600", "Sunset": "Thu, 31 Dec 2026 23:59:59 GMT"}
TRACKING = r"[A-Z]{2}[0-9]{9}[A-Z]{2}"
COUNTRY, POST_CODE = r"[A-Z]{2}", r"[A-Za-z0-9][A-Za-z0-9 -]{1,9}"


def problem(error: Refused) -> Response:
    """Tell a problem (RFC 9457)."""
    told: dict[str, Any] = {
        "type": error.told.get("type") or f"{PROBLEMS}/{error.status}",
        "title": TITLES.get(error.status, "Something went wrong"),
        "status": error.status,
        "detail": error.sentence,
        "instance": request.path,
    }
    if "parameter" in error.told or "pointer" in error.told:
        names = ("pointer",) if "pointer" in error.told else ("parameter",)
        told["errors"] = [{"detail": error.sentence, **{name: error.told[name] for name in names}}]
    headers = dict(DEPRECATED) if request.endpoint == "rotateKey" else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'ApiKey realm="shipping", Bearer realm="shipping"'
    return answer(error.status, told, headers, "application/problem+json")


def make(now: Clock | None = None) -> Flask:
    """Make the application."""
    app, live = make_app("shipping", now, problem)
    api = Shipping(live)
    for method, path, operation in ROUTES:
        app.add_url_rule(BASE + path, operation, getattr(api, operation), methods=[method])
    app.add_url_rule("/oauth2/token", "token", api.token, methods=["POST"])
    return app


class Shipping:
    """Endpoints by operationId, and what they remember."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.keys = {KEY}
        self.tokens: dict[str, set[str]] = {}
        self.shipments: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.ids = itertools.count(42)

    def token(self) -> Response:
        """Client credentials (RFC 6749 §4.4); any id and secret will do."""
        if request.form.get("grant_type") != "client_credentials" or not request.authorization:
            return answer(400, {"error": "invalid_request"})
        token = "tok" + base64.b32encode(uuid.uuid4().bytes).decode().strip("=").lower()
        scope = request.form.get("scope", "rates:read webhooks:write keys:rotate")
        self.tokens[token] = set(scope.split())
        return answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": scope})

    def _key(self) -> None:
        if request.headers.get("X-Api-Key") not in self.keys:
            raise Refused(401, "Send a valid X-Api-Key.")

    def _token(self, scope: str) -> None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or token not in self.tokens:
            raise Refused(401, "Send a valid bearer token.")
        if scope not in self.tokens[token]:
            raise Refused(403, f"The scope {scope} is missing.")

    def _shipment(self, number: str) -> dict[str, Any]:
        self._key()
        if number not in self.shipments:
            raise Refused(404, f"There is no shipment {number}.")
        return self.shipments[number]

    def listShipments(self) -> Response:  # noqa: N802 - operations have the contract's names
        self._key()
        limit, cursor = whole("limit", 1, 100, 20), matching("cursor", r"[A-Za-z0-9_-]{0,200}")
        after = matching("createdAfter", MOMENT)
        states = request.args.getlist("state")
        if set(states) - STATES or len(set(states)) < len(states):
            raise Refused(400, "state lists each state once", parameter="state")
        found = [one for one in reversed(self.shipments.values()) if not states or one["state"] in states]
        if after is not None:
            moment = datetime.fromisoformat(after)
            found = [one for one in found if datetime.fromisoformat(one["createdAt"]) > moment]
        if cursor is not None:
            found = [one for one in found if int(one["id"]) < _read_cursor(cursor)]
        page, rest = found[:limit], found[limit:]
        return answer(200, {"items": page, "nextCursor": _cursor(page[-1]["id"]) if rest else None})

    def createShipment(self) -> Response:  # noqa: N802
        self._key()
        key = request.headers.get("Idempotency-Key", "")
        if not _is_uuid(key):
            raise Refused(400, "Idempotency-Key is a UUID", parameter="Idempotency-Key")
        asked = json_body("shipping", "ShipmentCreate")
        if key in self.live.answered:
            before, response = self.live.answered[key]
            if before != asked:
                raise Refused(409, "The key was used for another request.", type=f"{PROBLEMS}/idempotency-key-reused")
            return response
        number = str(next(self.ids))
        weight = sum(parcel["weight"] for parcel in asked["parcels"])
        service = asked.get("service", "standard")
        made = {
            "id": number,
            "state": "created",
            "trackingNumber": f"RR{123456000 + int(number)}CH",
            **{name: value for name, value in asked.items() if name != "collectOn"},
            "service": service,
            "price": {"amount": _price(weight, service), "currency": "CHF"},
            "labelUrl": f"https://api.shipping.example{BASE}/shipments/{number}/label",
            "createdAt": self.live.stamp(),
            "deliverBy": (self.live.now() + timedelta(days=3)).date().isoformat(),
        }
        made["to"] = {"country": "CH", **made["to"]}
        self.shipments[number] = made
        self.events[number] = [self._event("scanned", facility="Parcel centre")]
        response = answer(201, made, {"Location": f"{BASE}/shipments/{number}"})
        self.live.answered[key] = (asked, response)
        return response

    def getShipment(self, id: str) -> Response:  # noqa: N802, A002
        return answer(200, self._shipment(id))

    def updateShipment(self, id: str) -> Response:  # noqa: N802, A002
        shipment = self._shipment(id)
        patch = json_body("shipping", "ShipmentPatch", ("application/merge-patch+json",))
        self._still_here(shipment)
        self.shipments[id] = _merged(shipment, patch)
        return answer(200, self.shipments[id])

    def cancelShipment(self, id: str) -> Response:  # noqa: N802, A002
        self._still_here(self._shipment(id))
        del self.shipments[id]
        return Response(status=204)

    def _still_here(self, shipment: dict[str, Any]) -> None:
        if shipment["state"] not in {"created", "label_ready"}:
            raise Refused(409, "The parcels are collected already.", type=f"{PROBLEMS}/collected")

    def advance(self, number: str, state: str) -> None:
        """Let a parcel travel: no client can, but the world does."""
        self.shipments[number]["state"] = state
        kind = "delivered" if state == "delivered" else "exception" if state == "exception" else "scanned"
        more = {"delivered": {"signedBy": None}, "exception": {"reason": "weather", "nextAttempt": None}}.get(kind, {})
        self.events[number].append(self._event(kind, **more))

    def _event(self, kind: str, **more: Any) -> dict[str, Any]:
        place = {"city": "Härkingen", "country": "CH", "coordinates": [7.8189, 47.3081]}
        return {"kind": kind, "at": self.live.stamp(), "place": place, **more}

    def listEvents(self, id: str) -> Response:  # noqa: N802, A002
        self._shipment(id)
        since = matching("since", MOMENT)
        events = self.events[id]
        if since is not None:
            moment = datetime.fromisoformat(since)
            events = [event for event in events if datetime.fromisoformat(event["at"]) >= moment]
        return answer(200, {"items": events})

    def getLabel(self, id: str) -> Response:  # noqa: N802, A002
        self._shipment(id)
        kind = request.accept_mimetypes.best_match(["application/pdf", "image/png"])
        if kind is None:
            raise Refused(406, "There are application/pdf and image/png.")
        name = f"label-{id}.{kind.rpartition('/')[2]}"
        label = _pdf(id) if kind == "application/pdf" else _png()
        return Response(label, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, content_type=kind)

    def uploadLabel(self, id: str) -> Response:  # noqa: N802, A002
        self._shipment(id)
        if (request.content_length or 0) > LARGEST:
            raise Refused(413, "At most 5 MB.")
        if request.mimetype != "multipart/form-data":
            raise Refused(415, "send multipart/form-data")
        file, told = request.files.get("file"), request.files.get("metadata") or request.form.get("metadata")
        if file is None or told is None:
            raise Refused(422, "file and metadata are needed", pointer="#/file" if file is None else "#/metadata")
        if file.mimetype not in {"image/png", "image/jpeg"}:
            raise Refused(422, "file is a PNG or a JPEG", pointer="#/file")
        text = told if isinstance(told, str) else told.read().decode()
        metadata = judge_json("LabelMetadata", text)
        place = {"Location": f"{BASE}/shipments/{id}/label"}
        return answer(202, {"status": "pending", "pages": metadata.get("pages", 1)}, place)

    def getTracking(self, trackingNumber: str) -> Response:  # noqa: N802, N803
        if not re.fullmatch(TRACKING, trackingNumber):
            raise Refused(
                400, "A tracking number has two letters, nine digits, two letters.", parameter="trackingNumber"
            )
        for shipment in self.shipments.values():
            if shipment["trackingNumber"] == trackingNumber:
                over = shipment["state"] in FINAL
                return answer(
                    200,
                    {
                        "trackingNumber": trackingNumber,
                        "state": shipment["state"],
                        "estimatedDelivery": None if over else shipment["deliverBy"],
                        "events": self.events[shipment["id"]],
                    },
                )
        raise Refused(404, "Nobody has seen that number.")

    def getRates(self) -> Response:  # noqa: N802
        if "Authorization" in request.headers:
            self._token("rates:read")
        else:
            self._key()
        to = _deep("to", {"country": COUNTRY, "postalCode": POST_CODE}, {"country"})
        parcel = _deep("parcel", dict.fromkeys(("length", "width", "height", "weight"), r"\d+"))
        numbers = {name: int(text) for name, text in parcel.items()}
        if next(judge("shipping", "Parcel").iter_errors(numbers), None) is not None:
            raise Refused(400, "the parcel is too large, too heavy or nothing", parameter="parcel")
        matching("insured", "true|false")
        abroad = 2 if to["country"] != "CH" else 1
        offers = [
            {
                "service": service,
                "price": {"amount": abroad * _price(numbers["weight"], service), "currency": "CHF"},
                "transitDays": abroad * days,
            }
            for service, days in (("standard", 3), ("express", 1))
        ]
        return answer(200, {"items": offers})

    def createWebhook(self) -> Response:  # noqa: N802
        self._token("webhooks:write")
        asked = json_body("shipping", "WebhookCreate")
        if any(hook["url"] == asked["url"] for hook in self.webhooks.values()):
            raise Refused(409, "That address is told already.", type=f"{PROBLEMS}/subscribed")
        number = str(uuid.uuid4())
        made = {"id": number, **asked, "secret": f"whsec_{uuid.uuid4().hex}", "createdAt": self.live.stamp()}
        self.webhooks[number] = made
        return answer(201, made, {"Location": f"{BASE}/webhooks/{number}"})

    def deleteWebhook(self, webhookId: str) -> Response:  # noqa: N802, N803
        self._token("webhooks:write")
        if not _is_uuid(webhookId):
            raise Refused(400, "webhookId is a UUID", parameter="webhookId")
        if self.webhooks.pop(webhookId, None) is None:
            raise Refused(404, "There is no such webhook.")
        return Response(status=204)

    def rotateKey(self) -> Response:  # noqa: N802
        self._key()
        self._token("keys:rotate")
        asked = json_body("shipping", "KeyRotation") if request.get_data() else {}
        key = f"key_{uuid.uuid4().hex[:20]}"
        self.keys.add(key)
        until = self.live.now() + timedelta(seconds=asked.get("gracePeriod", 3600))
        return answer(200, {"key": key, "oldKeyExpiresAt": until.strftime("%Y-%m-%dT%H:%M:%SZ")}, DEPRECATED)


ROUTES = (
    ("GET", "/shipments", "listShipments"),
    ("POST", "/shipments", "createShipment"),
    ("GET", "/shipments/<id>", "getShipment"),
    ("PATCH", "/shipments/<id>", "updateShipment"),
    ("DELETE", "/shipments/<id>", "cancelShipment"),
    ("GET", "/shipments/<id>/events", "listEvents"),
    ("GET", "/shipments/<id>/label", "getLabel"),
    ("POST", "/shipments/<id>/label", "uploadLabel"),
    ("GET", "/tracking/<trackingNumber>", "getTracking"),
    ("GET", "/rates", "getRates"),
    ("POST", "/webhooks", "createWebhook"),
    ("DELETE", "/webhooks/<webhookId>", "deleteWebhook"),
    ("POST", "/keys/rotate", "rotateKey"),
)


def judge_json(name: str, text: str) -> Any:
    """Return a JSON text that keeps a component schema."""
    try:
        return kept("shipping", name, json.loads(text))
    except ValueError as error:
        raise Refused(422, "metadata is no JSON", pointer="#/metadata") from error


def _deep(name: str, patterns: dict[str, str], required: set[str] | None = None) -> dict[str, str]:
    sent = {key[len(name) + 1 : -1]: text for key, text in request.args.items() if key.startswith(f"{name}[")}
    if set(patterns if required is None else required) - set(sent) or set(sent) - set(patterns):
        raise Refused(400, f"{name} has {', '.join(patterns)}", parameter=name)
    if not all(re.fullmatch(patterns[key], text) for key, text in sent.items()):
        raise Refused(400, f"{name} cannot be that", parameter=name)
    return sent


def _price(weight: int, service: str) -> int:
    return (700 + weight // 10) * (2 if service == "express" else 1)


def _merged(value: Any, patch: Any) -> Any:
    """RFC 7396; but what the contract lets be null is null, not gone."""
    out = dict(value)
    for name, change in patch.items():
        if isinstance(change, dict) and isinstance(out.get(name), dict):
            out[name] = {key: item for key, item in {**out[name], **change}.items() if item is not None}
        elif isinstance(change, dict):
            out[name] = {key: item for key, item in change.items() if item is not None}
        else:
            out[name] = change
    return out


def _cursor(number: str) -> str:
    return base64.urlsafe_b64encode(f"before:{number}".encode()).decode().strip("=")


def _read_cursor(cursor: str) -> int:
    try:
        word, _, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        return int(number) if word == "before" else 0
    except ValueError as error:
        raise Refused(400, "cursor is none of ours", parameter="cursor") from error


def _is_uuid(text: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None


def _pdf(number: str) -> bytes:
    return b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n% label of " + number.encode() + b"\n%%EOF\n"


def _png() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


if __name__ == "__main__":
    main(make)
