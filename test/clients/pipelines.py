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


def fail(name, message, depends_on=()):
    return {"Name": name, "Type": "Fail", "DependsOn": list(depends_on), "Arguments": {"ErrorMessage": message}}


def branching(name, if_steps, else_steps, depends_on=()):
    step = compare(name, depends_on)
    step["Arguments"] |= {"IfSteps": if_steps, "ElseSteps": else_steps}
    return step


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

# Steps of the branch that isn't taken, and those that depend on them, don't run and aren't listed.
where = [{"Get": f"Execution.{variable}"} for variable in ("PipelineName", "PipelineArn", "PipelineExecutionId", "PipelineExecutionArn")]
steps_of_branches = [
    branching("Gate", [compare("Red")], [compare("NotRed"), branching("Inner", [], [compare("Innermost")])]),
    compare("AfterGate", ["Gate"]),
    compare("AfterRed", ["Red"]),
    compare("AfterInnermost", ["Innermost", "AfterGate"]),
    fail("Last", {"Std:Join": {"On": " ", "Values": where}}, ["AfterInnermost"]),
]
experiment = {"ExperimentName": {"Get": "Execution.PipelineName"}, "TrialName": {"Std:Join": {"On": " ", "Values": [{"Get": "Parameters.Colour"}, {"Get": "Execution.CurrentDateTime"}]}}}
sagemaker.update_pipeline(
    PipelineName=name,
    PipelineDefinition=json.dumps({**json.loads(definition(*steps_of_branches)), "PipelineExperimentConfig": experiment}),
)
branched = sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken=token())["PipelineExecutionArn"]
failed = ended(branched)
equal((failed["PipelineExecutionStatus"], failed["FailureReason"]), ("Failed", "Step failure: One or multiple steps failed."))
# The experiment is named once: the time in it is that of the start, however often it is asked.
named = failed["PipelineExperimentConfig"]
equal((named["ExperimentName"], named["TrialName"].split(" ")[0]), (name, "green"))
equal(sagemaker.describe_pipeline_execution(PipelineExecutionArn=branched)["PipelineExperimentConfig"], named)
pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
    PipelineExecutionArn=branched, SortOrder="Ascending", PaginationConfig={"PageSize": 2}
)
listed = [step for page in pages for step in page["PipelineExecutionSteps"]]
first, *between, last = [step["StepName"] for step in listed]
equal((first, sorted(between), last), ("Gate", ["AfterGate", "AfterInnermost", "Inner", "Innermost", "NotRed"], "Last"))
equal(listed[-1]["FailureReason"], " ".join((name, arn, branched.split("/")[-1], branched)))
equal(listed[-1]["Metadata"], {"Fail": {"ErrorMessage": listed[-1]["FailureReason"]}})
(summary,) = sagemaker.list_pipeline_executions(PipelineName=name, MaxResults=1)["PipelineExecutionSummaries"]
equal((summary["PipelineExecutionArn"], summary["PipelineExecutionStatus"]), (branched, "Failed"))
equal(sagemaker.describe_pipeline(PipelineName=name)["LastRunTime"], summary["StartTime"])

# Neither parameters nor what comes after the selected steps are taken over from a source; what is needed must have one.
other = sagemaker.start_pipeline_execution(
    PipelineName=name,
    ClientRequestToken=token(),
    SelectiveExecutionConfig={"SourcePipelineExecutionArn": branched, "SelectedSteps": [{"StepName": "AfterGate"}]},
    PipelineParameters=[{"Name": "Colour", "Value": "red"}],
)["PipelineExecutionArn"]
equal(ended(other)["PipelineExecutionStatus"], "Succeeded")
ran = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=other)["PipelineExecutionSteps"]
equal({step["StepName"] for step in ran}, {"Gate", "NotRed", "Inner", "Innermost", "AfterGate"})
refused(
    "ValidationException",
    "SourcePipelineExecutionArn",
    sagemaker.start_pipeline_execution,
    PipelineName=name,
    ClientRequestToken=token(),
    SelectiveExecutionConfig={"SelectedSteps": [{"StepName": "AfterGate"}]},
)
refused(
    "ValidationException",
    "Colour",
    sagemaker.start_pipeline_execution,
    PipelineName=name,
    ClientRequestToken=token(),
    PipelineParameters=[{"Name": "Colour", "Value": "red"}, {"Name": "Colour", "Value": "blue"}],
)

sagemaker.delete_pipeline(PipelineName=name, ClientRequestToken=token())
refused("ResourceNotFound", "does not exist", sagemaker.describe_pipeline, PipelineName=name)
