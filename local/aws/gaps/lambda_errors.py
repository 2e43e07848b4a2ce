"""Lambda: an error keeps its name, a thrown error keeps the process warm, and a call without logs doesn't wait for logs.

AWS reports `errorType` (the error's name), `errorMessage` and `trace`, so that a workflow can catch by name. The emulator
answers `Runtime.HandlerError` for every error and ends the process. It also waits up to 50 ms after each call for log lines,
because it can't tell that none will come; here the worker writes an end mark to stderr after each call.
"""

import inspect
import queue
import textwrap
import time

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from gaps.patching import replace_once, require, rewrite_function

END_OF_CALL = "\x00end-of-call"

_FAIL_ASYNC = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
_FAIL_SYNC = 'status: "error", error: e.message, trace: e.stack\n'
_NAME = "typeof {0} === 'object' && {0} !== null && {0}.name ? String({0}.name) : 'Error'"


def _worker_script(script: str) -> str:
    where = "the emulator's Node.js worker"
    script = replace_once(script, _FAIL_ASYNC, _FAIL_ASYNC + f", errorType: {_NAME.format('err')}, thrown: true", where)
    script = replace_once(
        script, _FAIL_SYNC, f'status: "error", error: e.message, trace: e.stack, errorType: {_NAME.format("e")}, thrown: true\n', where
    )
    # Every answer to a call goes through _realStdoutWrite: the mark precedes it.
    declaration = "const _realStdoutWrite = process.stdout.write.bind(process.stdout);"
    marked = (
        "const _stdoutWrite = process.stdout.write.bind(process.stdout);\n"
        'const _realStdoutWrite = (line) => { _stderrWrite("\\n'
        + END_OF_CALL.replace("\x00", "\\x00")
        + '\\n"); return _stdoutWrite(line); };'
    )
    return replace_once(script, declaration, marked, where)


def _logs_until_mark(self, first_line_wait: float = 0.25, idle_confirm: float = 0.005, hard_cap: float = 0.25) -> str:
    """The log lines of the call that just ended; waits no longer than until its end mark arrives."""
    lines: list[str] = []
    deadline = time.monotonic() + hard_cap
    while True:
        try:
            line = self._stderr_queue.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        if line == END_OF_CALL:
            break
        lines.append(line)
    return "\n".join(line for line in lines if line)


def _error_body(result: dict, message: str, default_type: str) -> dict:
    body = {"errorMessage": message, "errorType": result.get("errorType") or default_type}
    if result.get("trace"):
        body["trace"] = str(result["trace"]).split("\n")
    return body


def close() -> None:
    require(lambda_runtime, "_NODEJS_WORKER_SCRIPT", "Worker", "_signal", "_collect", "_REAP_GRACE")
    require(lambda_runtime.Worker, "invoke", "_drain_stderr_bounded", "_drain_stderr")
    lambda_runtime._NODEJS_WORKER_SCRIPT = _worker_script(lambda_runtime._NODEJS_WORKER_SCRIPT)
    lambda_runtime.Worker._drain_stderr_bounded = _logs_until_mark
    _keep_process_after_a_throw()
    rewrite_function(
        lambda_svc,
        "_execute_function_warm",
        [
            (
                '                "body": {\n'
                '                    "errorMessage": error_msg,\n'
                '                    "errorType": error_type,\n'
                "                },\n",
                '                "body": _error_body(result, error_msg, error_type),\n',
            )
        ],
        _error_body=_error_body,
    )


def _keep_process_after_a_throw() -> None:
    """On AWS a handler's throw leaves the execution environment as it is; only a crash or a timeout ends it."""
    invoke = lambda_runtime.Worker.invoke
    source_line = 'if response.get("status") == "error":'
    source = textwrap.dedent(inspect.getsource(invoke))
    source = replace_once(source, source_line, 'if response.get("status") == "error" and not response.get("thrown"):', "Worker.invoke")
    scope: dict = {}
    exec(compile(source, "<ministack.core.lambda_runtime.Worker.invoke, changed by the launcher>", "exec"), lambda_runtime.__dict__, scope)
    lambda_runtime.Worker.invoke = scope["invoke"]
