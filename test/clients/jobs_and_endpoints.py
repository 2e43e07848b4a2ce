"""A data scientist's notebook: process data, train, serve two variants, ask them, change their weights, clean up."""

import json

from support import CLUSTER, IMAGE, ROLE, archive, bucket, equal, refused, runtime, s3, sagemaker, unique, until

home = bucket()
name = unique("notebook")

# A processing job writes what the training reads.
s3.put_object(Bucket=home, Key="code/prepare.py", Body=b"open('/opt/ml/processing/out/rows.csv', 'w').write('1,2\\n3,4\\n')")
sagemaker.create_processing_job(
    ProcessingJobName=name,
    RoleArn=ROLE,
    AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", "/opt/ml/processing/code/prepare.py"]},
    ProcessingInputs=[
        {
            "InputName": "code",
            "S3Input": {
                "S3Uri": f"s3://{home}/code",
                "LocalPath": "/opt/ml/processing/code",
                "S3DataType": "S3Prefix",
                "S3InputMode": "File",
            },
        }
    ],
    ProcessingOutputConfig={
        "Outputs": [
            {
                "OutputName": "rows",
                "S3Output": {
                    "S3Uri": f"s3://{home}/rows",
                    "LocalPath": "/opt/ml/processing/out",
                    "S3UploadMode": "EndOfJob",
                },
            }
        ]
    },
    ProcessingResources={"ClusterConfig": CLUSTER},
)
sagemaker.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName=name, WaiterConfig={"Delay": 1})
equal(sagemaker.describe_processing_job(ProcessingJobName=name)["ProcessingJobStatus"], "Completed")

train = """
import json, os
rows = open(os.path.join(os.environ['SM_CHANNEL_TRAIN'], 'rows.csv')).read().split()
json.dump(len(rows), open(os.path.join(os.environ['SM_MODEL_DIR'], 'factor.json'), 'w'))
print('rows=1')
print(f'rows={len(rows)}; last={rows[-1]}')
"""
s3.put_object(Bucket=home, Key="source/sourcedir.tar.gz", Body=archive({"train.py": train}))
sagemaker.create_training_job(
    TrainingJobName=name,
    RoleArn=ROLE,
    AlgorithmSpecification={
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "rows", "Regex": "rows=([0-9]+)"}],
    },
    HyperParameters={
        "sagemaker_program": json.dumps("train.py"),
        "sagemaker_submit_directory": json.dumps(f"s3://{home}/source/sourcedir.tar.gz"),
    },
    InputDataConfig=[
        {
            "ChannelName": "train",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{home}/rows"}},
        }
    ],
    OutputDataConfig={"S3OutputPath": f"s3://{home}/models"},
    ResourceConfig=CLUSTER,
    StoppingCondition={"MaxRuntimeInSeconds": 60},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name, WaiterConfig={"Delay": 1})
job = sagemaker.describe_training_job(TrainingJobName=name)
equal((job["TrainingJobStatus"], job["SecondaryStatus"]), ("Completed", "Completed"))
equal([(metric["MetricName"], metric["Value"]) for metric in job["FinalMetricDataList"]], [("rows", 2.0)])
assert job["TrainingTimeInSeconds"] >= 1 and job["BillableTimeInSeconds"] >= 1
assert s3.head_object(Bucket=home, Key=f"models/{name}/output/model.tar.gz")["ContentLength"] > 0
found = sagemaker.list_training_jobs(NameContains=name, StatusEquals="Completed")["TrainingJobSummaries"]
equal([each["TrainingJobName"] for each in found], [name])

inference = """
import os
def model_fn(model_dir):
    return float(open(os.path.join(model_dir, 'factor.txt')).read())
def input_fn(body, content_type):
    return [float(cell) for cell in body.split(',')]
def predict_fn(row, factor):
    if row[0] < 0:
        raise ValueError('no negative numbers')
    return [factor * cell for cell in row]
"""
for factor in (2, 3):
    key = f"served/{factor}/model.tar.gz"
    s3.put_object(Bucket=home, Key=key, Body=archive({"factor.txt": str(factor), "code/inference.py": inference}))
    sagemaker.create_model(
        ModelName=f"{name}-{factor}",
        ExecutionRoleArn=ROLE,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": f"s3://{home}/{key}",
            "Environment": {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"},
        },
    )
variants = [
    {
        "VariantName": f"times-{factor}",
        "ModelName": f"{name}-{factor}",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": weight,
    }
    for factor, weight in ((2, 1), (3, 0))
]
sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)
sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
equal(sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"], "Creating")
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1})


def ask(body, **more):
    answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Accept="application/json", Body=body, **more)
    return answer["InvokedProductionVariant"], json.loads(answer["Body"].read())


equal(ask("1,2"), ("times-2", [2.0, 4.0]))
equal(ask("1,2", TargetVariant="times-3"), ("times-3", [3.0, 6.0]))
failed = refused("ModelError", "no negative numbers", runtime.invoke_endpoint, EndpointName=name, ContentType="text/csv", Body="-1")
equal((failed["ResponseMetadata"]["HTTPStatusCode"], failed["OriginalStatusCode"]), (424, 500))
call = {"EndpointName": name, "ContentType": "text/csv"}
refused("ValidationError", "6291456", runtime.invoke_endpoint, **call, Body=b"1" * (6 * 1024 * 1024 + 1))
refused("ValidationError", "'inferenceId'", runtime.invoke_endpoint, **call, Body="1", InferenceId="i" * 65)
refused("ValidationError", "TargetModel", runtime.invoke_endpoint, **call, Body="1", TargetModel="other.tar.gz")
refused("ValidationError", "nowhere", runtime.invoke_endpoint, **{**call, "EndpointName": "nowhere"}, Body="1")

sagemaker.update_endpoint_weights_and_capacities(
    EndpointName=name,
    DesiredWeightsAndCapacities=[
        {"VariantName": "times-2", "DesiredWeight": 0},
        {"VariantName": "times-3", "DesiredWeight": 1, "DesiredInstanceCount": 2},
    ],
)
serving = until(
    lambda: sagemaker.describe_endpoint(EndpointName=name), lambda endpoint: endpoint["EndpointStatus"] == "InService"
)
third = serving["ProductionVariants"][1]
equal((third["CurrentWeight"], third["CurrentInstanceCount"]), (1.0, 2))
equal(ask("1,2"), ("times-3", [3.0, 6.0]))

sagemaker.delete_endpoint(EndpointName=name)
sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=name, WaiterConfig={"Delay": 1})
sagemaker.delete_endpoint_config(EndpointConfigName=name)
for factor in (2, 3):
    sagemaker.delete_model(ModelName=f"{name}-{factor}")
sagemaker.delete_training_job(TrainingJobName=name)
sagemaker.delete_processing_job(ProcessingJobName=name)
refused("ResourceNotFound", "", sagemaker.describe_training_job, TrainingJobName=name)
refused("ResourceNotFound", "", sagemaker.describe_processing_job, ProcessingJobName=name)
