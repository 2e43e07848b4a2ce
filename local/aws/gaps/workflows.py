"""Step Functions: open executions go on after a restart, and child workflows fail as on AWS.

An execution on AWS survives everything; the emulator would end those that were open at a stop. Here each execution keeps
its position (the state it is in, that state's input, the workflow variables, and the task token it waits for), which is
saved with the rest of the state. After a restart it enters that state again; a task that waits for a token waits on for the
same token. A state whose work was interrupted is run once more, so its work must be safe to repeat, as after any retry.
Limit: a Map or Parallel state starts again from its first item.
"""

import contextvars
import json
import os
import socket
import threading
import time

from ministack import app
from ministack.core.responses import _request_account_id, _request_region
from ministack.services import lambda_svc, sqs, stepfunctions

from gaps.distributed_map import abort_cut_short
from gaps.patching import require, rewrite_function

_POSITION = "_launcherPosition"
_running: contextvars.ContextVar[dict | None] = contextvars.ContextVar("launcher_execution", default=None)
_resumed_child: contextvars.ContextVar[bool] = contextvars.ContextVar("launcher_resumed_child", default=False)


class _Position:
    """What `_run_execution`, rewritten, asks and tells about an execution's position."""

    @staticmethod
    def first_state(execution: dict, start_at: str) -> str:
        return execution.get(_POSITION, {}).get("state", start_at)

    @staticmethod
    def first_input(execution: dict, context: dict, execution_input: object) -> object:
        position = execution.get(_POSITION)
        if position is None:
            return execution_input
        context["variables"].update(position["variables"])
        return position["input"]

    @staticmethod
    def enter(execution: dict, state: str, state_input: object, context: dict) -> None:
        previous = execution.get(_POSITION, {})
        resuming = bool(previous.pop("resuming", False)) and previous.get("state") == state
        position = {"state": state, "input": state_input, "variables": dict(context["variables"]), "thread": threading.get_ident()}
        if resuming and "token" in previous:
            position.update(token=previous["token"], deadline=previous["deadline"])
        execution[_POSITION] = position
        _resumed_child.set(resuming)


def _own_position() -> dict | None:
    """The position of the execution that this thread runs; none in the branches of a Map or Parallel state."""
    execution = _running.get()
    position = execution.get(_POSITION) if execution else None
    return position if position is not None and position.get("thread") == threading.get_ident() else None


def _handed_over(token: str, timeout_seconds: float) -> None:
    position = _own_position()
    if position is not None:
        position.update(token=token, deadline=time.time() + timeout_seconds)


def _run_tracked(original):
    def run(execution_arn):
        execution = stepfunctions._executions.get(execution_arn)
        outer, outer_resumed = _running.set(execution), _resumed_child.set(False)
        try:
            return original(execution_arn)
        finally:
            _running.reset(outer)
            _resumed_child.reset(outer_resumed)
            if execution is not None:
                execution.pop(_POSITION, None)

    return run


def _wait_for_token(original):
    """A callback task that had handed its token over before the restart waits on; all others begin as usual."""

    def invoke(resource, input_data, token, state_def):
        position = _own_position()
        kept = position.get("token") if position else None
        try:
            if kept is None:
                return original(resource, input_data, token, state_def)
            return _wait_on(kept, position["deadline"])
        finally:
            if position is not None:
                position.pop("token", None)
                position.pop("deadline", None)

    return invoke


def _expect_answer(token: str) -> None:
    if token not in stepfunctions._task_tokens:
        stepfunctions._task_tokens[token] = {"event": threading.Event(), "result": None, "error": None, "heartbeat": None}


def _wait_on(token: str, deadline: float) -> object:
    _expect_answer(token)
    in_time = stepfunctions._task_tokens[token]["event"].wait(timeout=max(0.0, deadline - time.time()))
    answer = stepfunctions._task_tokens.pop(token, {})
    if not in_time:
        raise stepfunctions._ExecutionError("States.Timeout", "Task timed out waiting for callback")
    if answer.get("error"):
        raise stepfunctions._ExecutionError(answer["error"].get("Error", "TaskFailed"), answer["error"].get("Cause", ""))
    result = answer.get("result", "{}")
    try:
        return json.loads(result) if isinstance(result, str) else result
    except json.JSONDecodeError:
        return result


def _start_child(original):
    """A child's name can't be used twice, as on AWS; after a restart its parent finds the child that it had started."""

    def start(data):
        machine = stepfunctions._state_machines.get(data.get("stateMachineArn", ""))
        name = data.get("name")
        if machine is None or not name:
            return original(data)
        prefix = machine["stateMachineArn"].replace(":stateMachine:", ":execution:")
        arn = f"{prefix}:{name}"
        child = stepfunctions._executions.get(arn)
        if child is None:
            return original(data)
        if not _resumed_child.get():
            return stepfunctions.error_response_json("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'", 400)
        if child["status"] == "RUNNING":
            child.setdefault(_POSITION, {})["resuming"] = True
            if "state" not in child[_POSITION]:
                child.pop(_POSITION)
            stepfunctions._run_execution(arn)
        return stepfunctions.json_response(
            {
                "executionArn": arn,
                "stateMachineArn": child["stateMachineArn"],
                "name": name,
                "startDate": child["startDate"],
                "stopDate": child.get("stopDate"),
                "status": child["status"],
                "input": child["input"],
                "inputDetails": {"included": True},
                "output": child.get("output") or "{}",
                "outputDetails": {"included": True},
                **({"error": child["error"], "cause": child.get("cause", "")} if child.get("error") else {}),
            }
        )

    return start


def _child_failure(payload: dict) -> tuple[str, str]:
    """AWS reports a failed child as `States.TaskFailed`, with the child's description as JSON."""
    shown = {
        "ExecutionArn": payload.get("executionArn"),
        "Input": payload.get("input"),
        "Name": payload.get("name"),
        "StateMachineArn": payload.get("stateMachineArn"),
        "Status": payload.get("status"),
        "Error": payload.get("error"),
        "Cause": payload.get("cause"),
    }
    return "States.TaskFailed", json.dumps({key: value for key, value in shown.items() if value is not None})


def _wait_for_port() -> None:
    address = (os.environ.get("BIND_HOST", "127.0.0.1"), int(os.environ["GATEWAY_PORT"]))
    while True:
        try:
            socket.create_connection(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)


def _expect_answer_in(account: str, region: str, token: str) -> None:
    _request_account_id.set(account)
    _request_region.set(region)
    _expect_answer(token)


def _resume(account: str, region: str, arn: str) -> None:
    _request_account_id.set(account)
    _request_region.set(region)
    _wait_for_port()
    stepfunctions._run_execution(arn)


def _resume_open_executions() -> None:
    abort_cut_short()
    for (account, region, arn), execution in list(stepfunctions._executions.all_items()):
        if execution.get("status") != "RUNNING":
            continue
        token = execution.get(_POSITION, {}).get("token")
        if token is not None:  # its answer may be the first request
            contextvars.Context().run(_expect_answer_in, account, region, token)
        if execution.get("sync"):
            continue  # a child is resumed by its parent
        if _POSITION in execution:
            execution[_POSITION]["resuming"] = True
        stepfunctions.logger.info("Step Functions execution goes on after the restart: %s", arn)
        thread = threading.Thread(target=contextvars.Context().run, args=(_resume, account, region, arn), daemon=True)
        thread.start()


def _release_messages_of_functions() -> None:
    """The Lambdas that worked on them ended with the emulator: the messages come back now, not after their visibility time."""
    now = time.time()
    sources = {mapping.get("EventSourceArn") for mapping in lambda_svc._esms.all_values()}
    for queue in sqs._queues.all_values():
        if queue.get("attributes", {}).get("QueueArn") not in sources:
            continue
        for message in queue.get("messages", []):
            if message.get("receive_count", 0) > 0 and message.get("visible_at", 0) > now:
                message["visible_at"] = now


def _load_and_resume(original):
    def load():
        original()
        _release_messages_of_functions()
        _resume_open_executions()

    return load


def close() -> None:
    require(app, "_load_persisted_state")
    require(sqs, "_queues")
    require(lambda_svc, "_esms")
    require(
        stepfunctions,
        "_executions",
        "_state_machines",
        "_task_tokens",
        "_ExecutionError",
        "_start_sync_execution",
        "_nested_execution_failure",
    )
    rewrite_function(
        stepfunctions,
        "_run_execution",
        [
            ("    time.sleep(0.15)\n", ""),
            (
                'current_name = definition.get("StartAt")',
                'current_name = _launcher_position.first_state(execution, definition.get("StartAt"))',
            ),
            (
                '    try:\n        while current_name and execution["status"] == "RUNNING":',
                "    current_input = _launcher_position.first_input(execution, ctx, current_input)\n"
                '    try:\n        while current_name and execution["status"] == "RUNNING":',
            ),
            (
                '            state_type = state_def.get("Type")\n',
                "            _launcher_position.enter(execution, current_name, current_input, ctx)\n"
                '            state_type = state_def.get("Type")\n',
            ),
        ],
        _launcher_position=_Position,
    )
    rewrite_function(
        stepfunctions,
        "_invoke_with_callback",
        [
            (
                '    timeout = state_def.get("TimeoutSeconds", 99999)\n',
                '    timeout = state_def.get("TimeoutSeconds", 99999)\n    _launcher_handed_over(token, timeout)\n',
            ),
            # A function that fails fails its task, unless it had answered before.
            (
                "        except _ExecutionError:\n            pass\n",
                "        except _ExecutionError:\n"
                "            if not evt.is_set():\n"
                "                _task_tokens.pop(token, None)\n"
                "                raise\n",
            ),
        ],
        _launcher_handed_over=_handed_over,
    )
    rewrite_function(
        stepfunctions,
        "_restore_state",
        [('        if exc.get("status") == "RUNNING":', '        if exc.get("status") == "RUNNING" and False:')],
    )
    stepfunctions._run_execution = _run_tracked(stepfunctions._run_execution)
    stepfunctions._invoke_with_callback = _wait_for_token(stepfunctions._invoke_with_callback)
    stepfunctions._start_sync_execution = _start_child(stepfunctions._start_sync_execution)
    stepfunctions._nested_execution_failure = _child_failure
    app._load_persisted_state = _load_and_resume(app._load_persisted_state)
