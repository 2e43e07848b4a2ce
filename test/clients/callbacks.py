"""A pipeline that asks somebody outside by a queue, and is answered, refused and stopped."""

import json

import boto3
from support import ROLE, equal, refused, sagemaker, token, unique, until

sqs = boto3.client("sqs")
queue = sqs.create_queue(QueueName=unique("callbacks"))["QueueUrl"]
name = unique("pipeline")
ask = {
    "Name": "Ask",
    "Type": "Callback",
    "SqsQueueUrl": {"Get": "Parameters.Queue"},
    "Arguments": {"colour": {"Get": "Parameters.Colour"}},
    "OutputParameters": [{"OutputName": "rows", "OutputType": "Integer"}],
}
rows = {"Get": "Steps.Ask.OutputParameters['rows']"}
compare = {
    "Name": "Compare",
    "Type": "Condition",
    "Arguments": {
        "Conditions": [{"Type": "GreaterThan", "LeftValue": rows, "RightValue": 10}],
        "IfSteps": [],
        "ElseSteps": [],
    },
}
parameters = [{"Name": "Queue", "Type": "String"}, {"Name": "Colour", "Type": "String", "DefaultValue": "red"}]
definition = {"Version": "2020-12-01", "Parameters": parameters, "Steps": [ask, compare]}
sagemaker.create_pipeline(
    PipelineName=name, RoleArn=ROLE, PipelineDefinition=json.dumps(definition), ClientRequestToken=token()
)


def start():
    return sagemaker.start_pipeline_execution(
        PipelineName=name, PipelineParameters=[{"Name": "Queue", "Value": queue}], ClientRequestToken=token()
    )["PipelineExecutionArn"]


def told():
    (message,) = until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages", []), bool)
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return json.loads(message["Body"])


def ended(arn):
    return until(
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"],
        lambda status: status not in ("Executing", "Stopping"),
    )


def steps(arn):
    answer = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn, SortOrder="Ascending")
    return answer["PipelineExecutionSteps"]


execution = start()
message = told()
equal((message["pipelineExecutionArn"], message["arguments"], message["status"]), (execution, {"colour": "red"}, "Executing"))
succeed = sagemaker.send_pipeline_execution_step_success
outputs = [{"Name": "rows", "Value": "12"}]
refused("ValidationException", "'columns'", succeed, CallbackToken=message["token"], OutputParameters=[{"Name": "columns", "Value": "1"}])
refused("ValidationException", "Integer", succeed, CallbackToken=message["token"], OutputParameters=[{"Name": "rows", "Value": "many"}])
refused("ResourceNotFound", "0123456789", succeed, CallbackToken="0123456789", OutputParameters=outputs)
answer = {"CallbackToken": message["token"], "OutputParameters": outputs, "ClientRequestToken": token()}
equal(succeed(**answer)["PipelineExecutionArn"], execution)
equal(succeed(**answer)["PipelineExecutionArn"], execution)
refused("ConflictException", "answered", succeed, **{**answer, "ClientRequestToken": token()})
equal(ended(execution), "Succeeded")
asked, compared = steps(execution)
equal(asked["Metadata"]["Callback"]["OutputParameters"], outputs)
equal(compared["Metadata"]["Condition"]["Outcome"], "True")

execution = start()
sagemaker.send_pipeline_execution_step_failure(CallbackToken=told()["token"], FailureReason="nobody is there")
equal(ended(execution), "Failed")
equal((steps(execution)[0]["StepStatus"], steps(execution)[0]["FailureReason"]), ("Failed", "nobody is there"))

execution = start()
message = told()
sagemaker.stop_pipeline_execution(PipelineExecutionArn=execution, ClientRequestToken=token())
stopping = told()
equal((stopping["token"], stopping["status"]), (message["token"], "Stopping"))
equal(sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)["PipelineExecutionStatus"], "Stopping")
sagemaker.send_pipeline_execution_step_failure(CallbackToken=message["token"], FailureReason="stopped")
equal(ended(execution), "Stopped")

# One step at a time, as the pipeline says; three, as the start says; two, from the moment when the execution is told so.
side_by_side = unique("pipeline")
asks = [{**ask, "Name": name, "OutputParameters": []} for name in ("One", "Two", "Three")]
sagemaker.create_pipeline(
    PipelineName=side_by_side,
    RoleArn=ROLE,
    PipelineDefinition=json.dumps({**definition, "Steps": asks}),
    ParallelismConfiguration={"MaxParallelExecutionSteps": 1},
    ClientRequestToken=token(),
)


def running(arn, count):
    found = until(lambda: [step for step in steps(arn) if step["StepStatus"] == "Executing"], lambda found: len(found) >= count)
    equal(len(found), count)
    return found


def all_at_once(**more):
    return sagemaker.start_pipeline_execution(
        PipelineName=side_by_side, PipelineParameters=[{"Name": "Queue", "Value": queue}], ClientRequestToken=token(), **more
    )["PipelineExecutionArn"]


execution = all_at_once()
running(execution, 1)
sagemaker.update_pipeline_execution(PipelineExecutionArn=execution, ParallelismConfiguration={"MaxParallelExecutionSteps": 2})
first, second = running(execution, 2)
failing = {"CallbackToken": first["Metadata"]["Callback"]["CallbackToken"], "FailureReason": "no"}
sagemaker.send_pipeline_execution_step_failure(**failing)
equal(sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)["PipelineExecutionStatus"], "Executing")
succeed(CallbackToken=second["Metadata"]["Callback"]["CallbackToken"])
equal(ended(execution), "Failed")
equal([(step["StepName"], step["StepStatus"]) for step in steps(execution)], [("One", "Failed"), ("Two", "Succeeded")])

# A retry asks again what failed, and keeps what succeeded.
sagemaker.retry_pipeline_execution(PipelineExecutionArn=execution, ClientRequestToken=token())
for step in running(execution, 2):
    succeed(CallbackToken=step["Metadata"]["Callback"]["CallbackToken"])
equal(ended(execution), "Succeeded")
again = {step["StepName"]: step for step in steps(execution)}
equal({name: step["AttemptCount"] for name, step in again.items()}, {"One": 2, "Two": 1, "Three": 1})
equal(again["Two"]["Metadata"], {"Callback": {**second["Metadata"]["Callback"], "OutputParameters": []}})

execution = all_at_once(ParallelismConfiguration={"MaxParallelExecutionSteps": 3})
shown = sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)
equal(shown["ParallelismConfiguration"], {"MaxParallelExecutionSteps": 3})
for step in running(execution, 3):
    succeed(CallbackToken=step["Metadata"]["Callback"]["CallbackToken"])
equal(ended(execution), "Succeeded")
