"""A model container in script mode: loads the model with the script's `model_fn`, answers GET /ping and POST /invocations.

The script is SAGEMAKER_PROGRAM in SAGEMAKER_SUBMIT_DIRECTORY; a `requirements.txt` beside it is installed first. `model_fn` is required; `input_fn`, `predict_fn`, `output_fn`
have defaults; `transform_fn` replaces the three. Each may take the toolkit's `context` as one argument more. The port goes as one line to the descriptor PORT_DESCRIPTOR.
"""

import importlib
import os
import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from install_requirements import install

SCRIPT_FOLDER = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY", "/opt/ml/model/code").removeprefix("file://")
# Before anything is imported that it may replace.
install(SCRIPT_FOLDER)

import model_codecs  # noqa: E402
from request_context import Context, call  # noqa: E402

DEFAULT_ACCEPT = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "application/json")
ANY_TYPE = ("", "*/*")


class ScriptIncomplete(Exception):
    """The script lacks what it must define, or can't be found."""


class Model:
    def __init__(self) -> None:
        self.script = import_script()
        if not hasattr(self.script, "model_fn"):
            raise ScriptIncomplete(f"{self.script.__name__} defines no model_fn(model_dir): add one that loads the model.")
        self.model = call(self.script.model_fn, os.environ.get("SM_MODEL_DIR", "/opt/ml/model"), context=None)
        # Estimators are not all safe to call from several threads at once, and one core serves them.
        self.lock = threading.Lock()

    def answer(self, body: bytes, content_type: str, accept: str, context: Context) -> tuple[bytes, str]:
        with self.lock:
            if hasattr(self.script, "transform_fn"):
                result = call(self.script.transform_fn, self.model, body, content_type, accept, context=context)
            else:
                prediction = self.predict(self.input(body, content_type, context), context)
                result = self.output(prediction, accept, context)
        content, kind = result if isinstance(result, tuple) and len(result) == 2 else (result, accept)
        return content.encode() if isinstance(content, str) else bytes(content), kind

    def input(self, body: bytes, content_type: str, context: Context):
        if not hasattr(self.script, "input_fn"):
            return model_codecs.decode(body, content_type)
        textual = content_type.startswith("text/") or model_codecs.media_type(content_type) == "application/json"
        return call(self.script.input_fn, body.decode("utf-8") if textual else body, content_type, context=context)

    def predict(self, data, context: Context):
        if hasattr(self.script, "predict_fn"):
            return call(self.script.predict_fn, data, self.model, context=context)
        return self.model.predict(data)

    def output(self, prediction, accept: str, context: Context):
        if hasattr(self.script, "output_fn"):
            return call(self.script.output_fn, prediction, accept, context=context)
        return model_codecs.encode(prediction, accept), accept


def import_script():
    program = os.environ.get("SAGEMAKER_PROGRAM", "inference.py")
    if not os.path.exists(os.path.join(SCRIPT_FOLDER, program)):
        raise ScriptIncomplete(f"{os.path.join(SCRIPT_FOLDER, program)} doesn't exist: the model archive must hold code/{program}.")
    sys.path.insert(0, SCRIPT_FOLDER)
    return importlib.import_module(program.removesuffix(".py").replace("/", "."))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    model: Model | None = None

    def setup(self) -> None:
        super().setup()
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        if self.path != "/ping":
            self.reply(404, b"Not found", "text/plain")
        elif self.model is None:
            self.reply(500, b"The model could not be loaded; the log says why.", "text/plain")
        else:
            self.reply(200, b"\n", "application/json")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path != "/invocations" or self.model is None:
            self.reply(404, b"Not found", "text/plain")
            return
        accept = self.headers.get("Accept", "")
        context = Context(self.headers)
        try:
            content, kind = self.model.answer(
                body,
                self.headers.get("Content-Type") or "application/json",
                DEFAULT_ACCEPT if accept in ANY_TYPE else accept,
                context,
            )
            self.reply(200, content, kind, context.response_headers)
        except model_codecs.UnsupportedContentType as error:
            self.reply(415, str(error).encode(), "text/plain")
        except model_codecs.UnsupportedAccept as error:
            self.reply(406, str(error).encode(), "text/plain")
        except Exception as error:
            traceback.print_exc()
            self.reply(500, f"{type(error).__name__}: {error}".encode(), "text/plain")

    def reply(self, status: int, body: bytes, content_type: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        charset = "; charset=utf-8" if content_type.startswith("text/") and "charset" not in content_type else ""
        self.send_header("Content-Type", content_type + charset)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args) -> None:
        """Requests aren't logged: the log is for what the model says."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    server = Server(("127.0.0.1", 0), Handler)
    try:
        Handler.model = Model()
    except Exception:
        traceback.print_exc()
    descriptor = int(os.environ["PORT_DESCRIPTOR"])
    os.write(descriptor, f"{server.server_address[1]}\n".encode())
    os.close(descriptor)
    server.serve_forever()


if __name__ == "__main__":
    main()
