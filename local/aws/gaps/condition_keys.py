"""IAM: condition keys and resources that the emulator lacks, or that a laptop can't have.

A request to KMS carries its encryption context, on which grants depend, and published metrics their namespace. Every request counts as one by TLS: this AWS is
reached by plain HTTP on the loopback interface, while the template refuses what doesn't come by TLS. A schedule lies in its
group, not always in `default`, and dashboards and alarms that are deleted have names that grants may name.
"""

import json

import cbor2
from ministack import app
from ministack.core import iam_actions

from gaps.patching import require


def close() -> None:
    require(iam_actions, "request_tag_context")
    require(iam_actions, "extract_resource_arn")
    require(app, "pin_request_origin")
    tags_of = iam_actions.request_tag_context

    def with_encryption_context(service: str, iam_action: str, body: bytes, params: dict) -> dict:
        more = _encryption_context(body) if service == "kms" else {}
        if iam_action == "cloudwatch:PutMetricData":
            more = {"cloudwatch:namespace": _member(body, params, "Namespace")}
        return {**tags_of(service, iam_action, body, params), **more}

    # `app` imports the name at each request.
    iam_actions.request_tag_context = with_encryption_context

    arn_of = iam_actions.extract_resource_arn

    def named_arn_of(service: str, method: str, path: str, headers: dict, body: bytes, params: dict, *place: str) -> str:
        arn = arn_of(service, method, path, headers, body, params, *place)
        if service == "monitoring" and arn == "*":
            return _arn_in_cloudwatch(body, params, *place)
        if service != "scheduler" or ":schedule/default/" not in arn:
            return arn
        return arn.replace(":schedule/default/", f":schedule/{_schedule_group(body, params)}/")

    iam_actions.extract_resource_arn = named_arn_of

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


def _member(body: bytes, params: dict, name: str) -> str:
    """The JavaScript SDK sends CBOR, others JSON or a form. Of a list, the first: the product deletes one thing at a time."""
    named = _parsed(body).get(name, params.get(name, params.get(f"{name}.member.1", "")))
    return str((named or [""])[0] if isinstance(named, list) else named)


def _parsed(body: bytes) -> dict:
    """Told apart by the first byte: cbor2 5.7.1 damages the process's memory when it is given JSON (its length reads as petabytes)."""
    try:
        if body[:1] == b"{":
            return json.loads(body)
        # A CBOR map.
        return cbor2.loads(body) if body and 0xA0 <= body[0] <= 0xBF else {}
    except (json.JSONDecodeError, UnicodeDecodeError, cbor2.CBORDecodeError):
        return {}


def _arn_in_cloudwatch(body: bytes, params: dict, region: str, account: str) -> str:
    """A dashboard belongs to the account, an alarm to a region of it."""
    dashboard = _member(body, params, "DashboardName")
    if dashboard:
        return f"arn:aws:cloudwatch::{account}:dashboard/{dashboard}"
    alarm = _member(body, params, "AlarmNames")
    return f"arn:aws:cloudwatch:{region}:{account}:alarm:{alarm}" if alarm else "*"


def _schedule_group(body: bytes, params: dict) -> str:
    """Named in the body when a schedule is made or changed, in the query when it is read or deleted."""
    try:
        named = json.loads(body or b"{}").get("GroupName")
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError):
        named = None
    asked = params.get("groupName", "default")
    return str(named or (asked[0] if isinstance(asked, list) else asked))
