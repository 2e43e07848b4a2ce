"""A platform engineer's script over pipelines: versions, executions, parameters, tokens, selected steps, lists."""

import json

from support import ROLE, equal, refused, sagemaker, token, unique, until


def compare(name, depends_on=()):
    condition = {"Type": "Equals", "LeftValue": {"Get": "Parameters.Colour"}, "RightValue": "red"}
    return {
        "Name": name,
        "Type": "Condition",
        "DependsOn": list(depends_on),
        "Arguments": {"Conditions": [condition], "IfSteps": [], "ElseSteps": []},
    }


def definition(*steps):
    parameters = [{"Name": "Colour", "Type": "String", "DefaultValue": "green"}]
    return json.dumps({"Version": "2020-12-01", "Parameters": parameters, "Steps": steps})


def ended(arn):
    return until(
        lambda: sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn),
        lambda execution: execution["PipelineExecutionStatus"] != "Executing",
    )


name = unique("pipeline")
request = {"PipelineName": name, "RoleArn": ROLE, "PipelineDefinition": definition(compare("First"), compare("Second", ["First"]))}
first_token = token()
arn = sagemaker.create_pipeline(**request, ClientRequestToken=first_token, Tags=[{"Key": "a", "Value": "b"}])["PipelineArn"]
equal(sagemaker.create_pipeline(**request, ClientRequestToken=first_token)["PipelineArn"], arn)
refused("ValidationException", "already exists", sagemaker.create_pipeline, **request, ClientRequestToken=token())
equal(sagemaker.describe_pipeline(PipelineName=arn)["PipelineStatus"], "Active")

other = {**request, "PipelineName": unique("refused")}
for bad in (
    "not json",
    json.dumps({"Version": "2020-12-01", "Steps": [{"Name": "A", "Type": "NoSuchType", "Arguments": {}}]}),
    definition(compare("Twice"), compare("Twice")),
    definition(compare("A", ["Nowhere"])),
    definition(compare("A", ["B"]), compare("B", ["A"])),
):
    refused("ValidationException", "", sagemaker.create_pipeline, **{**other, "PipelineDefinition": bad}, ClientRequestToken=token())
refused("ResourceNotFound", "does not exist", sagemaker.describe_pipeline, PipelineName=other["PipelineName"])

start_token = token()
start = {"PipelineName": name, "PipelineParameters": [{"Name": "Colour", "Value": "red"}], "ClientRequestToken": start_token}
execution = sagemaker.start_pipeline_execution(**start, PipelineExecutionDisplayName="run-1")["PipelineExecutionArn"]
equal(sagemaker.start_pipeline_execution(**start)["PipelineExecutionArn"], execution)
refused(
    "ConflictException",
    "",
    sagemaker.start_pipeline_execution,
    **{**start, "PipelineParameters": [{"Name": "Colour", "Value": "blue"}]},
)
refused(
    "ValidationException",
    "Shape",
    sagemaker.start_pipeline_execution,
    PipelineName=name,
    PipelineParameters=[{"Name": "Shape", "Value": "round"}],
    ClientRequestToken=token(),
)
equal(ended(execution)["PipelineExecutionStatus"], "Succeeded")
steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=execution, SortOrder="Ascending")
equal([step["StepName"] for step in steps["PipelineExecutionSteps"]], ["First", "Second"])
equal(steps["PipelineExecutionSteps"][0]["Metadata"]["Condition"]["Outcome"], "True")
parameters = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=execution)
equal(parameters["PipelineParameters"], start["PipelineParameters"])
shown = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=execution)
equal(shown["PipelineDefinition"], request["PipelineDefinition"])
refused(
    "ConflictException", "", sagemaker.stop_pipeline_execution, PipelineExecutionArn=execution, ClientRequestToken=token()
)
refused(
    "ConflictException", "", sagemaker.retry_pipeline_execution, PipelineExecutionArn=execution, ClientRequestToken=token()
)

sagemaker.update_pipeline_execution(PipelineExecutionArn=execution, PipelineExecutionDescription="kept")
equal(ended(execution)["PipelineExecutionDescription"], "kept")
selected = sagemaker.start_pipeline_execution(
    PipelineName=name,
    ClientRequestToken=token(),
    SelectiveExecutionConfig={"SourcePipelineExecutionArn": execution, "SelectedSteps": [{"StepName": "Second"}]},
)["PipelineExecutionArn"]
equal(ended(selected)["PipelineExecutionStatus"], "Succeeded")
taken, ran = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=selected, SortOrder="Ascending")["PipelineExecutionSteps"]
equal(taken["SelectiveExecutionResult"], {"SourcePipelineExecutionArn": execution})
assert "SelectiveExecutionResult" not in ran

equal(sagemaker.update_pipeline(PipelineName=name, PipelineDefinition=definition(compare("Only")))["PipelineVersionId"], 2)
versions = sagemaker.list_pipeline_versions(PipelineName=name)["PipelineVersionSummaries"]
equal([version["PipelineVersionId"] for version in versions], [2, 1])
equal(sagemaker.describe_pipeline(PipelineName=name, PipelineVersionId=1)["PipelineDefinition"], request["PipelineDefinition"])
listed = sagemaker.list_pipeline_executions(PipelineName=name, SortBy="CreationTime", SortOrder="Ascending")
equal([each["PipelineExecutionArn"] for each in listed["PipelineExecutionSummaries"]], [execution, selected])
equal([each["PipelineName"] for each in sagemaker.list_pipelines(PipelineNamePrefix=name)["PipelineSummaries"]], [name])
equal(sagemaker.list_tags(ResourceArn=arn)["Tags"], [{"Key": "a", "Value": "b"}])

sagemaker.delete_pipeline(PipelineName=name, ClientRequestToken=token())
refused("ResourceNotFound", "does not exist", sagemaker.describe_pipeline, PipelineName=name)
