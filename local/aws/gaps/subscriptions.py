"""SNS: who has not confirmed a subscription is listed as pending, and a subscription may be confirmed so that only its owner ends it.

The emulator lists the ARN of an unconfirmed subscription, and lets anybody with an unsubscribe link end any. On AWS the link in
a mail ends the subscription of a whole group, unless it was confirmed with `AuthenticateOnUnsubscribe`.
"""

import contextvars

from ministack.services import sns

from gaps.patching import require, rewrite_function

_signed: contextvars.ContextVar[bool] = contextvars.ContextVar("launcher_sns_signed", default=False)


def _shown_arn(subscription: dict) -> str:
    return subscription["arn"] if subscription.get("confirmed") else "PendingConfirmation"


def _noting_signature(handle):
    async def handle_request(method: str, path: str, headers: dict, body: bytes, query_params: dict) -> tuple:
        _signed.set(bool(headers.get("authorization")) or "X-Amz-Signature" in query_params)
        return await handle(method, path, headers, body, query_params)

    return handle_request


def _confirm(confirm):
    """Whether the confirmation was authenticated is what its caller asked for, and needs a signature."""

    def confirm_subscription(params: dict) -> tuple:
        wanted = sns._p(params, "AuthenticateOnUnsubscribe").lower() == "true"
        if wanted and not _signed.get():
            return sns._error("AuthorizationError", "AuthenticateOnUnsubscribe needs a signed request", 403)
        topic = sns._topic_by_arn_any_scope(sns._p(params, "TopicArn"))
        token = sns._p(params, "Token")
        pending = [each for each in (topic or {}).get("subscriptions", []) if token and each.get("token") == token]
        answer = confirm(params)
        for subscription in pending:
            subscription["attributes"]["ConfirmationWasAuthenticated"] = "true" if wanted else "false"
        return answer

    return confirm_subscription


def _unsubscribe(unsubscribe):
    def end_subscription(params: dict) -> tuple:
        arn = sns._p(params, "SubscriptionArn")
        subscription = sns._find_subscription(sns._sub_arn_to_topic.get(arn, ""), arn)
        guarded = subscription is not None and subscription["attributes"].get("ConfirmationWasAuthenticated") == "true"
        if guarded and not _signed.get():
            return sns._error("AuthorizationError", "The subscription can only be ended by its owner", 403)
        return unsubscribe(params)

    return end_subscription


def close() -> None:
    require(
        sns,
        "handle_request",
        "_confirm_subscription",
        "_unsubscribe",
        "_find_subscription",
        "_topic_by_arn_any_scope",
        "_sub_arn_to_topic",
        "_p",
        "_error",
    )
    for name in ("_list_subscriptions", "_list_subscriptions_by_topic"):
        shown = [("<SubscriptionArn>{sub['arn']}</SubscriptionArn>", "<SubscriptionArn>{_launcher_shown_arn(sub)}</SubscriptionArn>")]
        rewrite_function(sns, name, shown, _launcher_shown_arn=_shown_arn)
    sns.handle_request = _noting_signature(sns.handle_request)
    sns._confirm_subscription = _confirm(sns._confirm_subscription)
    sns._unsubscribe = _unsubscribe(sns._unsubscribe)
