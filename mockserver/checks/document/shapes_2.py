"""The objects of OpenAPI 2.0 (Swagger), field by field.

Knows names and types of fields. Does not know what several fields or objects must be together (that is rules_2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.checks.document.shapes import Table, Variants
from mockserver.checks.document.shapes_schema import SCHEMA_2

ALIASES_2: Final[Mapping[str, str]] = {"Schema": "SchemaObject"}

_METADATA: Final = (
    Table(
        "OpenAPI",
        """
        swagger              =2.0                  required
        info                 Info                  required
        host                 host
        basePath             base-path
        schemes              [=http,https,ws,wss]!
        consumes             [media-type]!
        produces             [media-type]!
        paths                Paths                 required
        definitions          {Schema}
        parameters           {Parameter}
        responses            {Response}
        securityDefinitions  {SecurityScheme}
        security             [SecurityRequirement]
        tags                 [Tag]
        externalDocs         ExternalDocs
        openapi              string                since 3.0
        servers              any                   since 3.0
        components           any                   since 3.0
        webhooks             any                   since 3.1
        """,
        noun="document",
    ),
    Table(
        "Info",
        """
        title           string   required
        description     string
        termsOfService  string
        contact         Contact
        license         License
        version         string   required
        """,
    ),
    Table(
        "Contact",
        """
        name   string
        url    uri
        email  email
        """,
    ),
    Table(
        "License",
        """
        name  string  required
        url   uri
        """,
    ),
    Table(
        "Tag",
        """
        name          string        required
        description   string
        externalDocs  ExternalDocs
        """,
    ),
    Table(
        "ExternalDocs",
        """
        description  string
        url          uri     required
        """,
        noun="externalDocs",
    ),
)

_OPERATIONS: Final = (
    Table("Paths", "<path>  PathItem"),
    Table(
        "PathItem",
        """
        $ref        string
        get         Operation
        put         Operation
        post        Operation
        delete      Operation
        options     Operation
        head        Operation
        patch       Operation
        trace       Operation        since 3.0
        parameters  [Parameter|Ref]
        """,
        noun="path",
    ),
    Table(
        "Operation",
        """
        tags          [string]!
        summary       string
        description   string
        externalDocs  ExternalDocs
        operationId   string
        consumes      [media-type]!
        produces      [media-type]!
        parameters    [Parameter|Ref]
        responses     Responses              required
        schemes       [=http,https,ws,wss]!
        deprecated    boolean
        security      [SecurityRequirement]
        requestBody   any                    since 3.0
        callbacks     any                    since 3.0
        servers       any                    since 3.0
        """,
    ),
    Table("Responses", "<status-2.0>  Response|Ref"),
    Table(
        "Response",
        """
        description  string          required
        schema       ResponseSchema
        headers      {header-name:Header}
        examples     {any}
        content      any             since 3.0
        links        any             since 3.0
        """,
    ),
    Variants("ResponseSchema", "type", "file  FileSchema", otherwise="SchemaObject"),
)

# OAS 2.0 "Items Object": what headers, and all parameters but the body, are made of
_ITEM: Final = """
    format            string
    items             Items
    default           any
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
    enum              [any]+!
    multipleOf        positive
    schema            any      since 3.0
    content           any      since 3.0
    style             any      since 3.0
    explode           any      since 3.0
    example           any      since 3.0
    examples          any      since 3.0
    deprecated        any      since 3.0
"""
_TYPES: Final = "type  =string,number,integer,boolean,array  required\n"
_SEPARATED: Final = "collectionFormat  =csv,ssv,tsv,pipes\n"
_PARAMETER: Final = """
    name         string  required
    in           string  required
    description  string
"""
_OPTIONAL: Final = _PARAMETER + "required  boolean\n"

_PARAMETERS: Final = (
    Variants(
        "Parameter",
        "in",
        """
        body      BodyParameter
        formData  FormParameter
        query     QueryParameter
        header    HeaderParameter
        path      PathParameter
        """,
    ),
    Table("BodyParameter", _OPTIONAL + "schema  Schema  required", noun="parameter"),
    Table(
        "FormParameter",
        _OPTIONAL
        + _ITEM
        + """
        type              =string,number,integer,boolean,array,file  required
        collectionFormat  =csv,ssv,tsv,pipes,multi
        allowEmptyValue   boolean
        """,
        noun="parameter",
    ),
    Table(
        "QueryParameter",
        _OPTIONAL + _ITEM + _TYPES + "collectionFormat  =csv,ssv,tsv,pipes,multi\nallowEmptyValue  boolean",
        noun="parameter",
    ),
    Table("HeaderParameter", _OPTIONAL + _ITEM + _TYPES + _SEPARATED, noun="parameter"),
    # `required: true` is a rule of its own, see rules_2
    Table("PathParameter", _OPTIONAL + _ITEM + _TYPES + _SEPARATED, noun="parameter"),
    Table("Items", _ITEM + _TYPES + _SEPARATED, noun="items"),
    Table("Header", "description  string\n" + _ITEM + _TYPES + _SEPARATED),
)

_SECURITY: Final[tuple[Table | Variants, ...]] = (
    Table("SecurityRequirement", "<any>  [string]!"),
    Variants(
        "SecurityScheme",
        "type",
        """
        basic   BasicScheme
        apiKey  ApiKeyScheme
        oauth2  OAuth2Scheme
        """,
    ),
    Table("BasicScheme", "type  string  required\ndescription  string", noun="security scheme"),
    Table(
        "ApiKeyScheme",
        """
        type         string         required
        description  string
        name         string         required
        in           =query,header  required
        """,
        noun="security scheme",
    ),
    Variants(
        "OAuth2Scheme",
        "flow",
        """
        implicit     ImplicitScheme
        password     PasswordScheme
        application  PasswordScheme
        accessCode   AccessCodeScheme
        """,
    ),
    *(
        Table(
            name,
            """
            type         string    required
            description  string
            flow         string    required
            scopes       Scopes
            """
            + urls,
            noun="security scheme",
        )
        for name, urls in (
            ("ImplicitScheme", "authorizationUrl  uri  required"),
            ("PasswordScheme", "tokenUrl  uri  required"),
            ("AccessCodeScheme", "authorizationUrl  uri  required\ntokenUrl  uri  required"),
        )
    ),
    Table("Scopes", "<any>  string"),
)

TABLES_2: Final[tuple[Table | Variants, ...]] = (*_METADATA, *_OPERATIONS, *_PARAMETERS, *_SECURITY, *SCHEMA_2)
