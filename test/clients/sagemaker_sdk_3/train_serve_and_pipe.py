"""A notebook with version 3 of the SDK: a model trainer, resources as objects, and a pipeline of two steps."""

import json
import os
import pathlib
import tarfile
import tempfile
import uuid

configuration = pathlib.Path(tempfile.mkdtemp()) / "config.yaml"
configuration.write_text(
    "SchemaVersion: '1.0'\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n"
)
os.environ["SAGEMAKER_USER_CONFIG_OVERRIDE"] = str(configuration)

import boto3  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from sagemaker.core.helper.session_helper import Session  # noqa: E402
from sagemaker.core.processing import ScriptProcessor  # noqa: E402
from sagemaker.core.resources import Endpoint, EndpointConfig, Model, ModelPackageGroup, TrainingJob  # noqa: E402
from sagemaker.core.session_settings import SessionSettings  # noqa: E402
from sagemaker.core.shapes import (  # noqa: E402
    ContainerDefinition,
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    ProductionVariant,
)
from sagemaker.core.workflow.pipeline_context import PipelineSession  # noqa: E402
from sagemaker.mlops.workflow.pipeline import Pipeline  # noqa: E402
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep  # noqa: E402
from sagemaker.train import ModelTrainer  # noqa: E402
from sagemaker.train.configs import Compute, InputData, SourceCode  # noqa: E402

CODE = pathlib.Path(__file__).parent.parent / "sagemaker_sdk" / "code"
IMAGE = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
name = f"notebook-{uuid.uuid4().hex[:8]}"
s3, iam = boto3.client("s3"), boto3.client("iam")
s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_REGION"]})
s3.put_object(Bucket=name, Key="rows/rows.csv", Body=b"1,0,3\n2,1,6\n3,0,7\n4,1,10\n")

# This version asks IAM what the role may do before it uses it.
trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
role = iam.create_role(
    RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
)["Role"]["Arn"]
iam.put_role_policy(
    RoleName=name, PolicyName="all", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]})
)


def equal(found, wanted):
    assert found == wanted, f"{found!r} instead of {wanted!r}"


def trainer(session):
    return ModelTrainer(
        sagemaker_session=session,
        role=role,
        training_image=IMAGE,
        base_job_name=name,
        source_code=SourceCode(source_dir=str(CODE), entry_script="train.py"),
        compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=5),
        hyperparameters={"intercept": True, "rounds": 2},
    )


training = trainer(Session(default_bucket=name, settings=SessionSettings(encrypt_repacked_artifacts=False)))
training.train(input_data_config=[InputData(channel_name="train", data_source=f"s3://{name}/rows")], wait=True, logs=True)
job = training._latest_training_job
job.refresh()
equal(job.training_job_status, "Completed")
equal([each.training_job_name for each in TrainingJob.get_all(name_contains=name)], [job.training_job_name])

# A script-mode image takes its script from the archive of the model or from an archive beside it.
with tempfile.TemporaryDirectory() as folder:
    sources = pathlib.Path(folder) / "sourcedir.tar.gz"
    with tarfile.open(sources, "w:gz") as archive:
        archive.add(CODE / "train.py", "train.py")
    s3.upload_file(str(sources), name, "sources/sourcedir.tar.gz")
model = Model.create(
    model_name=name,
    primary_container=ContainerDefinition(
        image=IMAGE,
        model_data_url=job.model_artifacts.s3_model_artifacts,
        environment={
            "SAGEMAKER_PROGRAM": "train.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{name}/sources/sourcedir.tar.gz",
        },
    ),
    execution_role_arn=role,
)
variant = ProductionVariant(
    variant_name="main", model_name=model.model_name, instance_type="ml.m5.large", initial_instance_count=1
)
config = EndpointConfig.create(endpoint_config_name=name, production_variants=[variant])
endpoint = Endpoint.create(endpoint_name=name, endpoint_config_name=config.endpoint_config_name)
endpoint.wait_for_status("InService", poll=1)
answer = endpoint.invoke(body="4,0\n5,1", content_type="text/csv", accept="text/csv")
equal(len(answer.body.read().split()), 2)
equal(answer.invoked_production_variant, "main")
endpoint.delete()
endpoint.wait_for_delete(poll=1)
config.delete()
model.delete()
try:
    Model.get(model_name=name)
    raise AssertionError("the model is still there")
except ClientError as error:
    assert "Could not find model" in str(error), error

group = ModelPackageGroup.create(model_package_group_name=name)
group.wait_for_status("Completed", poll=1)
group.delete()

building = PipelineSession(default_bucket=name)
processor = ScriptProcessor(
    image_uri=IMAGE, command=["python3"], role=role, instance_count=1, instance_type="ml.m5.large", sagemaker_session=building
)
source = ProcessingS3Input(
    s3_uri=f"s3://{name}/rows", local_path="/opt/ml/processing/input", s3_data_type="S3Prefix", s3_input_mode="File"
)
target = ProcessingS3Output(
    s3_uri=f"s3://{name}/prepared", local_path="/opt/ml/processing/output", s3_upload_mode="EndOfJob"
)
prepare = ProcessingStep(
    name="Prepare",
    step_args=processor.run(
        code=str(CODE / "prepare.py"),
        inputs=[ProcessingInput(input_name="rows", s3_input=source)],
        outputs=[ProcessingOutput(output_name="rows", s3_output=target)],
    ),
)
prepared = prepare.properties.ProcessingOutputConfig.Outputs["rows"].S3Output.S3Uri
train = TrainingStep(
    name="Train",
    step_args=trainer(building).train(input_data_config=[InputData(channel_name="train", data_source=prepared)]),
)
pipeline = Pipeline(name=name, steps=[prepare, train], sagemaker_session=building)
pipeline.upsert(role_arn=role)
execution = pipeline.start()
execution.wait(delay=2, max_attempts=150)
equal({step["StepName"]: step["StepStatus"] for step in execution.list_steps()}, {"Prepare": "Succeeded", "Train": "Succeeded"})
