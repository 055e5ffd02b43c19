"""The Schema Object, its XML and its Discriminator, in the dialect of every version.

Knows which keyword takes which type of value. Does not know what keywords mean together.
"""

from __future__ import annotations

from typing import Final

from mockserver.checks.document.shapes import Table

# OAS 2.0 "Schema Object", OAS 3.0 §4.7.24: a chosen part of JSON Schema, and no other keyword
_CLOSED: Final = """
    title             string
    description       string
    format            string
    default           any
    multipleOf        positive
    maximum           number
    exclusiveMaximum  boolean
    minimum           number
    exclusiveMinimum  boolean
    maxLength         count
    minLength         count
    pattern           string
    maxItems          count
    minItems          count
    uniqueItems       boolean
    maxProperties     count
    minProperties     count
    required          [string]+!
    properties        {Schema}
    additionalProperties  boolean|Schema
    readOnly          boolean
    xml               Xml
    externalDocs      ExternalDocs
    example           any
"""
_TYPES: Final = "=array,boolean,integer,number,object,string"
_TYPES_WITH_NULL: Final = "=null,array,boolean,integer,number,object,string"

SCHEMA_2: Final = (
    Table(
        "SchemaObject",
        _CLOSED
        + f"""
        $ref              string
        type              {_TYPES_WITH_NULL}|[{_TYPES_WITH_NULL}]+!
        enum              [any]+!
        items             Schema|[Schema]+
        allOf             [Schema]+
        discriminator     string
        nullable          any      ignored
        oneOf             [Schema]  since 3.0
        anyOf             [Schema]  since 3.0
        not               Schema    since 3.0
        writeOnly         boolean   since 3.0
        deprecated        boolean   since 3.0
        """,
        noun="schema",
    ),
    # OAS 2.0 "Response Object": the root of a response may be of the type file
    Table(
        "FileSchema",
        """
        type          =file  required
        format        string
        title         string
        description   string
        default       any
        required      [string]+!
        readOnly      boolean
        externalDocs  ExternalDocs
        example       any
        """,
    ),
    Table(
        "Xml",
        """
        name       string
        namespace  uri
        prefix     string
        attribute  boolean
        wrapped    boolean
        """,
        noun="xml",
    ),
)

# OAS 3.1 §4.8.24: JSON Schema 2020-12 and the OAS base vocabulary; all other keywords are annotations
_OPEN: Final = f"""
    $id                    uri
    $schema                uri
    $ref                   string
    $anchor                anchor
    $dynamicRef            string
    $dynamicAnchor         anchor
    $vocabulary            {{boolean}}
    $comment               string
    $defs                  {{Schema}}
    definitions            {{Schema}}
    allOf                  [Schema]+
    anyOf                  [Schema]+
    oneOf                  [Schema]+
    not                    Schema
    if                     Schema
    then                   Schema
    else                   Schema
    dependentSchemas       {{Schema}}
    prefixItems            [Schema]+
    items                  Schema
    contains               Schema
    properties             {{Schema}}
    patternProperties      {{Schema}}
    additionalProperties   Schema
    propertyNames          Schema
    unevaluatedItems       Schema
    unevaluatedProperties  Schema
    type                   {_TYPES_WITH_NULL}|[{_TYPES_WITH_NULL}]+!
    enum                   [any]
    const                  any
    multipleOf             positive
    maximum                number
    exclusiveMaximum       number
    minimum                number
    exclusiveMinimum       number
    maxLength              count
    minLength              count
    pattern                string
    maxItems               count
    minItems               count
    uniqueItems            boolean
    maxContains            count
    minContains            count
    maxProperties          count
    minProperties          count
    required               [string]
    dependentRequired      {{[string]!}}
    title                  string
    description            string
    default                any
    deprecated             boolean
    readOnly               boolean
    writeOnly              boolean
    examples               [any]
    format                 string
    contentEncoding        string
    contentMediaType       string
    contentSchema          Schema
    discriminator          Discriminator
    xml                    Xml
    externalDocs           ExternalDocs
    example                any
    nullable               any  ignored
"""

SCHEMA_30: Final = (
    Table(
        "SchemaObject",
        _CLOSED
        + f"""
        type           {_TYPES}
        enum           [any]+
        items          Schema
        allOf          [Schema]
        oneOf          [Schema]
        anyOf          [Schema]
        not            Schema
        nullable       boolean
        discriminator  Discriminator
        writeOnly      boolean
        deprecated     boolean
        """
        + "".join(
            f"{keyword}  any  since 3.1\n"
            for keyword in (
                "const",
                "contains",
                "minContains",
                "maxContains",
                "prefixItems",
                "patternProperties",
                "propertyNames",
                "dependentRequired",
                "dependentSchemas",
                "if",
                "then",
                "else",
                "unevaluatedItems",
                "unevaluatedProperties",
                "contentEncoding",
                "contentMediaType",
                "contentSchema",
                "examples",
                "$id",
                "$schema",
                "$anchor",
                "$defs",
                "$comment",
                "$dynamicRef",
                "$dynamicAnchor",
            )
        ),
        noun="schema",
    ),
)
SCHEMA_31: Final = (Table("SchemaObject", _OPEN, noun="schema", unknown={"3.1": None, "3.2": None}),)

SCHEMA_3: Final = (
    # OAS 3.0 §4.7.25: not extended until 3.1, and its schema lets other fields pass
    Table(
        "Discriminator",
        """
        propertyName    string    required
        mapping         {string}
        defaultMapping  string    since 3.2
        """,
        unknown={"3.0": "warning"},
    ),
    Table(
        "Xml",
        """
        nodeType   =element,attribute,text,cdata,none  since 3.2
        name       string
        namespace  uri
        prefix     string
        attribute  boolean
        wrapped    boolean
        """,
        noun="xml",
    ),
)
