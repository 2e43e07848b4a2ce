"""A platform engineer's script over the model registry: groups, versions, approval, lifecycle, lists, tags, policy."""

import json

from support import IMAGE, ROLE, equal, refused, sagemaker, token, unique

group = unique("group")
created = sagemaker.create_model_package_group(
    ModelPackageGroupName=group, ModelPackageGroupDescription="flights", Tags=[{"Key": "team", "Value": "risk"}]
)
group_arn = created["ModelPackageGroupArn"]
refused("ValidationException", "already exists", sagemaker.create_model_package_group, ModelPackageGroupName=group)
described = sagemaker.describe_model_package_group(ModelPackageGroupName=group_arn)
equal((described["ModelPackageGroupName"], described["ModelPackageGroupStatus"]), (group, "Completed"))

specification = {
    "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["application/json"],
}
versions = [
    sagemaker.create_model_package(
        ModelPackageGroupName=group,
        ClientToken=token(),
        ModelPackageDescription=f"candidate {number}",
        InferenceSpecification=specification,
        ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://bucket/e.json"}}},
        DriftCheckBaselines={
            "ModelDataQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://bucket/b.json"}}
        },
        CustomerMetadataProperties={"commit": "abc", "run": str(number)},
        ModelCard={"ModelCardStatus": "Draft", "ModelCardContent": json.dumps({"business_details": {}})},
    )["ModelPackageArn"]
    for number in (1, 2, 3)
]
equal([arn.rsplit("/", 1)[1] for arn in versions], ["1", "2", "3"])

sagemaker.update_model_package(
    ModelPackageArn=versions[1],
    ModelApprovalStatus="Approved",
    ApprovalDescription="good enough",
    ModelLifeCycle={"Stage": "Production", "StageStatus": "Approved", "StageDescription": "since today"},
    CustomerMetadataProperties={"ticket": "OPS-1"},
    CustomerMetadataPropertiesToRemove=["commit"],
    ClientToken=token(),
)
second = sagemaker.describe_model_package(ModelPackageName=versions[1])
equal(second["ModelApprovalStatus"], "Approved")
equal(second["ModelLifeCycle"]["Stage"], "Production")
equal(second["CustomerMetadataProperties"], {"run": "2", "ticket": "OPS-1"})
equal(second["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"], "s3://bucket/e.json")
equal(second["ModelCard"]["ModelCardStatus"], "Draft")
bare = sagemaker.describe_model_package(ModelPackageName=versions[1], IncludedData="MetadataOnly")
equal(bare["ModelCard"], {"ModelCardStatus": "Draft", "ModelCardContent": "{}"})

paginator = sagemaker.get_paginator("list_model_packages")
pages = list(paginator.paginate(ModelPackageGroupName=group, SortOrder="Descending", PaginationConfig={"PageSize": 2}))
equal([[p["ModelPackageVersion"] for p in page["ModelPackageSummaryList"]] for page in pages], [[3, 2], [1]])
approved = sagemaker.list_model_packages(ModelPackageGroupName=group, ModelApprovalStatus="Approved")
equal([p["ModelPackageArn"] for p in approved["ModelPackageSummaryList"]], [versions[1]])
batch = sagemaker.batch_describe_model_package(ModelPackageArnList=[versions[0], versions[0] + "9"])
equal(list(batch["ModelPackageSummaries"]), [versions[0]])
equal(list(batch["BatchDescribeModelPackageErrorMap"]), [versions[0] + "9"])

refused(
    "ValidationException",
    "length less than or equal to 50",
    sagemaker.update_model_package,
    ModelPackageArn=versions[0],
    CustomerMetadataProperties={f"key{number}": "x" for number in range(51)},
)
refused(
    "ValidationException",
    "at 'modelApprovalStatus' failed to satisfy constraint: Member must satisfy enum value set",
    sagemaker.update_model_package,
    ModelPackageArn=versions[0],
    ModelApprovalStatus="Perhaps",
)

policy = json.dumps({"Version": "2012-10-17", "Statement": []})
equal(
    sagemaker.put_model_package_group_policy(ModelPackageGroupName=group, ResourcePolicy=policy)["ModelPackageGroupArn"],
    group_arn,
)
equal(sagemaker.get_model_package_group_policy(ModelPackageGroupName=group)["ResourcePolicy"], policy)
sagemaker.delete_model_package_group_policy(ModelPackageGroupName=group)

sagemaker.add_tags(ResourceArn=group_arn, Tags=[{"Key": "team", "Value": "ops"}, {"Key": "stage", "Value": "dev"}])
sagemaker.delete_tags(ResourceArn=group_arn, TagKeys=["stage"])
equal(sagemaker.list_tags(ResourceArn=group_arn)["Tags"], [{"Key": "team", "Value": "ops"}])

model = unique("model")
container = {"ModelPackageName": versions[0]}
refused(
    "ValidationException",
    "Approved",
    sagemaker.create_model,
    ModelName=model,
    ExecutionRoleArn=ROLE,
    PrimaryContainer=container,
)
sagemaker.create_model(
    ModelName=model, ExecutionRoleArn=ROLE, PrimaryContainer={"ModelPackageName": versions[1]}
)
sagemaker.delete_model(ModelName=model)
refused("ValidationException", "Could not find model", sagemaker.describe_model, ModelName=model)

# The same update with the same token counts once; another one with it is a conflict.
update = {"ModelPackageArn": versions[2], "ClientToken": token(), "ApprovalDescription": "too slow"}
sagemaker.update_model_package(**update, ModelApprovalStatus="Rejected")
sagemaker.update_model_package(**update, ModelApprovalStatus="Rejected")
refused("ConflictException", "ClientToken", sagemaker.update_model_package, **update, ModelApprovalStatus="Approved")

# A version can be made from another version, or from a model.
clone = sagemaker.create_model_package(ModelPackageGroupName=group, SourceUri=versions[1], ClientToken=token())["ModelPackageArn"]
cloned = sagemaker.describe_model_package(ModelPackageName=clone)
equal(cloned["InferenceSpecification"], second["InferenceSpecification"])
equal(cloned["ModelMetrics"], second["ModelMetrics"])
equal((cloned["SourceUri"], cloned["ModelApprovalStatus"]), (versions[1], "PendingManualApproval"))
model_arn = sagemaker.create_model(
    ModelName=model, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE, "ModelDataUrl": "s3://bucket/own.tar.gz"}
)["ModelArn"]
of_model = sagemaker.create_model_package(ModelPackageGroupName=group, SourceUri=model_arn, ClientToken=token())["ModelPackageArn"]
containers = sagemaker.describe_model_package(ModelPackageName=of_model)["InferenceSpecification"]["Containers"]
equal(containers, [{"Image": IMAGE, "ModelDataUrl": "s3://bucket/own.tar.gz"}])
sagemaker.delete_model(ModelName=model)
request = {"ModelPackageGroupName": group, "SourceUri": versions[1]}
refused("ValidationException", "not both", sagemaker.create_model_package, **request, InferenceSpecification=specification)
refused("ValidationException", "Could not find model", sagemaker.create_model_package, **{**request, "SourceUri": model_arn})
versions += [clone, of_model]

refused("ConflictException", "still contains", sagemaker.delete_model_package_group, ModelPackageGroupName=group)
for arn in versions:
    sagemaker.delete_model_package(ModelPackageName=arn)
refused("ValidationException", "does not exist", sagemaker.describe_model_package, ModelPackageName=versions[0])
sagemaker.delete_model_package_group(ModelPackageGroupName=group)
refused("ValidationException", "does not exist", sagemaker.describe_model_package_group, ModelPackageGroupName=group)
