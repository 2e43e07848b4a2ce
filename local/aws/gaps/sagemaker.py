"""SageMaker: the emulator has none, so its port forwards to the local SageMaker server, after the caller's grants.

Lambdas and workflows call SageMaker through the emulator's port like any other service, so their roles' `sagemaker:*` grants
(and `iam:PassRole` where AWS asks for it) are enforced when AUTH=true.
"""

import asyncio
import json
import os
import re
from urllib.parse import unquote, urlencode

import urllib3
from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import stepfunctions

from gaps.patching import require

_TARGET = "SageMaker."
_INVOCATION = re.compile(r"^/endpoints/(?P<endpoint>[^/]+)/(?:async-invocations|invocations|invocations-response-stream)$")
_SCOPE = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/sagemaker/")
# Answers of the API come at once; an invocation of a model may take 60 s, SageMaker's own limit.
_TIMEOUT = urllib3.Timeout(connect=2, read=65)
_pool = urllib3.PoolManager(num_pools=2, maxsize=32, timeout=_TIMEOUT, retries=False)
_server = ""

# What a request names, and the resource type of its ARN (Service Authorization Reference).
_RESOURCE_TYPES = {
    "PipelineName": "pipeline",
    "TrainingJobName": "training-job",
    "ProcessingJobName": "processing-job",
    "TransformJobName": "transform-job",
    "ModelPackageGroupName": "model-package-group",
    "ModelPackageName": "model-package",
    "ModelName": "model",
    "EndpointConfigName": "endpoint-config",
    "EndpointName": "endpoint",
    "ModelCardName": "model-card",
}
_ROLE_MEMBERS = ("RoleArn", "ExecutionRoleArn")


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{get_region()}:{get_account_id()}:{kind}/{name}"


def _named_resources(operation: str, request: dict) -> list[str]:
    """The ARNs that a request acts on; `*` for an operation that takes none, such as a list."""
    if operation.startswith("List"):
        named = [request.get(member) for member in ("ResourceArn", "PipelineExecutionArn")]
        return [arn for arn in named if isinstance(arn, str)] or ["*"]
    if operation == "CreateModelPackage" and isinstance(request.get("ModelPackageGroupName"), str):
        group = request["ModelPackageGroupName"].rsplit("/", 1)[-1]
        return [_arn("model-package", f"{group}/*")]
    found = [value for key, value in request.items() if key.endswith("Arn") and key not in _ROLE_MEMBERS and _is_sagemaker_arn(value)]
    for member, kind in _RESOURCE_TYPES.items():
        value = request.get(member)
        if isinstance(value, str) and value:
            found.append(value if _is_sagemaker_arn(value) else _arn(kind, value))
    return found or ["*"]


def _is_sagemaker_arn(value: object) -> bool:
    return isinstance(value, str) and value.startswith("arn:aws:sagemaker:")


def _denial(operation: str, action: str, resource: str, headers: dict, query: dict, request_id: str, context: dict | None = None):
    refused = app._enforce_data_plane(
        "sagemaker", action, headers, query, request_id, resource_arn=resource, service_context=context, named_resource=resource
    )
    if refused is None:
        return None
    status, response_headers, body = refused
    document = json.loads(body)
    if document.get("__type", "").startswith("AccessDenied"):
        document["__type"] = "AccessDeniedException"
        document["message"] = document.get("message") or document.pop("Message", "")
        return (
            400,
            {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": "AccessDeniedException"},
            json.dumps(document).encode(),
        )
    return status, response_headers, body


def _enforce_call(operation: str, headers: dict, body: bytes, query: dict, request_id: str):
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        request = {}
    if not isinstance(request, dict):
        request = {}
    for resource in _named_resources(operation, request):
        refused = _denial(operation, f"sagemaker:{operation}", resource, headers, query, request_id)
        if refused is not None:
            return refused
    for member in _ROLE_MEMBERS:
        role = request.get(member)
        if isinstance(role, str):
            passed_to = {"iam:PassedToService": "sagemaker.amazonaws.com"}
            refused = _denial(operation, "iam:PassRole", role, headers, query, request_id, passed_to)
            if refused is not None:
                return refused
    return None


def _forward(method: str, path: str, headers: dict, body: bytes, query: dict):
    if not _server:
        return _unavailable("The local SageMaker isn't part of this world: start it with the other parts.")
    kept = {k: v for k, v in headers.items() if k not in ("host", "connection", "content-length", "transfer-encoding", "accept-encoding")}
    target = _server + path + (f"?{urlencode(query, doseq=True)}" if query else "")
    try:
        answer = _pool.request(method, target, headers=kept, body=body)
    except urllib3.exceptions.HTTPError as error:
        return _unavailable(f"The local SageMaker at {_server} doesn't answer: {type(error).__name__}.")
    dropped = ("connection", "content-length", "transfer-encoding", "keep-alive")
    return answer.status, {k: v for k, v in answer.headers.items() if k.lower() not in dropped}, answer.data


def _unavailable(message: str):
    body = json.dumps({"__type": "ServiceUnavailable", "message": message}).encode()
    return 503, {"Content-Type": "application/x-amz-json-1.1"}, body


async def _handler(method, path, headers, body, query_params):
    """For Step Functions' `aws-sdk:sagemaker:*`, which calls a service's handler without HTTP."""
    payload = body.encode() if isinstance(body, str) else body
    return await asyncio.to_thread(_forward, method, path, {**headers, "content-type": "application/x-amz-json-1.1"}, payload, query_params)


def _dispatcher(original):
    async def dispatch(method, path, headers, body, query_params, request_id):
        target = headers.get("x-amz-target", "")
        invocation = _INVOCATION.match(path) if _SCOPE.search(headers.get("authorization", "")) else None
        if not target.startswith(_TARGET) and invocation is None:
            return await original(method, path, headers, body, query_params, request_id)
        iam_evaluator.pin_request_caller(headers, query_params)
        if invocation is not None:
            endpoint = _arn("endpoint", unquote(invocation["endpoint"]))
            refused = _denial("InvokeEndpoint", "sagemaker:InvokeEndpoint", endpoint, headers, query_params, request_id)
        else:
            refused = _enforce_call(target.removeprefix(_TARGET), headers, body, query_params, request_id)
        if refused is not None:
            return refused
        status, response_headers, answer = await asyncio.to_thread(_forward, method, path, headers, body, query_params)
        response_headers.setdefault("x-amzn-requestid", request_id)
        return status, response_headers, answer

    return dispatch


def close() -> None:
    """Reads LAUNCHER_SAGEMAKER_URL and takes it out of the environment, which every Lambda inherits."""
    global _server
    require(app, "_dispatch_service_request", "_enforce_data_plane", "SERVICE_HANDLERS", "AUTH")
    require(iam_evaluator, "pin_request_caller")
    require(stepfunctions, "_AWS_SDK_SERVICE_MAP", "_AWS_SDK_ERROR_PREFIX")
    _server = os.environ.pop("LAUNCHER_SAGEMAKER_URL", "").rstrip("/")
    app._dispatch_service_request = _dispatcher(app._dispatch_service_request)
    app.SERVICE_HANDLERS["sagemaker"] = _handler
    stepfunctions._AWS_SDK_SERVICE_MAP["sagemaker"] = {"target_prefix": "SageMaker", "protocol": "json"}
    stepfunctions._AWS_SDK_ERROR_PREFIX["sagemaker"] = "SageMaker"
