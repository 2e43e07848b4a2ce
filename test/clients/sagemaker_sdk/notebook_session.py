"""What the notebooks of this folder share: a session on the local AWS, as a data scientist's configuration makes it."""

import os
import pathlib
import tempfile
import uuid

os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
_configuration = pathlib.Path(tempfile.mkdtemp()) / "config.yaml"
_configuration.write_text(
    "SchemaVersion: '1.0'\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n"
)
os.environ["SAGEMAKER_USER_CONFIG_OVERRIDE"] = str(_configuration)

import boto3  # noqa: E402
import sagemaker  # noqa: E402
from sagemaker.session_settings import SessionSettings  # noqa: E402

ROLE = "arn:aws:iam::000000000000:role/anyone"
CODE = pathlib.Path(__file__).parent / "code"
FRAMEWORK = {"framework_version": "1.2-1", "instance_type": "ml.m5.large", "role": ROLE}


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def open_session():
    """The SDK encrypts what it repacks with a key that the local AWS does not have, unless told otherwise."""
    bucket = unique("notebook")
    boto3.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_REGION"]}
    )
    return sagemaker.Session(default_bucket=bucket, settings=SessionSettings(encrypt_repacked_artifacts=False))


def equal(found, wanted):
    assert found == wanted, f"{found!r} instead of {wanted!r}"
