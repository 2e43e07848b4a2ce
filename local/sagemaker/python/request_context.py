"""What the inference toolkit hands to scripts as `context`: the headers of the call, and those of its answer."""

from inspect import signature


class Context:
    def __init__(self, request_headers) -> None:
        self.request_headers = request_headers
        self.response_headers: dict[str, str] = {}

    def get_request_header(self, index: int, key: str) -> str | None:
        """There is one call at a time: the index is 0."""
        return self.request_headers.get(key)

    def get_all_request_header(self, index: int) -> dict[str, str]:
        return dict(self.request_headers.items())

    def set_response_header(self, index: int, key: str, value: str) -> None:
        self.response_headers[key] = value


def call(function, *arguments, context: Context | None):
    """Functions of a script may take the context as one argument more, or leave it out."""
    takes_context = len(signature(function).parameters) == len(arguments) + 1
    return function(*arguments, context) if takes_context else function(*arguments)
