"""IAM: condition keys that the emulator lacks, or that a laptop can't have.

A request to KMS carries its encryption context, on which grants depend. And every request counts as one by TLS: this AWS is
reached by plain HTTP on the loopback interface, while the template refuses what doesn't come by TLS.
"""

import json

from ministack import app
from ministack.core import iam_actions

from gaps.patching import require


def close() -> None:
    require(iam_actions, "request_tag_context")
    require(app, "pin_request_origin")
    tags_of = iam_actions.request_tag_context

    def with_encryption_context(service: str, iam_action: str, body: bytes, params: dict) -> dict:
        return {**tags_of(service, iam_action, body, params), **(_encryption_context(body) if service == "kms" else {})}

    # `app` imports the name at each request.
    iam_actions.request_tag_context = with_encryption_context

    pin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, _by_tls: pin(source_ip, True)


def _encryption_context(body: bytes) -> dict:
    try:
        context = json.loads(body or b"{}").get("EncryptionContext")
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError):
        return {}
    if not isinstance(context, dict):
        return {}
    return {f"kms:encryptioncontext:{name}".lower(): str(value) for name, value in context.items()}
