"""Random small schemas: all keywords of 2020-12, composed without regard to sense."""

from hypothesis import strategies as st

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.sampled_from([0.5, 1.0, -2.5]),
    st.sampled_from(["", "a", "ab", "x1"]),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.sampled_from("abc"), SCALARS, max_size=2))
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
NAMES = st.sampled_from(["a", "b", "id", "name"])
PATTERNS = st.sampled_from(
    ["^a", "b$", "^[a-z]+$", "\\d", "^.{2,4}$", "^(?=.*\\d)[a-z\\d]+$", "^(?!a)", "(", "^(a|b)\\1$"]
)
FORMATS = st.sampled_from(["date", "email", "uuid", "ipv4", "uri", "unheard-of"])
COUNTS = st.integers(0, 4)
NUMBERS = st.one_of(st.integers(-5, 15), st.sampled_from([0.5, 2.5, 1e20]))


def _keywords(inner):
    lists = st.lists(inner, min_size=1, max_size=3)
    return {
        "type": st.one_of(
            st.sampled_from(TYPES), st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True)
        ),
        "enum": st.lists(VALUES, min_size=1, max_size=4),
        "const": VALUES,
        "minimum": NUMBERS,
        "maximum": NUMBERS,
        "exclusiveMinimum": NUMBERS,
        "exclusiveMaximum": NUMBERS,
        "multipleOf": st.sampled_from([1, 2, 3, 0.5, 0.01, 7]),
        "minLength": COUNTS,
        "maxLength": COUNTS,
        "pattern": PATTERNS,
        "format": FORMATS,
        "items": inner,
        "prefixItems": lists,
        "contains": inner,
        "minContains": COUNTS,
        "maxContains": COUNTS,
        "minItems": COUNTS,
        "maxItems": COUNTS,
        "uniqueItems": st.booleans(),
        "unevaluatedItems": inner,
        "properties": st.dictionaries(NAMES, inner, max_size=3),
        "patternProperties": st.dictionaries(PATTERNS.filter(lambda text: text != "("), inner, max_size=2),
        "additionalProperties": inner,
        "propertyNames": inner,
        "required": st.lists(NAMES, max_size=3, unique=True),
        "minProperties": COUNTS,
        "maxProperties": COUNTS,
        "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2),
        "dependentSchemas": st.dictionaries(NAMES, inner, max_size=2),
        "unevaluatedProperties": inner,
        "allOf": lists,
        "anyOf": lists,
        "oneOf": lists,
        "not": inner,
        "if": inner,
        "then": inner,
        "else": inner,
        "$ref": st.sampled_from(["#/$defs/one", "#/$defs/two"]),
        "example": VALUES,
        "default": VALUES,
        "title": st.sampled_from(["User", "a name"]),
    }


def _object(inner):
    words = _keywords(inner)
    names = st.lists(st.sampled_from(sorted(words)), min_size=1, max_size=4, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: words[name] for name in chosen}))


SCHEMAS = st.recursive(
    st.one_of(st.booleans(), st.fixed_dictionaries({"type": st.sampled_from(TYPES)})), _object, max_leaves=16
)


@st.composite
def bundles(draw):
    schema = draw(SCHEMAS)
    if isinstance(schema, bool):
        return schema
    return {**schema, "$defs": {"one": draw(SCHEMAS), "two": draw(SCHEMAS)}}
