"""Steps that call a function, make a model, register a version; and a step whose results are found in the cache."""

import io
import json
import zipfile

import boto3
from support import CLUSTER, IMAGE, ROLE, bucket, equal, refused, s3, sagemaker, token, unique, until

functions = boto3.client("lambda")
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
role = boto3.client("iam").create_role(RoleName=unique("called"), AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def function(code):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("called.py", code)
    made = functions.create_function(
        FunctionName=unique("called"),
        Runtime="python3.12",
        Role=role,
        Handler="called.handler",
        Code={"ZipFile": data.getvalue()},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=made["FunctionName"])
    return made["FunctionArn"]


def create(name, parameters, *steps):
    definition = {"Version": "2020-12-01", "Parameters": parameters, "Steps": steps}
    return sagemaker.create_pipeline(
        PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(definition), ClientRequestToken=token()
    )


def start(name, **parameters):
    return sagemaker.start_pipeline_execution(
        PipelineName=name,
        PipelineParameters=[{"Name": key, "Value": value} for key, value in parameters.items()],
        ClientRequestToken=token(),
    )["PipelineExecutionArn"]


def ended(arn):
    return until(
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"],
        lambda status: status not in ("Executing", "Stopping"),
    )


def steps(arn):
    answer = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, SortOrder="Ascending")
    return {step["StepName"]: step for step in answer["PipelineExecutionSteps"]}


def text(name, default=None):
    return {"Name": name, "Type": "String", **({} if default is None else {"DefaultValue": default})}


# A Lambda step: arguments go in, outputs of all four types come out; a nested one is a text.
twice = function(
    "def handler(event, context):\n"
    "    n = event['number']\n"
    "    if n == 0: raise ValueError('not today')\n"
    "    if n == 1: return {'twice': 'two'}\n"
    "    return {'twice': 2 * n, 'half': n / 2, 'odd': n % 2 == 1, 'word': event['word'], 'nested': {'a': [n]}, 'more': 1}\n"
)
outputs = {"twice": "Integer", "half": "Float", "odd": "Boolean", "word": "String", "nested": "String"}
call = {
    "Name": "Call",
    "Type": "Lambda",
    "FunctionArn": {"Get": "Parameters.Function"},
    "Arguments": {"number": {"Get": "Parameters.Number"}, "word": {"Std:Join": {"On": "-", "Values": ["a", "b"]}}},
    "OutputParameters": [{"OutputName": name, "OutputType": kind} for name, kind in outputs.items()],
}


def output(name):
    return {"Get": f"Steps.Call.OutputParameters['{name}']"}


conditions = [
    {"Type": "Equals", "LeftValue": output("twice"), "RightValue": 6},
    {"Type": "GreaterThan", "LeftValue": output("half"), "RightValue": 1.4},
    {"Type": "Equals", "LeftValue": output("odd"), "RightValue": True},
    {"Type": "In", "QueryValue": output("word"), "Values": ["a-b", "c"]},
    {"Type": "Not", "Expression": {"Type": "NotEquals", "LeftValue": output("nested"), "RightValue": '{"a":[3]}'}},
]
compare = {"Name": "Compare", "Type": "Condition", "Arguments": {"Conditions": conditions}}
calling = unique("calling")
number = {"Name": "Number", "Type": "Integer", "DefaultValue": 3}
create(calling, [text("Function", twice), number], call, compare)
execution = start(calling)
equal(ended(execution), "Succeeded")
made = steps(execution)
called = made["Call"]["Metadata"]["Lambda"]
equal(called["Arn"], twice)
equal(
    {each["Name"]: each["Value"] for each in called["OutputParameters"]},
    {"twice": "6", "half": "1.5", "odd": "true", "word": "a-b", "nested": '{"a":[3]}'},
)
equal(made["Compare"]["Metadata"], {"Condition": {"Outcome": "True"}})

raising = start(calling, Number="0")
lacking = start(calling, Number="1")
nobody = start(calling, Function=twice.rsplit(":", 1)[0] + ":nobody")
for arn, words in ((raising, "not today"), (lacking, "'twice' of the type Integer"), (nobody, "nobody")):
    equal(ended(arn), "Failed")
    failed = steps(arn)["Call"]
    equal(failed["StepStatus"], "Failed")
    assert words in failed["FailureReason"], failed["FailureReason"]

# A version of a group that is made with it, and a model of that version's data.
store = bucket()
group = unique("group")
container = {"Image": IMAGE, "ModelDataUrl": f"s3://{store}/model.tar.gz"}
register = {
    "Name": "Register-RegisterModel",
    "Type": "RegisterModel",
    "Arguments": {
        "ModelPackageGroupName": {"Get": "Parameters.Group"},
        "ModelApprovalStatus": "Approved",
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    },
}
packaged = "Steps.Register-RegisterModel.InferenceSpecification.Containers[0]"
model = {
    "Name": "Create-CreateModel",
    "Type": "Model",
    "Arguments": {
        "PrimaryContainer": {
            "Image": {"Get": f"{packaged}.Image"},
            "ModelDataUrl": {"Get": f"{packaged}.ModelDataUrl"},
            "Environment": {"version": {"Get": "Steps.Register-RegisterModel.ModelPackageArn"}},
        }
    },
}
registering = unique("registering")
create(registering, [text("Group")], model, register)
execution = start(registering, Group=group)
equal(ended(execution), "Succeeded")
made = steps(execution)
version = made["Register-RegisterModel"]["Metadata"]["RegisterModel"]["Arn"]
described = sagemaker.describe_model_package(ModelPackageName=version)
equal((described["ModelPackageGroupName"], described["ModelPackageVersion"]), (group, 1))
equal(described["ModelApprovalStatus"], "Approved")
arn = made["Create-CreateModel"]["Metadata"]["Model"]["Arn"]
name = arn.split("/")[1]
assert name.startswith(f"pipelines-{execution.split('/')[-1]}-Create-CreateModel-"), name
shown = sagemaker.describe_model(ModelName=name)
equal((shown["ModelArn"], shown["ExecutionRoleArn"]), (arn, ROLE))
equal(shown["PrimaryContainer"]["Environment"], {"version": version})
tags = {tag["Key"]: tag["Value"] for tag in sagemaker.list_tags(ResourceArn=arn)["Tags"]}
equal(tags["sagemaker:pipeline-execution-arn"], execution)
again = start(registering, Group="no such group!")
equal(ended(again), "Failed")
assert "Failed to invoke sagemaker:CreateModelPackage" in steps(again)["Register-RegisterModel"]["FailureReason"]

# The cache: what is in the key runs again when it changes, what isn't doesn't.
s3.put_object(Bucket=store, Key="code/make.py", Body=b"open('/opt/ml/processing/out/made', 'w').write('yes')")
code = {"S3Uri": f"s3://{store}/code", "LocalPath": "/opt/ml/processing/code", "S3DataType": "S3Prefix", "S3InputMode": "File"}
out = {"S3Uri": {"Get": "Parameters.Out"}, "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}
make = {
    "Name": "Make",
    "Type": "Processing",
    "CacheConfig": {"Enabled": True, "ExpireAfter": "PT1H"},
    "Arguments": {
        "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", "/opt/ml/processing/code/make.py"]},
        "Environment": {"COLOUR": {"Get": "Parameters.Colour"}},
        "ProcessingInputs": [{"InputName": "code", "S3Input": code}],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "made", "S3Output": out}]},
        "ProcessingResources": {"ClusterConfig": CLUSTER},
    },
}
where = {"Get": "Steps.Make.ProcessingOutputConfig.Outputs['made'].S3Output.S3Uri"}
use = {
    "Name": "Use",
    "Type": "Condition",
    "Arguments": {"Conditions": [{"Type": "Equals", "LeftValue": where, "RightValue": f"s3://{store}/first"}]},
}
caching = unique("caching")
create(caching, [text("Out"), text("Colour", "red")], make, use)
first = start(caching, Out=f"s3://{store}/first")
equal(ended(first), "Succeeded")
ran = steps(first)["Make"]
assert "CacheHitResult" not in ran
second = start(caching, Out=f"s3://{store}/second")
third = start(caching, Out=f"s3://{store}/third", Colour="blue")
equal((ended(second), ended(third)), ("Succeeded", "Succeeded"))
found = steps(second)
equal(found["Make"]["CacheHitResult"], {"SourcePipelineExecutionArn": first})
equal((found["Make"]["StepStatus"], found["Make"]["Metadata"]), ("Succeeded", ran["Metadata"]))
equal(found["Use"]["Metadata"]["Condition"]["Outcome"], "True")
assert "CacheHitResult" not in steps(third)["Make"]
equal(steps(third)["Use"]["Metadata"]["Condition"]["Outcome"], "False")
equal(s3.list_objects_v2(Bucket=store, Prefix="second/")["KeyCount"], 0)

# Refused, in words, when the pipeline is created.
for words, step in (
    ("FunctionArn", {"Name": "A", "Type": "Lambda", "Arguments": {}}),
    ("ExpireAfter", {**make, "CacheConfig": {"Enabled": True, "ExpireAfter": "soon"}}),
    ("only one of", {**make, "RetryPolicies": [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 1, "ExpireAfterMin": 1}]}),
    ("RetryPolicies are for", {**call, "RetryPolicies": [{"ExceptionType": "Step.THROTTLING"}]}),
    ("ExceptionType", {**make, "RetryPolicies": [{"ExceptionType": ["SageMaker.BAD_LUCK"]}]}),
    ("'Colour' is no argument", {**make, "Arguments": {**make["Arguments"], "Colour": "red"}}),
    ("has no output parameter 'sum'", {**compare, "Arguments": {"Conditions": [{"Type": "Equals", "LeftValue": output("sum"), "RightValue": 1}]}}),
    *((kind, {"Name": "A", "Type": kind, "Arguments": {}}) for kind in ("Transform", "Tuning", "AutoML", "QualityCheck", "ClarifyCheck", "EMR")),
):
    definition = {"Parameters": [text("Out"), text("Colour"), text("Function"), number], "Steps": [step]}
    if step["Name"] == "Compare":
        definition["Steps"].append(call)
    refused(
        "ValidationException",
        words,
        sagemaker.create_pipeline,
        PipelineName=unique("refused"),
        RoleArn=ROLE,
        PipelineDefinition=json.dumps(definition),
        ClientRequestToken=token(),
    )

for pipeline in (calling, registering, caching):
    sagemaker.delete_pipeline(PipelineName=pipeline, ClientRequestToken=token())
functions.delete_function(FunctionName=twice)
