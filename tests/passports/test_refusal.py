from core.errors import InvalidCredential
from passports.refusal import Reason, Refused


def test_a_refusal_is_an_invalid_credential_with_a_reason() -> None:
    refused = Refused(Reason.KEY_UNKNOWN, "passport")
    assert isinstance(refused, InvalidCredential)
    assert refused.reason is Reason.KEY_UNKNOWN
    assert refused.message == "the passport is not valid: kid unknown"
    assert Refused(Reason.EXPIRED).message == "the credential is not valid: expired"
