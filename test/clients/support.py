"""What the scripts of this folder share: clients as anyone makes them, and words for what must be true."""

import io
import tarfile
import time
import uuid

import boto3
from answer_shapes import check_answers_of
from botocore.config import Config
from botocore.exceptions import ClientError

ONE_TRY = Config(retries={"max_attempts": 1, "mode": "standard"})
ROLE = "arn:aws:iam::000000000000:role/anyone"
IMAGE = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3"
CLUSTER = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}

s3 = boto3.client("s3")
sagemaker = boto3.client("sagemaker", config=ONE_TRY)
runtime = boto3.client("sagemaker-runtime", config=ONE_TRY)
check_answers_of(sagemaker)


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def token():
    return str(uuid.uuid4())


def bucket():
    name = unique("clients")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return name


def archive(files):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return data.getvalue()


def equal(found, wanted):
    assert found == wanted, f"{found!r} instead of {wanted!r}"


def refused(code, words, call, **request):
    """The call must fail with this code and these words in its message."""
    try:
        call(**request)
    except ClientError as error:
        equal(error.response["Error"]["Code"], code)
        message = error.response["Error"]["Message"]
        assert words in message, f"{words!r} is not in {message!r}"
        return error.response
    raise AssertionError(f"{call} was not refused")


def until(ask, wanted, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if wanted(answer):
            return answer
        assert time.monotonic() < deadline, f"it did not come true: {answer}"
        time.sleep(0.1)
