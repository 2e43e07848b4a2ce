"""A platform engineer's script: models in every form, a pipeline of containers, guarded updates, and what is refused."""

import json

import boto3
from support import IMAGE, ONE_TRY, ROLE, archive, bucket, equal, refused, runtime, s3, sagemaker, unique, until

cloudwatch = boto3.client("cloudwatch", config=ONE_TRY)
home = bucket()
name = unique("serving")
script = """
import json, os

HEADER = "X-Amzn-SageMaker-Custom-Attributes"

def model_fn(model_dir):
    return sorted(os.path.relpath(os.path.join(d, f), model_dir) for d, _, files in os.walk(model_dir) for f in files)
def input_fn(body, content_type):
    return json.loads(body)
def predict_fn(data, model, context):
    if data == "fail":
        raise ValueError("no such thing")
    context.set_response_header(0, HEADER, f"seen {context.get_request_header(0, HEADER)}")
    return {"got": data, "files": model}
"""
for key, body in {
    "prefix/code/inference.py": script.encode(),
    "prefix/sub/weights.bin": b"1",
    "one/model.onnx": b"1",
    "code/sourcedir.tar.gz": archive({"inference.py": script}),
    "packed": archive({"code/inference.py": script, "x.txt": "1"}),
}.items():
    s3.put_object(Bucket=home, Key=key, Body=body)


def container(key, kind, compression, code="/opt/ml/model/code", **more):
    source = {"S3Uri": f"s3://{home}/{key}", "S3DataType": kind, "CompressionType": compression}
    environment = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": code}
    return {"Image": IMAGE, "ModelDataSource": {"S3DataSource": source}, "Environment": environment, **more}


prefix = container("prefix/", "S3Prefix", "None")
single = container("one/model.onnx", "S3Object", "None", f"s3://{home}/code/sourcedir.tar.gz")
packed = container("packed", "S3Object", "Gzip")
new_model = {"ModelName": f"{name}-refused", "ExecutionRoleArn": ROLE}
for words, containers in {
    "ContainerHostname": [{**prefix, "ContainerHostname": "first"}, single],
    "unique": [{**prefix, "ContainerHostname": "same"}, {**single, "ContainerHostname": "same"}],
    "forward slash": [container("prefix", "S3Prefix", "None")],
    "Gzip": [container("prefix/", "S3Prefix", "Gzip")],
    "only one": [{**packed, "ModelDataUrl": f"s3://{home}/packed"}],
}.items():
    refused("ValidationException", words, sagemaker.create_model, **new_model, Containers=containers)
refused("ValidationException", "exactly one", sagemaker.create_model, **new_model)
refused("ValidationException", "exactly one", sagemaker.create_model, **new_model, PrimaryContainer=prefix, Containers=[single])


def config_of(config, model, count=1, variant="main"):
    sagemaker.create_endpoint_config(
        EndpointConfigName=config,
        ProductionVariants=[
            {"VariantName": variant, "ModelName": model, "InstanceType": "ml.m5.large", "InitialInstanceCount": count}
        ],
    )


sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, Containers=[prefix, single, packed])
sagemaker.create_model(ModelName=f"{name}-next", ExecutionRoleArn=ROLE, PrimaryContainer=packed)
config_of(name, name, 2)
config_of(f"{name}-next", f"{name}-next", 2)
config_of(f"{name}-other", f"{name}-next", 2, "other")
sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
creating = sagemaker.describe_endpoint(EndpointName=name)["PendingDeploymentSummary"]
equal((creating["EndpointConfigName"], creating["ProductionVariants"][0]["VariantStatus"][0]["Status"]), (name, "Creating"))
refused("ValidationException", "already existing", sagemaker.create_endpoint, EndpointName=name.upper(), EndpointConfigName=name)
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1})
equal(len(sagemaker.describe_endpoint(EndpointName=name)["ProductionVariants"][0]["DeployedImages"]), 3)


def ask(body, **more):
    return runtime.invoke_endpoint(EndpointName=name, ContentType="application/json", Body=body, **more)


answer = ask("1", CustomAttributes="trace-7")
first = {"got": 1, "files": ["code/inference.py", "sub/weights.bin"]}
second = {"got": first, "files": ["model.onnx"]}
equal(json.loads(answer["Body"].read()), {"got": second, "files": ["code/inference.py", "x.txt"]})
equal((answer["CustomAttributes"], answer["InvokedProductionVariant"]), ("seen trace-7", "main"))
failed = refused("ModelError", "Received server error (500) from container-1", ask, body='"fail"')
equal((failed["OriginalStatusCode"], failed["OriginalMessage"]), (500, "ValueError: no such thing"))
equal(failed["LogStreamArn"].split(":", 6)[6], f"/aws/sagemaker/Endpoints/{name}")
equal(refused("ModelError", "container-3", ask, body="1", Accept="image/png")["OriginalStatusCode"], 406)
refused("ValidationError", "'customAttributes'", ask, body="1", CustomAttributes="x" * 1025)

# What UpdateEndpoint refuses of a deployment config.
canary = {"Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 1}


def guarded(routing, **more):
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, **more}}


def update(config=f"{name}-next", **more):
    return sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=config, **more)


rolling = {"MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50}, "WaitIntervalInSeconds": 0}
for words, deployment in {
    "50%": guarded({**canary, "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 60}}),
    "CanarySize is required": guarded({"Type": "CANARY", "WaitIntervalInSeconds": 1}),
    "less than or equal to 3600": guarded({**canary, "WaitIntervalInSeconds": 3601}),
    "less than or equal to 28800": guarded(canary, MaximumExecutionTimeoutInSeconds=28801),
    "larger than the total waiting time": guarded(
        canary, TerminationWaitInSeconds=3600, MaximumExecutionTimeoutInSeconds=3600
    ),
    "only one of": {**guarded(canary), "RollingUpdatePolicy": rolling},
    "5-50%": {"RollingUpdatePolicy": {**rolling, "MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 2}}},
    "length less than or equal to 10": {
        **guarded(canary),
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": f"alarm-{number}"} for number in range(11)]},
    },
}.items():
    refused("ValidationException", words, update, DeploymentConfig=deployment)
refused("ValidationException", "same variant names", update, config=f"{name}-other", DeploymentConfig=guarded(canary))
refused("ValidationException", "currently in use endpoint configuration", update, config=name)

# A canary, with an alarm that stays quiet; then the same once more by RetainDeploymentConfig.
alarm = {"AlarmName": name, "Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Statistic": "Average"}
dimensions = {"EndpointName": name, "VariantName": "main", "EndpointConfigName": f"{name}-next"}
cloudwatch.put_metric_alarm(
    **alarm,
    Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
    Period=60,
    EvaluationPeriods=1,
    Threshold=0.5,
    ComparisonOperator="GreaterThanThreshold",
    TreatMissingData="notBreaching",
)
deployment = {**guarded(canary), "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name}]}}
update(DeploymentConfig=deployment)
refused("ValidationException", "in-progress", update)
refused("ValidationException", "in-progress", sagemaker.delete_endpoint, EndpointName=name)
for config in (f"{name}-next", name):
    at_rest = until(lambda: sagemaker.describe_endpoint(EndpointName=name), lambda found: found["EndpointStatus"] != "Updating")
    equal((at_rest["EndpointStatus"], at_rest["EndpointConfigName"]), ("InService", config))
    equal(at_rest["LastDeploymentConfig"], deployment)
    if config != name:
        update(config=name, RetainDeploymentConfig=True)

cloudwatch.delete_alarms(AlarmNames=[name])
sagemaker.delete_endpoint(EndpointName=name)
sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=name, WaiterConfig={"Delay": 1})
for config in (name, f"{name}-next", f"{name}-other"):
    sagemaker.delete_endpoint_config(EndpointConfigName=config)
for model in (name, f"{name}-next"):
    sagemaker.delete_model(ModelName=model)
