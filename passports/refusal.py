"""Why a token is refused, or a visa ignored: one table of machine-readable reasons and the error that carries one."""

from enum import StrEnum

from core.errors import InvalidCredential


class Reason(StrEnum):
    """Reasons for callers, audit and tests; a value never holds anything out of the token itself."""

    TOO_LARGE = "too_large"
    NOT_COMPACT_JWS = "not_compact_jws"
    NOT_BASE64URL = "not_base64url"
    NOT_STRICT_JSON = "not_strict_json"
    HEADER_REFUSED = "header_member_refused"
    ALGORITHM_REFUSED = "algorithm_refused"
    WRONG_TYPE = "wrong_token_type"
    KEY_ID_MALFORMED = "kid_missing_or_malformed"
    KEY_UNKNOWN = "kid_unknown"
    ISSUER_UNTRUSTED = "issuer_untrusted"
    SIGNATURE_INVALID = "signature_invalid"
    CLAIM_MISSING = "claim_missing"
    CLAIM_MALFORMED = "claim_malformed"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    AUDIENCE_OTHER = "audience_other"
    SCOPE_INSUFFICIENT = "scope_insufficient"
    CLAIMS_OF_ANOTHER_KIND = "claims_of_another_kind"
    UNKNOWN_TO_ISSUER = "unknown_to_issuer"
    TOO_MANY_VISAS = "too_many_visas"
    VISA_MALFORMED = "visa_malformed"
    VISA_TYPE_UNSUPPORTED = "visa_type_unsupported"
    VISA_CONDITIONS = "visa_conditions_not_evaluated"
    VISA_OTHER_IDENTITY = "visa_of_another_identity"
    VISA_KEY_SET_REFUSED = "visa_jku_refused"
    VISA_TYPE_UNTRUSTED = "visa_type_untrusted"
    VISA_BY_UNTRUSTED = "visa_by_untrusted"
    VISA_SOURCE_UNTRUSTED = "visa_source_untrusted"
    VISA_VALUE_UNTRUSTED = "visa_value_untrusted"
    VISA_ASSERTED_IN_FUTURE = "visa_asserted_in_future"


class Refused(InvalidCredential):
    """A token, passport or visa that does not count, with its reason."""

    def __init__(self, reason: Reason, what: str = "credential") -> None:
        """``what`` names the kind of token for the message."""
        super().__init__(f"the {what} is not valid: {reason.value.replace('_', ' ')}")
        self.reason = reason
