"""Tags on whatever can have them: added, replaced, listed, taken away, at most 50, and gone with what had them."""

import json

import boto3
from botocore.config import Config
from support import IMAGE, ROLE, equal, refused, sagemaker, token, unique

account = "arn:aws:sagemaker:eu-central-1:000000000000:"
name = unique("tagged")
first = [{"Key": "team", "Value": "risk"}]
unchecked = boto3.client("sagemaker", config=Config(parameter_validation=False))
variant = {"VariantName": "main", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
specification = {
    "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz"}],
    "SupportedTransformInstanceTypes": ["ml.m5.large"],
    "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
}
definition = {"Version": "2020-12-01", "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}]}
model = {"ModelName": name, "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": IMAGE}}
arns = [
    sagemaker.create_model(**model, Tags=first)["ModelArn"],
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], Tags=first)["EndpointConfigArn"],
    sagemaker.create_model_package_group(ModelPackageGroupName=name, Tags=first)["ModelPackageGroupArn"],
    sagemaker.create_model_package(ModelPackageName=name, InferenceSpecification=specification, Tags=first)["ModelPackageArn"],
    sagemaker.create_pipeline(
        PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(definition), ClientRequestToken=token(), Tags=first
    )["PipelineArn"],
]
for arn in arns:
    equal(sagemaker.list_tags(ResourceArn=arn)["Tags"], first)
    added = sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "ops"}, {"Key": "empty", "Value": ""}])["Tags"]
    equal({tag["Key"]: tag["Value"] for tag in added}, {"team": "ops", "empty": ""})
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team", "never-there"])
    equal(sagemaker.list_tags(ResourceArn=arn)["Tags"], [{"Key": "empty", "Value": ""}])

arn = arns[0]
sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": f"key-{number}", "Value": "x"} for number in range(49)])
refused("ValidationException", "50", sagemaker.add_tags, ResourceArn=arn, Tags=[{"Key": "one-more", "Value": "x"}])
equal(len(sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn).build_full_result()["Tags"]), 50)
refused("ValidationException", "greater than or equal to 50", unchecked.list_tags, ResourceArn=arn, MaxResults=5)
refused("ValidationException", "aws:", sagemaker.add_tags, ResourceArn=arn, Tags=[{"Key": "aws:mine", "Value": "x"}])
refused(
    "ValidationException", "Duplicate", sagemaker.add_tags, ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
)
refused("ValidationException", "Could not find model", sagemaker.list_tags, ResourceArn=f"{account}model/nowhere")
refused("ResourceNotFound", "nowhere", sagemaker.list_tags, ResourceArn=f"{account}training-job/nowhere")
refused("ValidationException", "", sagemaker.list_tags, ResourceArn=f"arn:aws:sagemaker:us-east-1:000000000000:model/{name}")
refused("ValidationException", "at 'resourceArn'", sagemaker.list_tags, ResourceArn="model")

# What has reserved tags isn't made at all.
other = {**model, "ModelName": unique("reserved")}
refused("ValidationException", "aws:", sagemaker.create_model, **other, Tags=[{"Key": "aws:mine", "Value": "x"}])
refused("ValidationException", "Could not find", sagemaker.describe_model, ModelName=other["ModelName"])

sagemaker.delete_endpoint_config(EndpointConfigName=name)
sagemaker.delete_model(ModelName=name)
equal(sagemaker.create_model(**model)["ModelArn"], arn)
equal(sagemaker.list_tags(ResourceArn=arn)["Tags"], [])
sagemaker.delete_model(ModelName=name)
sagemaker.delete_model_package(ModelPackageName=name)
sagemaker.delete_model_package_group(ModelPackageGroupName=name)
sagemaker.delete_pipeline(PipelineName=name, ClientRequestToken=token())
