"""What the clients of our two contracts depend on, read off their code by hand, before any tool was run.

`benchmarks/mutants/shipping_client.py` and `payments_client.py` under the bindings beside them. A place is *read* where
the client does something of its own with it (or refuses it when it is of another type), *passed* where it only lies in
an object that the client gives back as it came. `*` stands for any item of a list and any name of a map.
"""

from __future__ import annotations


def words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


ADDRESS_OF_SHIPPING = words("name street postalCode city country email")
PARCEL = words("length width height weight")
SHIPMENT = words(
    "/id /state /trackingNumber /owner /owner/name /price /price/amount /price/currency /createdAt /deliverBy "
    "/labelUrl /parcels /parcels/*/length /parcels/*/width /parcels/*/height /parcels/*/weight "
    "/metadata passed:/metadata/*"
)
EVENT = words("/kind /at /place /place/city /place/coordinates /facility /signedBy /reason")
PROBLEM = words("/detail /title")
LATER = {"429": ["header.Retry-After"], "503": ["header.Retry-After"]}

PAYMENT_METHOD = words(
    "/id /type /customer /card /card/brand /card/last4 passed:/card/exp_month passed:/card/exp_year "
    "/bank_debit /bank_debit/last4 passed:/bank_debit/holder /wallet /wallet/provider"
)
PAYMENT_ADDRESS = words("line1 line2 city postal_code country")
LOCATED = [f"/address/{name}" for name in PAYMENT_ADDRESS]


def under(place: str, fields: list[str]) -> list[str]:
    """Return fields as they stand at a place."""
    return [
        f"passed:{place}{one.removeprefix('passed:')}" if one.startswith("passed:") else f"{place}{one}"
        for one in fields
    ]


CUSTOMER = [
    *words("/id /email /name /balance /created /default_payment_method /metadata /metadata/* /address"),
    *LOCATED,
    "/preferred_locales",
    *under("/default_payment_method", PAYMENT_METHOD),
]
CHARGE = [
    *words("/id /amount /amount_refunded /currency /status /captured /customer /payment_method /failure_code"),
    *words("/exchange_rate /risk_score /metadata /metadata/*"),
    *under("/customer", CUSTOMER),
    *under("/payment_method", PAYMENT_METHOD),
]
ERROR = words("/error /error/code /error/message")
CUSTOMER_SENT = [
    *words("body#/email body#/name body#/address body#/preferred_locales body#/metadata body#/metadata/*"),
    *(f"body#{one}" for one in LOCATED),
]


def shipping(statuses: str, sends: list[str], answers: dict[str, list[str]]) -> dict[str, object]:
    """Return the facts of one operation; every error has the same body, and some say when to come again."""
    errors = {f"{status} application/problem+json": PROBLEM + LATER.get(status, []) for status in statuses.split()}
    return {"sends": sends, "reads": {**answers, **errors}}


def payments(statuses: str, sends: list[str], answers: dict[str, list[str]]) -> dict[str, object]:
    """Return the facts of one operation; every error has the same body."""
    return {
        "sends": sends,
        "reads": {**answers, **{f"{status} application/json": ERROR for status in statuses.split()}},
    }


def address(place: str) -> list[str]:
    """Return an address of the shipping contract, as it is sent."""
    return [place, *(f"{place}/{name}" for name in ADDRESS_OF_SHIPPING)]


SHIPPING = {
    "createShipment": shipping(
        "400 401 409 415 422 429 503",
        [
            "header.Idempotency-Key",
            *address("body#/to"),
            *address("body#/from"),
            "body#/parcels",
            *(f"body#/parcels/*/{name}" for name in PARCEL),
            *words("body#/reference body#/owner body#/owner/name body#/owner/email body#/service body#/collectOn"),
            *words("body#/customs body#/customs/contents body#/customs/value body#/customs/value/amount"),
            *words("body#/customs/value/currency body#/customs/hsCode body#/metadata body#/metadata/*"),
        ],
        {"201 application/json": SHIPMENT},
    ),
    "getShipment": shipping("401 404 429 503", ["path.id"], {"200 application/json": SHIPMENT}),
    "listShipments": shipping(
        "400 401 429 503",
        words("query.cursor query.limit query.state query.createdAfter"),
        {"200 application/json": ["/items", *under("/items/*", SHIPMENT), "/nextCursor"]},
    ),
    "updateShipment": shipping(
        "400 401 404 409 415 422 429 503",
        [
            "path.id",
            *words("body#/reference body#/owner body#/owner/name body#/owner/email body#/metadata body#/metadata/*"),
            *address("body#/to"),
        ],
        {"200 application/json": SHIPMENT},
    ),
    "cancelShipment": shipping("401 404 409 429 503", ["path.id"], {}),
    "listEvents": shipping(
        "400 401 404 429 503",
        ["path.id", "query.since"],
        {"200 application/json": ["/items", *under("/items/*", EVENT)]},
    ),
    "getLabel": shipping("401 404 406 429 503", ["path.id"], {"200 application/pdf": ["passed:"]}),
    "uploadLabel": shipping(
        "400 401 404 413 415 422 429 503",
        [
            *words("path.id body#/file body#/metadata body#/metadata/carrier body#/metadata/trackingNumber"),
            "body#/metadata/pages",
        ],
        {"202 application/json": ["/status"]},
    ),
    "getTracking": shipping(
        "400 404 429 default",
        ["path.trackingNumber"],
        {
            "200 application/json": [
                *words("/trackingNumber /state /estimatedDelivery /events"),
                *under("/events/*", EVENT),
            ]
        },
    ),
    "getRates": shipping(
        "400 401 403 429 503",
        [
            *words("query.to query.to#/country query.to#/postalCode query.insured query.parcel"),
            *(f"query.parcel#/{name}" for name in PARCEL),
        ],
        {
            "200 application/json": [
                *words("/items /items/*/service /items/*/price /items/*/price/amount /items/*/price/currency"),
                "/items/*/transitDays",
            ]
        },
    ),
    "createWebhook": shipping(
        "400 401 403 409 415 422 429 503",
        ["body#/url", "body#/events"],
        {"201 application/json": ["/id", "/secret", "/events"]},
    ),
    "deleteWebhook": shipping("400 401 403 404 429 503", ["path.webhookId"], {}),
    "rotateKey": shipping("4XX 5XX", ["body#/gracePeriod"], {"200 application/json": ["/key", "/oldKeyExpiresAt"]}),
}

PAYMENTS = {
    "listCharges": payments(
        "400 401 429 500",
        [
            *words("query.limit query.starting_after query.created query.created#/gt query.created#/gte"),
            *words("query.created#/lt query.created#/lte query.status query.customer"),
        ],
        {"200 application/json": ["/data", *under("/data/*", CHARGE), "/has_more"]},
    ),
    "createCharge": payments(
        "400 401 402 409 429 500",
        [
            "header.Idempotency-Key",
            *(f"body#/{name}" for name in words("amount currency customer payment_method capture description")),
            *(f"body#/{name}" for name in words("statement_descriptor receipt_email shipping metadata expand")),
            *words("body#/shipping/name body#/shipping/address body#/metadata/*"),
            *(f"body#/shipping{one}" for one in LOCATED),
        ],
        {"201 application/json": CHARGE},
    ),
    "searchCharges": payments(
        "400 401 429 500",
        [
            *words("query.filter query.filter#/currency query.filter#/status query.filter#/created"),
            *words("query.filter#/created/gt query.filter#/created/gte query.filter#/created/lt"),
            *words("query.filter#/created/lte query.filter#/metadata query.filter#/metadata/* query.limit query.page"),
        ],
        {"200 application/json": ["/data", *under("/data/*", CHARGE), "/next_page"]},
    ),
    "getCharge": payments("400 401 404 429 500", ["path.id", "query.expand"], {"200 application/json": CHARGE}),
    "captureCharge": payments(
        "400 401 402 404 409 429 500",
        ["path.id", "header.Idempotency-Key", "body#/amount"],
        {"200 application/json": CHARGE},
    ),
    "refundCharge": payments(
        "400 401 402 404 409 429 500",
        words("path.id header.Idempotency-Key body#/amount body#/reason body#/metadata body#/metadata/*"),
        {"201 application/json": ["/id"]},
    ),
    "listCustomers": payments(
        "400 401 429 500",
        ["query.limit", "query.starting_after", "query.email"],
        {"200 application/json": ["/data", *under("/data/*", CUSTOMER)]},
    ),
    "createCustomer": payments("400 401 409 429 500", CUSTOMER_SENT, {"201 application/json": CUSTOMER}),
    "getCustomer": payments("400 401 404 429 500", ["path.id", "query.expand"], {"200 application/json": CUSTOMER}),
    "updateCustomer": payments("400 401 404 429 500", ["path.id", *CUSTOMER_SENT], {"200 application/json": CUSTOMER}),
    "deleteCustomer": payments("400 401 404 429 500", ["path.id"], {"200 application/json": ["/deleted"]}),
    "attachPaymentMethod": payments(
        "400 401 402 404 429 500",
        words("path.id body#/type body#/wallet body#/wallet/provider body#/wallet/token"),
        {
            "200 application/json": [
                *words("/id /type /customer /card /card/brand /card/last4 /bank_debit /bank_debit/last4"),
                *words("/wallet /wallet/provider"),
            ]
        },
    ),
    "getBalance": payments(
        "401 429 500",
        [],
        {"200 application/json": ["/available", "/available/*/amount", "/available/*/currency"]},
    ),
    "exportPayouts": payments(
        "400 401 406 429 500", ["query.from", "query.to", "query.columns"], {"200 text/csv": [""]}
    ),
}
