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
