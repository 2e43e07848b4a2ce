"""An ML engineer's notebook: a pipeline that prepares, trains, evaluates, judges and registers; then approve and deploy."""

import json

import boto3
import numpy
from botocore.exceptions import ClientError
from notebook_session import CODE, FRAMEWORK, ROLE, equal, open_session, unique
from sagemaker import ModelPackage
from sagemaker.inputs import TrainingInput
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.parameter import ContinuousParameter
from sagemaker.processing import ProcessingInput, ProcessingOutput
from sagemaker.serializers import CSVSerializer
from sagemaker.sklearn import SKLearn, SKLearnModel
from sagemaker.sklearn.processing import SKLearnProcessor
from sagemaker.tuner import HyperparameterTuner
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterFloat, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TrainingStep

session = open_session()
bucket = session.default_bucket()
session.upload_string_as_file_body("1,0,3\n2,1,6\n3,0,7\n4,1,10\n", bucket, "rows/rows.csv")
building = PipelineSession(default_bucket=bucket, settings=session.settings)
name, group = unique("delays"), unique("delays")
data = ParameterString(name="InputData", default_value=f"s3://{bucket}/rows")
limit = ParameterFloat(name="LargestError", default_value=0.5)
cached = CacheConfig(enable_caching=True, expire_after="PT1H")

processor = SKLearnProcessor(**FRAMEWORK, instance_count=1, base_job_name="prepare", sagemaker_session=building)
prepare = ProcessingStep(
    name="Prepare",
    step_args=processor.run(
        code=str(CODE / "prepare.py"),
        inputs=[ProcessingInput(source=data, destination="/opt/ml/processing/input")],
        outputs=[ProcessingOutput(output_name="rows", source="/opt/ml/processing/output")],
    ),
    cache_config=cached,
)
prepared = prepare.properties.ProcessingOutputConfig.Outputs["rows"].S3Output.S3Uri

estimator = SKLearn(**FRAMEWORK, entry_point="train.py", source_dir=str(CODE), sagemaker_session=building)
train = TrainingStep(
    name="Train",
    step_args=estimator.fit({"train": TrainingInput(prepared, content_type="text/csv")}),
    cache_config=cached,
)

report = PropertyFile(name="Evaluation", output_name="evaluation", path="evaluation.json")
evaluate = ProcessingStep(
    name="Evaluate",
    step_args=processor.run(
        code=str(CODE / "evaluate.py"),
        inputs=[
            ProcessingInput(source=train.properties.ModelArtifacts.S3ModelArtifacts, destination="/opt/ml/processing/model"),
            ProcessingInput(source=prepared, destination="/opt/ml/processing/rows"),
        ],
        outputs=[ProcessingOutput(output_name="evaluation", source="/opt/ml/processing/evaluation")],
    ),
    property_files=[report],
)

model = SKLearnModel(
    model_data=train.properties.ModelArtifacts.S3ModelArtifacts,
    role=ROLE,
    entry_point=str(CODE / "train.py"),
    framework_version=FRAMEWORK["framework_version"],
    sagemaker_session=building,
)
evaluation_uri = evaluate.properties.ProcessingOutputConfig.Outputs["evaluation"].S3Output.S3Uri
register = ModelStep(
    name="Register",
    step_args=model.register(
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_package_group_name=group,
        approval_status="PendingManualApproval",
        customer_metadata_properties={"commit": "abc"},
        model_metrics=ModelMetrics(
            model_statistics=MetricsSource(
                s3_uri=Join(on="/", values=[evaluation_uri, "evaluation.json"]), content_type="application/json"
            )
        ),
    ),
)
create = ModelStep(name="Create", step_args=model.create(instance_type="ml.m5.large"))
judge = ConditionStep(
    name="Judge",
    conditions=[
        ConditionLessThanOrEqualTo(
            left=JsonGet(step_name=evaluate.name, property_file=report, json_path="regression_metrics.rmse.value"),
            right=limit,
        )
    ],
    if_steps=[register, create],
    else_steps=[FailStep(name="Refuse", error_message=Join(on=" ", values=["The error is larger than", limit]))],
)

pipeline = Pipeline(name=name, parameters=[data, limit], steps=[prepare, train, evaluate, judge], sagemaker_session=building)
created = pipeline.upsert(role_arn=ROLE, tags=[{"Key": "team", "Value": "risk"}])
equal(pipeline.upsert(role_arn=ROLE)["PipelineArn"], created["PipelineArn"])
equal(json.loads(pipeline.describe()["PipelineDefinition"])["Version"], "2020-12-01")

execution = pipeline.start(execution_display_name="first")
execution.wait(delay=2, max_attempts=150)
equal(execution.describe()["PipelineExecutionStatus"], "Succeeded")
steps = {step["StepName"]: step for step in execution.list_steps()}
equal({step["StepStatus"] for step in steps.values()}, {"Succeeded"})
assert {"Prepare", "Train", "Evaluate", "Judge", "Register-RegisterModel", "Create-CreateModel"} <= set(steps), set(steps)
equal(steps["Judge"]["Metadata"]["Condition"]["Outcome"], "True")
package_arn = steps["Register-RegisterModel"]["Metadata"]["RegisterModel"]["Arn"]
equal({each["Name"]: each["Value"] for each in execution.list_parameters()["PipelineParameters"]}["LargestError"], "0.5")

refused = pipeline.start(parameters={"LargestError": -0.5})
try:
    refused.wait(delay=2, max_attempts=150)
    raise AssertionError("An error above the limit was let through.")
except Exception as error:  # noqa: BLE001  botocore's WaiterError
    equal(type(error).__name__, "WaiterError")
again = {step["StepName"]: step for step in refused.list_steps()}
equal(again["Train"]["CacheHitResult"]["SourcePipelineExecutionArn"], execution.arn)
equal((again["Refuse"]["StepStatus"], again["Refuse"]["FailureReason"]), ("Failed", "The error is larger than -0.5"))

package = ModelPackage(role=ROLE, model_package_arn=package_arn, sagemaker_session=session)
package.update_approval_status("Approved", "good enough")
package.update_customer_metadata({"ticket": "OPS-1"})
package.remove_customer_metadata_properties(["commit"])
described = session.sagemaker_client.describe_model_package(ModelPackageName=package_arn)
equal((described["ModelApprovalStatus"], described["CustomerMetadataProperties"]), ("Approved", {"ticket": "OPS-1"}))
endpoint = unique("approved")
package.deploy(initial_instance_count=1, instance_type="ml.m5.large", endpoint_name=endpoint)
runtime = boto3.client("sagemaker-runtime")
answer = runtime.invoke_endpoint(
    EndpointName=endpoint, ContentType="text/csv", Accept="text/csv", Body=CSVSerializer().serialize([[4.0, 0.0], [5.0, 1.0]])
)
assert numpy.allclose([float(line) for line in answer["Body"].read().split()], [9, 12])
session.delete_endpoint(endpoint)

tuner = HyperparameterTuner(
    SKLearn(**FRAMEWORK, entry_point="train.py", source_dir=str(CODE), sagemaker_session=session),
    objective_metric_name="train:rmse",
    hyperparameter_ranges={"rounds": ContinuousParameter(1, 5)},
    metric_definitions=[{"Name": "train:rmse", "Regex": "train:rmse=(.*?);"}],
)
try:
    tuner.fit({"train": f"s3://{bucket}/rows"}, wait=False)
    raise AssertionError("Tuning is absent, and was begun.")
except ClientError as error:
    equal(error.response["Error"]["Code"], "UnknownOperationException")
    assert "CreateHyperParameterTuningJob" in error.response["Error"]["Message"]
pipeline.delete()
