"""Every list: its default order, its orders, filters, pages and refusals, over things of each kind."""

import datetime
import json
import time

from support import CLUSTER, IMAGE, ROLE, bucket, equal, refused, sagemaker, token, unique

prefix = unique("list")
home = bucket()
specification = {
    "Containers": [{"Image": IMAGE}],
    "SupportedTransformInstanceTypes": ["ml.m5.large"],
    "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
}
definition = {"Version": "2020-12-01", "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}]}


def command(name):
    """The job whose name ends with b fails."""
    return ["python3", "-c", f"raise SystemExit({int(name.endswith('b'))})"]


def make_model(name):
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE})


def make_config(name):
    variant = {"VariantName": "main", "ModelName": f"{prefix}-a", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


def make_endpoint(name):
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=f"{prefix}-a")


def make_group(name):
    sagemaker.create_model_package_group(ModelPackageGroupName=name)


def make_package(name):
    sagemaker.create_model_package(ModelPackageName=name, InferenceSpecification=specification)


def make_pipeline(name):
    sagemaker.create_pipeline(
        PipelineName=name, RoleArn=ROLE, ClientRequestToken=token(), PipelineDefinition=json.dumps(definition)
    )


def make_training(name):
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=ROLE,
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File", "ContainerEntrypoint": command(name)},
        OutputDataConfig={"S3OutputPath": f"s3://{home}/trained"},
        ResourceConfig=CLUSTER,
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )


def make_processing(name):
    sagemaker.create_processing_job(
        ProcessingJobName=name,
        RoleArn=ROLE,
        AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": command(name)},
        ProcessingResources={"ClusterConfig": CLUSTER},
    )


def check_list(operation, key, name, default):
    """Over three things that were made in the order a, c, b."""
    call = getattr(sagemaker, operation)
    pipelines = operation == "list_pipelines"
    mine = {"PipelineNamePrefix": prefix} if pipelines else {"NameContains": prefix}
    after, before = ("CreatedAfter", "CreatedBefore") if pipelines else ("CreationTimeAfter", "CreationTimeBefore")
    inclusive = operation in ("list_models", "list_endpoint_configs", "list_endpoints")

    def names(**request):
        return "".join(each[name][-1] for each in call(**{**mine, **request})[key])

    in_time = {"SortBy": "CreationTime", "SortOrder": "Ascending"}
    equal(names(), "acb" if default == "Ascending" else "bca")
    equal(names(**in_time), "acb")
    equal(names(SortBy="Name", SortOrder="Ascending"), "abc")
    equal(names(SortBy="Name", SortOrder="Descending"), "cba")
    middle = call(**mine, **in_time)[key][1]["CreationTime"]
    instant = datetime.timedelta(milliseconds=1)
    equal(names(**in_time, **{after: middle}), "cb" if inclusive else "b")
    equal(names(**in_time, **{after: middle - instant}), "cb")
    equal(names(**in_time, **{before: middle}), "a")
    equal(names(**in_time, **{before: middle + instant}), "ac")
    equal(names(**{after: datetime.datetime(2100, 1, 1)}), "")
    paginator = sagemaker.get_paginator(operation)
    pages = list(paginator.paginate(**mine, PaginationConfig={"PageSize": 1}))
    equal("".join(page[key][0][name][-1] for page in pages), names())
    equal([len(page[key]) for page in pages], [1, 1, 1])
    two = paginator.paginate(**mine, PaginationConfig={"MaxItems": 2, "PageSize": 2}).build_full_result()
    rest = paginator.paginate(**mine, PaginationConfig={"StartingToken": two["NextToken"]}).build_full_result()
    equal((len(two[key]), len(rest[key])), (2, 1))
    refused("ValidationException", "NextToken", call, **mine, NextToken="not-a-token")
    refused("ValidationException", "at 'sortBy'", call, SortBy="Nothing")
    refused("ValidationException", "at 'sortOrder'", call, SortOrder="Sideways")
    if not pipelines:
        equal(names(NameContains=f"{prefix}-B".upper()), "b")


KINDS = [
    ("list_models", "Models", "ModelName", make_model, "Descending"),
    ("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName", make_config, "Descending"),
    ("list_endpoints", "Endpoints", "EndpointName", make_endpoint, "Descending"),
    ("list_model_package_groups", "ModelPackageGroupSummaryList", "ModelPackageGroupName", make_group, "Ascending"),
    ("list_model_packages", "ModelPackageSummaryList", "ModelPackageName", make_package, "Ascending"),
    ("list_training_jobs", "TrainingJobSummaries", "TrainingJobName", make_training, "Ascending"),
    ("list_processing_jobs", "ProcessingJobSummaries", "ProcessingJobName", make_processing, "Ascending"),
    ("list_pipelines", "PipelineSummaries", "PipelineName", make_pipeline, "Descending"),
]
for operation, key, name, make, default in KINDS:
    for letter in "acb":
        make(f"{prefix}-{letter}")
        time.sleep(0.005)  # so that no two have the same creation time
    check_list(operation, key, name, default)

for kind, key in (("training", "TrainingJobSummaries"), ("processing", "ProcessingJobSummaries")):
    name, waiter = f"{kind.capitalize()}JobName", sagemaker.get_waiter(f"{kind}_job_completed_or_stopped")
    for letter in "ac":
        waiter.wait(**{name: f"{prefix}-{letter}", "WaiterConfig": {"Delay": 1}})
    try:
        waiter.wait(**{name: f"{prefix}-b", "WaiterConfig": {"Delay": 1}})
        raise AssertionError("a failed job was taken for a completed one")
    except Exception as error:  # noqa: BLE001  botocore's WaiterError
        assert "terminal failure state" in str(error), error
    call = getattr(sagemaker, f"list_{kind}_jobs")
    equal([job[name] for job in call(NameContains=prefix, StatusEquals="Failed")[key]], [f"{prefix}-b"])
    equal(call(NameContains=prefix, StatusEquals="InProgress")[key], [])
    equal(call(NameContains=prefix, SortBy="Status", SortOrder="Descending")[key][0][name], f"{prefix}-b")
    paginator = sagemaker.get_paginator(f"list_{kind}_jobs")
    pages = paginator.paginate(NameContains=prefix, StatusEquals="Failed", PaginationConfig={"PageSize": 1})
    equal([job[name] for page in pages for job in page[key]], [f"{prefix}-b"])
# Of training jobs the status is looked for in the page, as the service says.
first_page = sagemaker.list_training_jobs(NameContains=prefix, StatusEquals="Failed", MaxResults=1)
equal((first_page["TrainingJobSummaries"], "NextToken" in first_page), ([], True))

equal(sagemaker.list_model_package_groups(NameContains=prefix, CrossAccountFilterOption="CrossAccount")["ModelPackageGroupSummaryList"], [])
group = f"{prefix}-a"
for status in ("PendingManualApproval", "Approved", "Rejected"):
    sagemaker.create_model_package(ModelPackageGroupName=group, InferenceSpecification=specification, ModelApprovalStatus=status)


def packages(**request):
    found = sagemaker.list_model_packages(NameContains=prefix, **request)["ModelPackageSummaryList"]
    return [each["ModelPackageArn"].split("model-package/")[1].removeprefix(prefix) for each in found]


equal(packages(), ["-a", "-c", "-b"])
equal(packages(ModelPackageType="Unversioned"), ["-a", "-c", "-b"])
equal(packages(ModelPackageType="Versioned"), ["-a/1", "-a/2", "-a/3"])
equal(packages(ModelPackageType="Both"), ["-a", "-c", "-b", "-a/1", "-a/2", "-a/3"])
equal(packages(ModelPackageGroupName=group, SortOrder="Descending"), ["-a/3", "-a/2", "-a/1"])
equal(packages(ModelPackageGroupName=group, ModelApprovalStatus="Approved"), ["-a/2"])

waiter = sagemaker.get_waiter("endpoint_deleted")
for letter in "abc":
    try:
        sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=f"{prefix}-{letter}", WaiterConfig={"Delay": 1})
    except Exception as error:  # noqa: BLE001  these models can't answer /ping
        assert "Failed" in str(error), error
    sagemaker.delete_endpoint(EndpointName=f"{prefix}-{letter}")
for letter in "abc":
    waiter.wait(EndpointName=f"{prefix}-{letter}", WaiterConfig={"Delay": 1})
    sagemaker.delete_endpoint_config(EndpointConfigName=f"{prefix}-{letter}")
    sagemaker.delete_model(ModelName=f"{prefix}-{letter}")
    sagemaker.delete_training_job(TrainingJobName=f"{prefix}-{letter}")
    sagemaker.delete_processing_job(ProcessingJobName=f"{prefix}-{letter}")
    sagemaker.delete_model_package(ModelPackageName=f"{prefix}-{letter}")
    sagemaker.delete_pipeline(PipelineName=f"{prefix}-{letter}", ClientRequestToken=token())
for number in (1, 2, 3):
    sagemaker.delete_model_package(ModelPackageName=f"{group}/{number}")
for letter in "abc":
    sagemaker.delete_model_package_group(ModelPackageGroupName=f"{prefix}-{letter}")
