"""What is refused, in AWS's words: unknown names, broken constraints, absent operations, requests that aren't any."""

import http.client
import json
import os
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from support import IMAGE, ROLE, equal, refused, runtime, sagemaker, token, unique

account = "arn:aws:sagemaker:eu-central-1:000000000000:"
name = unique("nowhere")
unchecked = boto3.client(
    "sagemaker", config=Config(parameter_validation=False, retries={"max_attempts": 1, "mode": "standard"})
)

# What is not there: ResourceNotFound of pipelines and jobs, ValidationException of all others.
execution = {"PipelineExecutionArn": f"{account}pipeline/{name}/execution/abcdefghijkl"}
variant = {"VariantName": "main", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
for code, words, operation, request in [
    ("ValidationException", "Could not find model", "describe_model", {"ModelName": name}),
    ("ValidationException", "Could not find model", "delete_model", {"ModelName": name}),
    ("ValidationException", "Could not find model", "create_endpoint_config", {"EndpointConfigName": name, "ProductionVariants": [variant]}),
    ("ValidationException", "Could not find endpoint configuration", "describe_endpoint_config", {"EndpointConfigName": name}),
    ("ValidationException", "Could not find endpoint configuration", "delete_endpoint_config", {"EndpointConfigName": name}),
    ("ValidationException", "Could not find endpoint configuration", "create_endpoint", {"EndpointName": name, "EndpointConfigName": name}),
    ("ValidationException", "Could not find endpoint", "describe_endpoint", {"EndpointName": name}),
    ("ValidationException", "Could not find endpoint", "update_endpoint", {"EndpointName": name, "EndpointConfigName": name}),
    ("ValidationException", "Could not find endpoint", "delete_endpoint", {"EndpointName": name}),
    ("ValidationException", "does not exist", "describe_model_package", {"ModelPackageName": name}),
    ("ValidationException", "does not exist", "delete_model_package", {"ModelPackageName": f"{account}model-package/{name}/1"}),
    ("ValidationException", "does not exist", "list_model_packages", {"ModelPackageGroupName": name}),
    ("ValidationException", "does not exist", "describe_model_package_group", {"ModelPackageGroupName": name}),
    ("ValidationException", "does not exist", "delete_model_package_group", {"ModelPackageGroupName": name}),
    ("ValidationException", "does not exist", "put_model_package_group_policy", {"ModelPackageGroupName": name, "ResourcePolicy": "{}"}),
    ("ResourceNotFound", "does not exist", "describe_pipeline", {"PipelineName": name}),
    ("ResourceNotFound", "does not exist", "update_pipeline", {"PipelineName": name}),
    ("ResourceNotFound", "does not exist", "delete_pipeline", {"PipelineName": name, "ClientRequestToken": token()}),
    ("ResourceNotFound", "does not exist", "start_pipeline_execution", {"PipelineName": name, "ClientRequestToken": token()}),
    ("ResourceNotFound", "does not exist", "list_pipeline_executions", {"PipelineName": name}),
    ("ResourceNotFound", "does not exist", "list_pipeline_versions", {"PipelineName": name}),
    ("ResourceNotFound", "does not exist", "describe_pipeline_execution", execution),
    ("ResourceNotFound", "does not exist", "list_pipeline_execution_steps", execution),
    ("ResourceNotFound", "does not exist", "list_pipeline_parameters_for_execution", execution),
    ("ResourceNotFound", "does not exist", "describe_pipeline_definition_for_execution", execution),
    ("ResourceNotFound", "does not exist", "update_pipeline_execution", execution),
    ("ResourceNotFound", "does not exist", "stop_pipeline_execution", {**execution, "ClientRequestToken": token()}),
    ("ResourceNotFound", "does not exist", "retry_pipeline_execution", {**execution, "ClientRequestToken": token()}),
    ("ResourceNotFound", "Requested resource not found.", "describe_training_job", {"TrainingJobName": name}),
    ("ResourceNotFound", "Requested resource not found.", "stop_training_job", {"TrainingJobName": name}),
    ("ResourceNotFound", "Requested resource not found.", "delete_training_job", {"TrainingJobName": name}),
    ("ResourceNotFound", name, "describe_processing_job", {"ProcessingJobName": name}),
    ("ResourceNotFound", name, "stop_processing_job", {"ProcessingJobName": name}),
    ("ResourceNotFound", name, "delete_processing_job", {"ProcessingJobName": name}),
]:
    response = refused(code, words, getattr(sagemaker, operation), **request)
    equal(response["ResponseMetadata"]["HTTPStatusCode"], 400)
try:
    sagemaker.describe_processing_job(ProcessingJobName=name)
except sagemaker.exceptions.ResourceNotFound as error:
    assert name in error.response["Error"]["Message"]

# ARNs of another account, region or kind name nothing here.
group = unique("group")
sagemaker.create_model_package_group(ModelPackageGroupName=group)
for arn in (
    f"arn:aws:sagemaker:eu-central-1:111111111111:model-package-group/{group}",
    f"arn:aws:sagemaker:us-east-1:000000000000:model-package-group/{group}",
    f"{account}model-package/{group}",
):
    refused("ValidationException", f"{arn} does not exist", sagemaker.describe_model_package_group, ModelPackageGroupName=arn)
sagemaker.delete_model_package_group(ModelPackageGroupName=f"{account}model-package-group/{group}")

# Constraints of the service model, which the client does not check or was told not to.
at = "failed to satisfy constraint: Member must"
model = {"ModelName": name, "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": IMAGE}}
for words, operation, request in [
    (f"1 validation error detected: Value 'bad_name' at 'modelName' {at} satisfy regular expression pattern: ", "create_model", {**model, "ModelName": "bad_name"}),
    (f"Value 'role' at 'executionRoleArn' {at} have length greater than or equal to 20", "create_model", {**model, "ExecutionRoleArn": "role"}),
    ("2 validation errors detected: ", "create_model", {**model, "ExecutionRoleArn": "role"}),
    (f"1 validation error detected: Value null at 'modelName' {at} not be null", "create_model", {**model, "ModelName": None}),
    (f"Value null at 'tags.1.member.value' {at} not be null", "create_model", {**model, "Tags": [{"Key": "a"}]}),
    (f"at 'tags' {at} have length less than or equal to 50", "create_model", {**model, "Tags": [{"Key": str(n), "Value": ""} for n in range(51)]}),
    (f"Value 'ml.none' at 'productionVariants.1.member.instanceType' {at} satisfy enum value set: [", "create_endpoint_config", {"EndpointConfigName": name, "ProductionVariants": [{**variant, "InstanceType": "ml.none"}]}),
    (f"Value '0' at 'productionVariants.1.member.initialInstanceCount' {at} have value greater than or equal to 1", "create_endpoint_config", {"EndpointConfigName": name, "ProductionVariants": [{**variant, "InitialInstanceCount": 0}]}),
    (f"Value '[]' at 'productionVariants' {at} have length greater than or equal to 1", "create_endpoint_config", {"EndpointConfigName": name, "ProductionVariants": []}),
    (f"Value '101' at 'maxResults' {at} have value less than or equal to 100", "list_models", {"MaxResults": 101}),
    (f"Value 'Size' at 'sortBy' {at} satisfy enum value set: [", "list_models", {"SortBy": "Size"}),
    ("NextToken", "list_models", {"NextToken": "not a token of this server"}),
]:
    refused("ValidationException", words, getattr(unchecked, operation), **request)
refused("ValidationError", f"Endpoint {name} of account 000000000000 not found.", runtime.invoke_endpoint, EndpointName=name, Body=b"1")

# What is absent says so, whatever it is asked.
for operation in ("search", "create_hyper_parameter_tuning_job", "create_transform_job", "list_trials", "create_model_card"):
    refused("UnknownOperationException", "is not offered by the local SageMaker", getattr(unchecked, operation))
refused("UnknownOperationException", "InvokeEndpointAsync", runtime.invoke_endpoint_async, EndpointName=name, InputLocation="s3://a/b")


def post(target, body, method="POST"):
    address = urlsplit(os.environ["AWS_ENDPOINT_URL_SAGEMAKER"])
    connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.request(method, "/", body, {} if target is None else {"X-Amz-Target": target})
    response = connection.getresponse()
    answer = json.loads(response.read())
    assert response.getheader("x-amzn-requestid") and response.getheader("content-type") == "application/x-amz-json-1.1"
    return response.status, answer.get("__type"), answer


# No signature is asked for, no content type either.
equal(post("SageMaker.ListModels", "")[0], 200)
for target, body, wanted in [
    ("SageMaker.ListModels", "{", "SerializationException"),
    ("SageMaker.ListModels", "[]", "SerializationException"),
    ("SageMaker.ListModels", '{"MaxResults":"5"}', "SerializationException"),
    ("SageMaker.ListModels", '{"CreationTimeAfter":"soon"}', "SerializationException"),
    ("SageMaker.NoSuchThing", "{}", "UnknownOperationException"),
    ("SageMaker.toString", "{}", "UnknownOperationException"),
    ("DynamoDB_20120810.ListTables", "{}", "UnknownOperationException"),
    (None, "{}", "UnknownOperationException"),
]:
    equal(post(target, body)[:2], (400, wanted))
equal(post("SageMaker.ListModels", "", method="GET")[:2], (400, "UnknownOperationException"))
