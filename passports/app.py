"""The development issuer over HTTP, to be mounted at ``/passports``: discovery, keys, UserInfo (AAI 1.2)."""

from typing import Annotated

from fastapi import Depends, FastAPI
from starlette.responses import Response

from core.errors import CredentialRequired
from core.service_info import NodeIdentity, service_info
from core.strict_json import JsonValue
from core.web import Problem, create_api, json_response
from passports.clearinghouse import Clearinghouse
from passports.issuer import DevelopmentIssuer
from passports.tokens import PASSPORT_CLAIM
from passports.web import bearer_token

VERSION = "1.2"
ARTIFACT = "passport-issuer"

ERROR_CODES = {
    401: "invalid_token",
    403: "insufficient_scope",
    404: "not_found",
    405: "method_not_allowed",
    500: "server_error",
    503: "temporarily_unavailable",
}
"""OAuth error codes by status (RFC 6749 §5.2, RFC 6750 §3.1); every other one is ``invalid_request``."""


def create_app(issuer: DevelopmentIssuer, clearinghouse: Clearinghouse, identity: NodeIdentity) -> FastAPI:
    """The issuer's routes; ``clearinghouse`` verifies the tokens that come to UserInfo, as it does everywhere."""
    app = create_api("Passports (development issuer)", VERSION, render_error)
    _add_documents(app, issuer, identity)
    _add_userinfo(app, clearinghouse)
    return app


def render_error(problem: Problem) -> tuple[JsonValue, str]:
    """Every error as OAuth has it (RFC 6749 §5.2)."""
    code = ERROR_CODES.get(problem.status, "invalid_request")
    return {"error": code, "error_description": problem.message}, "application/json"


def openid_configuration(issuer: DevelopmentIssuer) -> dict[str, JsonValue]:
    """What the issuer offers (OpenID Connect Discovery 1.0 §3): no login and no token endpoint, so none is named."""
    return {
        "issuer": issuer.issuer,
        "jwks_uri": issuer.key_set_url,
        "userinfo_endpoint": f"{issuer.issuer}/userinfo",
        "response_types_supported": [],
        "grant_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["openid", PASSPORT_CLAIM],
        "claims_supported": ["sub", PASSPORT_CLAIM],
    }


def passport_service_info(identity: NodeIdentity) -> dict[str, JsonValue]:
    """GA4GH defines no service type for an issuer: its group is the operator's own name (service-info 1.0.0, type)."""
    return service_info(
        identity, suffix="passports", artifact=ARTIFACT, artifact_version=VERSION, group=identity.organization_id
    )


def _add_documents(app: FastAPI, issuer: DevelopmentIssuer, identity: NodeIdentity) -> None:
    cacheable = {"Cache-Control": "public, max-age=300"}

    @app.get("/.well-known/openid-configuration")
    async def get_openid_configuration() -> Response:
        return json_response(openid_configuration(issuer), headers=cacheable)

    @app.get("/jwks")
    async def get_key_set() -> Response:
        return json_response(issuer.key_set(), headers=cacheable)

    @app.get("/service-info")
    async def get_service_info() -> Response:
        return json_response(passport_service_info(identity), headers=cacheable)


def _add_userinfo(app: FastAPI, clearinghouse: Clearinghouse) -> None:
    @app.get("/userinfo")
    @app.post("/userinfo")
    def userinfo(bearer: Annotated[str | None, Depends(bearer_token)]) -> Response:
        if bearer is None:
            message = "UserInfo needs an access token"
            raise CredentialRequired(message)
        caller = clearinghouse.caller(bearer)
        document: dict[str, JsonValue] = {"sub": caller.identity.subject, PASSPORT_CLAIM: list(caller.visas)}
        return json_response(document, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})
