"""The parameters, headers and security schemes of OpenAPI 3.0, 3.1 and 3.2, field by field.

Knows names and types of fields, and which location has which. Does not know what several fields must be together (that
is rules_3).
"""

from __future__ import annotations

from typing import Final

from mockserver.checks.document.shapes import Table, Variants

_DESCRIBED: Final = """
    description       string
    required          boolean
    deprecated        boolean
    content           {media-type:Media}1
    example           any
    examples          {Example|Ref}
    type              any      until 2.0
    format            any      until 2.0
    items             any      until 2.0
    collectionFormat  any      until 2.0
"""
_STYLED: Final = _DESCRIBED + "schema  Schema\nexplode  boolean\n"
_NAMED: Final = "name  string  required\nin  string  required\n"
# OAS 3.0 says of these that they have meaning in the query only, and its schema lets them pass everywhere
_QUERY_ONLY: Final = "allowEmptyValue  boolean  ignored  until 3.0\nallowReserved  boolean  ignored  until 3.0\n"

PARAMETERS_3: Final = (
    # OAS 3.1 §4.8.12, OAS 3.2 §4.12; which styles a location has: §4.8.12.2
    Variants(
        "Parameter",
        "in",
        """
        query        QueryParameter
        querystring  QuerystringParameter  since 3.2
        header       HeaderParameter
        path         PathParameter
        cookie       CookieParameter
        """,
    ),
    Table(
        "QueryParameter",
        _NAMED
        + _STYLED
        + """
        style            =form,spaceDelimited,pipeDelimited,deepObject
        allowReserved    boolean
        allowEmptyValue  boolean
        """,
        noun="parameter",
    ),
    Table(
        "QuerystringParameter",
        _NAMED
        + """
        description  string
        required     boolean
        deprecated   boolean
        content      {media-type:Media}1  required
        example      any
        examples     {Example|Ref}
        """,
        noun="parameter",
    ),
    Table("HeaderParameter", _NAMED + _STYLED + _QUERY_ONLY + "style  =simple", noun="parameter"),
    # `required: true` is a rule of its own, see rules_3
    Table(
        "PathParameter",
        _NAMED
        + _STYLED
        + _QUERY_ONLY
        + """
        style          =matrix,label,simple
        allowReserved  boolean               since 3.2
        """,
        noun="parameter",
    ),
    Table(
        "CookieParameter",
        _NAMED
        + _STYLED
        + _QUERY_ONLY
        + """
        style          =form         until 3.1
        style          =form,cookie  since 3.2
        allowReserved  boolean       since 3.2
        """,
        noun="parameter",
    ),
    # OAS 3.1 §4.8.21: a parameter without name and location
    Table("Header", _STYLED + _QUERY_ONLY + "style  =simple"),
)

_FLOW: Final = "refreshUrl  uri\nscopes  {string}  required\n"
_SCHEME: Final = "type  string  required\ndescription  string\ndeprecated  boolean  since 3.2\n"

SECURITY_3: Final = (
    # OAS 3.1 §4.8.27 to §4.8.30
    Table("SecurityRequirement", "<any>  [string]"),
    Variants(
        "SecurityScheme",
        "type",
        """
        apiKey         ApiKeyScheme
        http           HttpScheme
        mutualTLS      MutualTlsScheme  since 3.1
        oauth2         OAuth2Scheme
        openIdConnect  OpenIdScheme
        """,
    ),
    Table(
        "ApiKeyScheme",
        _SCHEME + "name  string  required\nin  =query,header,cookie  required",
        noun="security scheme",
    ),
    Table("HttpScheme", _SCHEME + "scheme  string  required\nbearerFormat  string", noun="security scheme"),
    Table("MutualTlsScheme", _SCHEME, noun="security scheme"),
    Table(
        "OAuth2Scheme",
        _SCHEME + "flows  OAuthFlows  required\noauth2MetadataUrl  uri  since 3.2",
        noun="security scheme",
    ),
    Table("OpenIdScheme", _SCHEME + "openIdConnectUrl  uri  required", noun="security scheme"),
    Table(
        "OAuthFlows",
        """
        implicit             ImplicitFlow
        password             PasswordFlow
        clientCredentials    PasswordFlow
        authorizationCode    AuthorizationCodeFlow
        deviceAuthorization  DeviceAuthorizationFlow  since 3.2
        application          any                      until 2.0
        accessCode           any                      until 2.0
        """,
        noun="flows",
    ),
    Table("ImplicitFlow", _FLOW + "authorizationUrl  uri  required", noun="flow"),
    Table("PasswordFlow", _FLOW + "tokenUrl  uri  required", noun="flow"),
    Table("AuthorizationCodeFlow", _FLOW + "authorizationUrl  uri  required\ntokenUrl  uri  required", noun="flow"),
    Table(
        "DeviceAuthorizationFlow",
        _FLOW + "deviceAuthorizationUrl  uri  required\ntokenUrl  uri  required",
        noun="flow",
    ),
)
