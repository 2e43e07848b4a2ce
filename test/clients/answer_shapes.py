"""Holds every raw answer against the output shape of the service model: clients drop what they don't know, this doesn't."""

import json
import math


def check_answers_of(client):
    """From now on each answer of this client must have the shape that its operation declares."""
    client.meta.events.register("after-call", _check)


def _check(http_response, model, **_):
    assert http_response.headers.get("x-amzn-requestid"), f"{model.name} answers without a request id"
    body = http_response.content
    if http_response.status_code >= 300:
        error = json.loads(body)
        assert error.get("__type") and error.get("message"), f"{model.name} refuses without type or message: {error}"
    elif model.output_shape is not None:
        _check_value(model.output_shape, json.loads(body), model.name)


def _check_value(shape, value, path):
    _CHECKS.get(shape.type_name, _check_plain)(shape, value, path)


def _check_structure(shape, value, path):
    unknown = set(value) - set(shape.members)
    assert not unknown, f"{path} has members that the service model does not know: {sorted(unknown)}"
    missing = set(shape.required_members) - set(value)
    assert not missing, f"{path} lacks required members: {sorted(missing)}"
    for name, member in value.items():
        _check_value(shape.members[name], member, f"{path}.{name}")


def _check_list(shape, value, path):
    for index, item in enumerate(value):
        _check_value(shape.member, item, f"{path}[{index}]")


def _check_map(shape, value, path):
    for key, item in value.items():
        _check_value(shape.value, item, f"{path}.{key}")


def _check_string(shape, value, path):
    assert isinstance(value, str), f"{path} is no text: {value!r}"
    enum = shape.metadata.get("enum")
    assert enum is None or value in enum, f"{path} can't be {value!r}"


def _check_time(_shape, value, path):
    assert isinstance(value, (int, float)), f"{path} is not in seconds: {value!r}"
    assert 1e9 < value < 1e10, f"{path} is not of this century, in seconds: {value!r}"


def _check_plain(shape, value, path):
    wanted = {"boolean": bool, "integer": int, "long": int, "float": (int, float), "double": (int, float)}[shape.type_name]
    assert isinstance(value, wanted) and math.isfinite(value), f"{path} is no {shape.type_name}: {value!r}"


_CHECKS = {
    "structure": _check_structure,
    "list": _check_list,
    "map": _check_map,
    "string": _check_string,
    "timestamp": _check_time,
}
