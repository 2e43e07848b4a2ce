"""What else notebooks do: frameworks with sources, failing and stopped jobs, capture, metrics, callbacks, selections, retries."""

import json
import time

import boto3
import numpy
from botocore.exceptions import ClientError
from notebook_session import CODE, FRAMEWORK, ROLE, equal, open_session, unique
from sagemaker.analytics import TrainingJobAnalytics
from sagemaker.deserializers import JSONDeserializer
from sagemaker.estimator import Estimator
from sagemaker.exceptions import UnexpectedStatusException
from sagemaker.image_uris import retrieve
from sagemaker.model_monitor import DataCaptureConfig
from sagemaker.processing import FrameworkProcessor, ProcessingInput, ProcessingOutput
from sagemaker.serializers import JSONSerializer
from sagemaker.sklearn import SKLearn, SKLearnModel
from sagemaker.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.parallelism_config import ParallelismConfiguration
from sagemaker.workflow.parameters import ParameterInteger
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.selective_execution_config import SelectiveExecutionConfig

session = open_session()
bucket = session.default_bucket()
rows = session.upload_string_as_file_body("1,0,3\n2,1,6\n3,0,7\n4,1,10\n", bucket, "rows/rows.csv")

processor = FrameworkProcessor(
    estimator_cls=SKLearn, **FRAMEWORK, instance_count=1, code_location=f"s3://{bucket}/framework", sagemaker_session=session
)
processor.run(
    code="prepare.py",
    source_dir=str(CODE),
    inputs=[ProcessingInput(source=f"s3://{bucket}/rows", destination="/opt/ml/processing/input")],
    outputs=[ProcessingOutput(output_name="rows", source="/opt/ml/processing/output", destination=f"s3://{bucket}/prepared")],
    arguments=["--copies", "3"],
    logs=False,
)
equal(processor.latest_job.describe()["ProcessingJobStatus"], "Completed")
prepared = boto3.client("s3").get_object(Bucket=bucket, Key="prepared/rows.csv")["Body"].read().decode()
equal(len(prepared.split()), 12)

failing = SKLearn(**FRAMEWORK, entry_point="fail.py", source_dir=str(CODE), sagemaker_session=session)
try:
    failing.fit(logs="None")
    raise AssertionError("a failing script was taken for a good one")
except UnexpectedStatusException as error:
    equal((error.actual_status, error.allowed_statuses), ("Failed", ["Completed", "Stopped"]))
    assert "AlgorithmError" in str(error) and "no such column: origin" in str(error), error

generic = Estimator(
    image_uri=retrieve("sklearn", session.boto_region_name, version="1.2-1"),
    role=ROLE,
    instance_count=1,
    instance_type="ml.m5.large",
    output_path=f"s3://{bucket}/generic",
    entry_point="train.py",
    source_dir=str(CODE),
    metric_definitions=[{"Name": "train:rmse", "Regex": "train:rmse=(.*?);"}],
    max_run=300,
    environment={"COLOUR": "red"},
    sagemaker_session=session,
)
generic.fit({"train": f"s3://{bucket}/rows"}, logs="None", job_name=unique("generic"))
job = session.describe_training_job(generic.latest_training_job.name)
equal((job["FinalMetricDataList"][0]["MetricName"], job["Environment"]["COLOUR"]), ("train:rmse", "red"))
found = TrainingJobAnalytics(generic.latest_training_job.name, ["train:rmse"], session).dataframe(force_refresh=True)
equal(list(found["metric_name"]), ["train:rmse"])

capture = DataCaptureConfig(
    enable_capture=True, sampling_percentage=100, destination_s3_uri=f"s3://{bucket}/captured", json_content_types=["application/json"]
)
endpoint = unique("captured")
served = SKLearnModel(
    model_data=generic.model_data,
    role=ROLE,
    entry_point=str(CODE / "train.py"),
    framework_version=FRAMEWORK["framework_version"],
    sagemaker_session=session,
)
predictor = served.deploy(
    1,
    "ml.m5.large",
    endpoint_name=endpoint,
    data_capture_config=capture,
    serializer=JSONSerializer(),
    deserializer=JSONDeserializer(),
)
assert numpy.allclose(predictor.predict([[4.0, 0.0]]), [9])
predictor.delete_endpoint()
keys = []
deadline = time.monotonic() + 60
while not keys and time.monotonic() < deadline:
    keys = session.list_s3_files(bucket, f"captured/{endpoint}/AllTraffic")
line = json.loads(session.read_s3_file(bucket, keys[0]).splitlines()[0])
equal(line["captureData"]["endpointInput"]["data"], "[[4.0, 0.0]]")

# A pipeline that asks somebody outside, fails, is answered, goes on, and runs once more in part.
queue = boto3.client("sqs").create_queue(QueueName=unique("asked"))["QueueUrl"]
name = unique("asking")
smallest = ParameterInteger(name="Smallest", default_value=10)
ask = CallbackStep(
    name="Ask",
    sqs_queue_url=queue,
    inputs={"colour": "red"},
    outputs=[CallbackOutput(output_name="rows", output_type=CallbackOutputTypeEnum.Integer)],
)
enough = ConditionGreaterThanOrEqualTo(left=ask.properties.Outputs["rows"], right=smallest)
judge = ConditionStep(
    name="Judge", conditions=[enough], if_steps=[], else_steps=[FailStep(name="Refuse", error_message="too few rows")]
)
pipeline = Pipeline(name=name, parameters=[smallest], steps=[ask, judge], sagemaker_session=session)
pipeline.create(role_arn=ROLE, parallelism_config=ParallelismConfiguration(2))
equal(pipeline.describe()["ParallelismConfiguration"], {"MaxParallelExecutionSteps": 2})


def told():
    while True:
        for message in boto3.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5).get("Messages", []):
            boto3.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            return json.loads(message["Body"])["token"]


execution = pipeline.start()
session.sagemaker_client.send_pipeline_execution_step_failure(CallbackToken=told(), FailureReason="nobody was there")
try:
    execution.wait(delay=1)
except Exception as error:  # noqa: BLE001  botocore's WaiterError
    equal(type(error).__name__, "WaiterError")
equal(execution.list_steps()[0]["FailureReason"], "nobody was there")
session.sagemaker_client.retry_pipeline_execution(PipelineExecutionArn=execution.arn, ClientRequestToken=unique("retry-" + "x" * 32))
session.sagemaker_client.send_pipeline_execution_step_success(
    CallbackToken=told(), OutputParameters=[{"Name": "rows", "Value": "12"}]
)
execution.wait(delay=1)
equal(execution.describe()["PipelineExecutionStatus"], "Succeeded")

selected = pipeline.start(
    selective_execution_config=SelectiveExecutionConfig(
        source_pipeline_execution_arn=execution.arn, selected_steps=["Judge"]
    )
)
selected.wait(delay=1)
by_name = {step["StepName"]: step for step in selected.list_steps()}
equal(by_name["Ask"]["SelectiveExecutionResult"], {"SourcePipelineExecutionArn": execution.arn})
stopped = pipeline.start()
told()
stopped.stop()
# It waits until whoever was asked has heard of it and answered.
session.sagemaker_client.send_pipeline_execution_step_failure(CallbackToken=told(), FailureReason="stopped")
while stopped.describe()["PipelineExecutionStatus"] == "Stopping":
    time.sleep(0.5)
equal(stopped.describe()["PipelineExecutionStatus"], "Stopped")
equal(len(pipeline.list_executions()["PipelineExecutionSummaries"]), 3)
pipeline.delete()

# What is absent says so.
try:
    generic.transformer(1, "ml.m5.large").transform(f"s3://{bucket}/rows")
    raise AssertionError("A transform job is absent, and was begun.")
except ClientError as error:
    assert "CreateTransformJob is not offered" in error.response["Error"]["Message"], error
