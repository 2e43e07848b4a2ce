"""The default `input_fn` and `output_fn` of script mode: CSV, JSON and NumPy's own format, to and from arrays."""

import csv
import io
import json

import numpy


class UnsupportedContentType(Exception):
    """Neither the script nor the defaults know the content type. Callers see HTTP 415."""


class UnsupportedAccept(Exception):
    """The defaults can't write the type that is asked for. Callers see HTTP 406."""


def media_type(content_type: str) -> str:
    return content_type.split(";")[0].strip().lower()


def decode(body: bytes, content_type: str):
    kind = media_type(content_type)
    # As the framework's own default: what is text becomes 32-bit floats, an array stays as it is.
    if kind == "application/json":
        return numpy.array(json.loads(body)).astype(numpy.float32)
    if kind == "text/csv":
        return numpy.genfromtxt(io.StringIO(body.decode("utf-8")), delimiter=",").astype(numpy.float32)
    if kind == "application/x-npy":
        return numpy.load(io.BytesIO(body), allow_pickle=False)
    raise UnsupportedContentType(f"Content type {content_type} is not supported: send text/csv, application/json or application/x-npy.")


def encode(prediction, accept: str) -> bytes:
    kind = media_type(accept)
    if kind == "application/json":
        return json.dumps(prediction, default=lambda value: value.tolist()).encode()
    if kind == "text/csv":
        return to_csv(numpy.asarray(prediction))
    if kind == "application/x-npy":
        stream = io.BytesIO()
        numpy.save(stream, numpy.asarray(prediction), allow_pickle=False)
        return stream.getvalue()
    raise UnsupportedAccept(f"Accept {accept} is not supported: ask for text/csv, application/json or application/x-npy.")


def to_csv(values: "numpy.ndarray") -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row in values.tolist() if values.ndim else [values.item()]:
        writer.writerow(row if isinstance(row, list) else [row])
    return stream.getvalue().encode()
