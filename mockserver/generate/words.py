"""Words that believable values are made of.

Lists only: which list a property takes is for `believable` to say. Hosts are those that RFC 2606 sets aside, addresses
those of RFC 5737 and RFC 3849, telephone numbers those kept for fiction, so that nothing drawn here belongs to anybody.
"""

from __future__ import annotations

FIRST_NAMES = (
    "Ada", "Grace", "Linus", "Maria", "Noor", "Kenji", "Lucia", "Omar", "Ingrid", "Mateo", "Priya", "Jonas", "Amara",
    "Felix", "Chloe", "Tariq", "Elena", "Hugo", "Mei", "Samuel", "Zoe", "Ivan", "Leila", "Marcus", "Sofia", "Anders",
    "Yara", "Daniel", "Nadia", "Victor", "Hana", "Paul", "Rosa", "Emil", "Clara", "Ravi", "Julia", "Tomas", "Aisha",
    "Oscar",
)  # fmt: skip
LAST_NAMES = (
    "Moreau", "Tanaka", "Okafor", "Silva", "Novak", "Meier", "Haddad", "Larsen", "Costa", "Patel", "Brooks", "Rossi",
    "Kowalski", "Hughes", "Fischer", "Nguyen", "Santos", "Berg", "Romero", "Walsh", "Keller", "Ito", "Mbeki",
    "Dubois", "Lindgren", "Ortega", "Sharma", "Becker", "Doyle", "Petrov", "Marino", "Olsen", "Reyes", "Weber",
    "Chen", "Ellis", "Vargas", "Bauer", "Khan", "Morgan",
)  # fmt: skip
COMPANIES = (
    "Northwind Traders", "Harbor & Finch", "Blue Cedar Labs", "Summit Works", "Alder Systems", "Bright Orchard",
    "Copper Lane", "Fieldstone Group", "Juniper Logistics", "Kestrel Media", "Lighthouse Foods", "Maple & Co",
    "Oakline Partners", "Quarry Studio", "Riverbend Supply", "Silver Birch", "Tidewater Energy", "Willow Health",
)  # fmt: skip
PRODUCTS = (
    "Canvas backpack", "Ceramic mug", "Desk lamp", "Field notebook", "Linen shirt", "Oak side table", "Rain jacket",
    "Running shoes", "Steel bottle", "Travel pillow", "Wireless keyboard", "Wool blanket", "Garden shears",
    "Espresso cups", "Leather wallet", "Cycling gloves",
)  # fmt: skip
THINGS = (
    "amber", "aspen", "atlas", "beacon", "birch", "canyon", "cedar", "cobalt", "coral", "delta", "ember", "fern",
    "garnet", "harbor", "hazel", "indigo", "ivory", "juniper", "kestrel", "lagoon", "lumen", "maple", "meadow",
    "nimbus", "opal", "orchard", "pebble", "quartz", "raven", "river", "saffron", "sierra", "summit", "tundra",
    "violet", "willow",
)  # fmt: skip
TAGS = (
    "new", "featured", "priority", "summer", "archived", "internal", "beta", "verified", "seasonal", "imported",
    "fragile", "recurring",
)  # fmt: skip
PETS = ("Biscuit", "Luna", "Milo", "Nala", "Otis", "Pepper", "Rex", "Shadow", "Tilly", "Waffles")
SUBJECTS = (
    "Update the delivery address", "Question about the last invoice", "Weekly status report", "Notes from the review",
    "Change of plans for Thursday", "Welcome aboard", "Request for a quote", "Reminder: appointment tomorrow",
    "Login fails on mobile", "Add dark mode", "Improve search results", "Summary of the second quarter",
)  # fmt: skip
SENTENCES = (
    "Ordered by phone and collected in person.",
    "Replaces the model from last year.",
    "Please leave the parcel with the neighbour.",
    "Checked and confirmed by the support team.",
    "Applies to all orders placed this month.",
    "Imported from the previous system.",
    "Includes everything needed to get started.",
    "Waiting for an answer from the supplier.",
    "Reviewed twice, no open questions.",
    "Works on all current devices.",
    "Delivered on time and in good condition.",
    "Contact the office for further details.",
)
MESSAGES = (
    "Your request was received.",
    "Everything went as planned.",
    "The order is on its way.",
    "The record was updated.",
    "Please try again in a few minutes.",
    "Nothing else is needed from you.",
)
REASONS = ("requested by the customer", "duplicate entry", "out of stock", "no longer needed", "entered by mistake")
CITIES = (
    "Bern", "Lisbon", "Oslo", "Porto", "Vienna", "Ghent", "Lyon", "Turin", "Malmo", "Krakow", "Denver", "Portland",
    "Austin", "Halifax", "Kyoto", "Nairobi", "Santiago", "Auckland", "Seattle", "Zurich",
)  # fmt: skip
STREETS = (
    "Maple Street", "Station Road", "Harbour Lane", "Mill Lane", "Church Street", "Park Avenue", "River Road",
    "Orchard Way", "High Street", "Garden Row", "Bridge Street", "Linden Avenue",
)  # fmt: skip
STATES = ("CA", "NY", "TX", "WA", "OR", "CO", "IL", "MA", "GA", "FL")
REGIONS = ("California", "Ontario", "Bavaria", "Catalonia", "Tuscany", "Victoria", "Zealand", "Brittany")
COUNTRIES = (
    ("Switzerland", "CH", "CHE"), ("Germany", "DE", "DEU"), ("France", "FR", "FRA"), ("Portugal", "PT", "PRT"),
    ("Norway", "NO", "NOR"), ("Canada", "CA", "CAN"), ("United States", "US", "USA"), ("Japan", "JP", "JPN"),
    ("Austria", "AT", "AUT"), ("Spain", "ES", "ESP"), ("Italy", "IT", "ITA"), ("New Zealand", "NZ", "NZL"),
)  # fmt: skip
CURRENCIES = ("EUR", "USD", "CHF", "GBP", "SEK", "CAD", "JPY", "AUD")
LANGUAGES = (
    ("en", "English"), ("de", "German"), ("fr", "French"), ("es", "Spanish"), ("it", "Italian"), ("pt", "Portuguese"),
    ("ja", "Japanese"), ("nl", "Dutch"),
)  # fmt: skip
LOCALES = ("en-US", "en-GB", "de-CH", "fr-FR", "es-ES", "it-IT", "pt-PT", "ja-JP")
TIME_ZONES = (
    "Europe/Zurich", "Europe/Berlin", "Europe/London", "America/New_York", "America/Denver", "Asia/Tokyo",
    "Australia/Sydney", "UTC",
)  # fmt: skip
COLORS = ("blue", "green", "red", "amber", "teal", "violet", "gray", "white", "navy", "coral")
HEX_COLORS = ("1f6feb", "2da44e", "d1242f", "bf8700", "8250df", "0969da", "57606a", "e16f24")
PHONES = tuple(f"+1{area}55501{line:02d}" for area in (202, 303, 415, 503, 617) for line in range(10, 60, 7))
HOSTS = (
    "example.com", "www.example.com", "api.example.com", "app.example.com", "shop.example.com", "docs.example.com",
    "example.org", "example.net",
)  # fmt: skip
MAIL_HOSTS = ("example.com", "example.org", "example.net", "mail.example.com")
IPV4 = tuple(f"{net}.{last}" for net in ("192.0.2", "198.51.100", "203.0.113") for last in (7, 24, 61, 118, 203))
IPV6 = ("2001:db8::1", "2001:db8::8a2e:370:7334", "2001:db8:85a3::17", "2001:db8:4:12::99")
USER_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
)
MEDIA_TYPES = ("application/json", "image/png", "application/pdf", "text/plain", "image/jpeg", "text/csv")
EXTENSIONS = ("json", "png", "pdf", "txt", "jpg", "csv")
FILES = ("report", "invoice", "photo", "summary", "contract", "readme", "export", "logo", "notes", "schedule")
FOLDERS = ("docs", "src", "data", "images", "reports", "shared")
UNITS = ("kg", "g", "cm", "m", "l", "pcs")
JOBS = ("Engineer", "Designer", "Accountant", "Nurse", "Editor", "Project manager", "Analyst", "Electrician")
DEPARTMENTS = ("Sales", "Support", "Finance", "Engineering", "Operations", "Marketing")
CATEGORIES = ("books", "garden", "kitchen", "outdoor", "office", "travel", "music", "health")
STATUSES = ("active", "pending", "completed", "open", "closed")
ROLES = ("member", "admin", "editor", "viewer", "owner")
SCOPES = ("read", "write", "read:user", "profile", "offline_access")
EVENTS = ("order.created", "order.updated", "invoice.paid", "user.created", "shipment.delivered", "file.uploaded")
CODES = ("not_found", "invalid_request", "rate_limited", "conflict", "expired", "out_of_stock")
CARDS = ("visa", "mastercard", "amex")
BANKS = ("Cantonal Bank", "Harbor Savings", "First River Bank", "Union Credit")
KEYS = ("region", "team", "source", "tier", "stage", "channel", "campaign", "batch", "origin", "project")
"""Keys of a map that says nothing about them."""
