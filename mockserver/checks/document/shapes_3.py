"""The objects of OpenAPI 3.0, 3.1 and 3.2, field by field.

Knows names and types of fields. Does not know what several fields or objects must be together (that is rules_3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.checks.document.shapes import Table, Variants
from mockserver.checks.document.shapes_3_parameters import PARAMETERS_3, SECURITY_3
from mockserver.checks.document.shapes_schema import SCHEMA_3, SCHEMA_30, SCHEMA_31
from mockserver.schema.dialects import Version

# From 3.1 a schema may be true or false, and its `$ref` is a keyword among others
_SINCE_31: Final = {"Schema": "SchemaObject|boolean", "Media": "MediaType"}
ALIASES_3: Final[Mapping[Version, Mapping[str, str]]] = {
    "3.0": {"Schema": "SchemaObject|Ref", "Media": "MediaType"},
    "3.1": _SINCE_31,
    "3.2": {**_SINCE_31, "Media": "MediaType|Ref"},
}

_METADATA: Final = (
    # OAS 3.1 §4.8.1
    Table(
        "OpenAPI",
        """
        openapi            openapi-3.0            required  until 3.0
        openapi            openapi-3.1            required  since 3.1  until 3.1
        openapi            openapi-3.2            required  since 3.2
        $self              uri-without-fragment   since 3.2
        info               Info                   required
        jsonSchemaDialect  uri                    since 3.1
        servers            [Server]
        paths              Paths                  required until 3.0
        webhooks           {PathItem}             since 3.1
        components         Components
        security           [SecurityRequirement]
        tags               [Tag]
        externalDocs       ExternalDocs
        swagger              any                  until 2.0
        host                 any                  until 2.0
        basePath             any                  until 2.0
        schemes              any                  until 2.0
        consumes             any                  until 2.0
        produces             any                  until 2.0
        definitions          any                  until 2.0
        parameters           any                  until 2.0
        responses            any                  until 2.0
        securityDefinitions  any                  until 2.0
        """,
        noun="document",
    ),
    # OAS 3.1 §4.8.2
    Table(
        "Info",
        """
        title           string   required
        summary         string   since 3.1
        description     string
        termsOfService  uri
        contact         Contact
        license         License
        version         string   required
        """,
    ),
    # OAS 3.1 §4.8.3
    Table(
        "Contact",
        """
        name   string
        url    uri
        email  email
        """,
    ),
    # OAS 3.1 §4.8.4
    Table(
        "License",
        """
        name        string  required
        identifier  string  since 3.1
        url         uri
        """,
    ),
    # OAS 3.1 §4.8.5
    Table(
        "Server",
        """
        url          string             required
        description  string
        name         string             since 3.2
        variables    {ServerVariable}
        """,
    ),
    # OAS 3.1 §4.8.6: the list MUST NOT be empty; 3.0: SHOULD NOT, see rules_3
    Table(
        "ServerVariable",
        """
        enum         [string]   until 3.0
        enum         [string]+  since 3.1
        default      string     required
        description  string
        """,
    ),
    # OAS 3.2 §4.22
    Table(
        "Tag",
        """
        name          string        required
        summary       string        since 3.2
        description   string
        externalDocs  ExternalDocs
        parent        string        since 3.2
        kind          string        since 3.2
        """,
    ),
    # OAS 3.1 §4.8.11
    Table(
        "ExternalDocs",
        """
        description  string
        url          uri     required
        """,
        noun="externalDocs",
    ),
    # OAS 3.1 §4.8.7
    Table(
        "Components",
        """
        schemas          {component-name:Schema}
        responses        {component-name:Response|Ref}
        parameters       {component-name:Parameter|Ref}
        examples         {component-name:Example|Ref}
        requestBodies    {component-name:RequestBody|Ref}
        headers          {component-name:Header|Ref}
        securitySchemes  {component-name:SecurityScheme|Ref}
        links            {component-name:Link|Ref}
        callbacks        {component-name:Callback|Ref}
        pathItems        {component-name:PathItem}           since 3.1
        mediaTypes       {component-name:Media}              since 3.2
        """,
    ),
)

_OPERATIONS: Final = (
    # OAS 3.1 §4.8.8, §4.8.9, §4.8.18
    Table("Paths", "<path>  PathItem"),
    Table("Callback", "<any>  PathItem"),
    Table(
        "PathItem",
        """
        $ref                  uri
        summary               string
        description           string
        get                   Operation
        put                   Operation
        post                  Operation
        delete                Operation
        options               Operation
        head                  Operation
        patch                 Operation
        trace                 Operation
        query                 Operation           since 3.2
        additionalOperations  {method:Operation}  since 3.2
        servers               [Server]
        parameters            [Parameter|Ref]
        """,
        noun="path",
    ),
    # OAS 3.1 §4.8.10; responses are REQUIRED in 3.0
    Table(
        "Operation",
        """
        tags          [string]
        summary       string
        description   string
        externalDocs  ExternalDocs
        operationId   string
        parameters    [Parameter|Ref]
        requestBody   RequestBody|Ref
        responses     Responses              required until 3.0
        callbacks     {Callback|Ref}
        deprecated    boolean
        security      [SecurityRequirement]
        servers       [Server]
        consumes      any                    until 2.0
        produces      any                    until 2.0
        schemes       any                    until 2.0
        """,
    ),
    # OAS 3.1 §4.8.13
    Table(
        "RequestBody",
        """
        description  string
        content      {media-type:Media}  required
        required     boolean
        schema       any                 until 2.0
        """,
    ),
    # OAS 3.1 §4.8.14
    Table(
        "MediaType",
        """
        description     string           since 3.2
        schema          Schema
        itemSchema      Schema           since 3.2
        example         any
        examples        {Example|Ref}
        encoding        {Encoding}
        prefixEncoding  [Encoding]       since 3.2
        itemEncoding    Encoding         since 3.2
        """,
    ),
    # OAS 3.1 §4.8.15
    Table(
        "Encoding",
        """
        contentType     media-types
        headers         {header-name:Header|Ref}
        style           =form,spaceDelimited,pipeDelimited,deepObject
        explode         boolean
        allowReserved   boolean
        encoding        {Encoding}    since 3.2
        prefixEncoding  [Encoding]    since 3.2
        itemEncoding    Encoding      since 3.2
        """,
    ),
    # OAS 3.1 §4.8.16, §4.8.17; the description is REQUIRED until 3.1
    Table("Responses", "<status>  Response|Ref"),
    Table(
        "Response",
        """
        summary      string                     since 3.2
        description  string                     required until 3.1
        headers      {header-name:Header|Ref}
        content      {media-type:Media}
        links        {Link|Ref}
        schema       any                        until 2.0
        examples     any                        until 2.0
        """,
    ),
    # OAS 3.2 §4.19
    Table(
        "Example",
        """
        summary          string
        description      string
        dataValue        any     since 3.2
        serializedValue  string  since 3.2
        value            any
        externalValue    uri
        """,
    ),
    # OAS 3.1 §4.8.20
    Table(
        "Link",
        """
        operationRef  uri
        operationId   string
        parameters    {any}
        requestBody   any
        description   string
        server        Server
        """,
    ),
)

_ALL: Final = (*_METADATA, *_OPERATIONS, *PARAMETERS_3, *SECURITY_3, *SCHEMA_3)
TABLES_3: Final[Mapping[Version, tuple[Table | Variants, ...]]] = {
    "3.0": (*_ALL, *SCHEMA_30),
    "3.1": (*_ALL, *SCHEMA_31),
    "3.2": (*_ALL, *SCHEMA_31),
}
