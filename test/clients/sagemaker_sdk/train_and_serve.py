"""A data scientist's notebook: upload rows, process them, fit a scikit-learn estimator, deploy and ask it."""

import numpy
from notebook_session import CODE, FRAMEWORK, ROLE, equal, open_session, unique
from sagemaker.deserializers import CSVDeserializer, JSONDeserializer, NumpyDeserializer
from sagemaker.inputs import TrainingInput
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.serializers import CSVSerializer, JSONSerializer, NumpySerializer
from sagemaker.sklearn import SKLearn, SKLearnModel
from sagemaker.sklearn.processing import SKLearnProcessor

session = open_session()
rows = session.upload_string_as_file_body("1,0,3\n2,1,6\n3,0,7\n4,1,10\n", session.default_bucket(), "rows/rows.csv")
home = f"s3://{session.default_bucket()}"

processor = SKLearnProcessor(**FRAMEWORK, instance_count=1, base_job_name="prepare", sagemaker_session=session)
processor.run(
    code=str(CODE / "prepare.py"),
    inputs=[ProcessingInput(source=f"{home}/rows", destination="/opt/ml/processing/input")],
    outputs=[ProcessingOutput(output_name="rows", source="/opt/ml/processing/output")],
    arguments=["--copies", "2"],
    logs=True,
)
job = processor.latest_job.describe()
equal(job["ProcessingJobStatus"], "Completed")
prepared = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]

script = ScriptProcessor(
    image_uri=processor.image_uri,
    command=["python3"],
    role=ROLE,
    instance_count=1,
    instance_type="ml.m5.large",
    sagemaker_session=session,
    env={"COLOUR": "red"},
    max_runtime_in_seconds=120,
)
script.run(
    code=str(CODE / "prepare.py"),
    inputs=[ProcessingInput(source=rows, destination="/opt/ml/processing/input", input_name="rows")],
    outputs=[ProcessingOutput(source="/opt/ml/processing/output", destination=f"{home}/scripted")],
    wait=False,
)
script.latest_job.wait(logs=False)
equal(script.latest_job.describe()["Environment"], {"COLOUR": "red"})
equal([key.rsplit("/", 1)[1] for key in session.list_s3_files(session.default_bucket(), "scripted/")], ["rows.csv"])

estimator = SKLearn(
    **FRAMEWORK,
    entry_point="train.py",
    source_dir=str(CODE),
    hyperparameters={"intercept": True, "rounds": 3},
    metric_definitions=[{"Name": "train:rmse", "Regex": "train:rmse=(.*?);"}],
    sagemaker_session=session,
    tags=[{"Key": "team", "Value": "risk"}],
)
estimator.fit({"train": TrainingInput(prepared, content_type="text/csv")}, logs="All")
described = session.describe_training_job(estimator.latest_training_job.name)
equal((described["TrainingJobStatus"], described["HyperParameters"]["rounds"]), ("Completed", "3"))
assert estimator.model_data.endswith("/output/model.tar.gz"), estimator.model_data
attached = SKLearn.attach(estimator.latest_training_job.name, sagemaker_session=session)
equal((attached.model_data, attached.hyperparameters()["rounds"]), (estimator.model_data, "3"))

predictor = estimator.deploy(
    initial_instance_count=1, instance_type="ml.m5.large", endpoint_name=unique("line"), serializer=CSVSerializer()
)
endpoint = predictor.endpoint_name
for serializer, deserializer in (
    (CSVSerializer(), CSVDeserializer()),
    (JSONSerializer(), JSONDeserializer()),
    (NumpySerializer(), NumpyDeserializer()),
):
    predictor.serializer, predictor.deserializer = serializer, deserializer
    answered = numpy.array(predictor.predict([[4.0, 0.0], [5.0, 1.0]]), dtype=float).ravel()
    assert numpy.allclose(answered, [9, 12]), (serializer, answered)
predictor.update_endpoint(initial_instance_count=2, instance_type="ml.m5.large")
equal(session.describe_endpoint(endpoint)["ProductionVariants"][0]["CurrentInstanceCount"], 2)
predictor.delete_model()
predictor.delete_endpoint()

model = SKLearnModel(
    model_data=estimator.model_data,
    role=ROLE,
    entry_point="train.py",
    source_dir=str(CODE),
    framework_version="1.2-1",
    sagemaker_session=session,
)
second = model.deploy(initial_instance_count=1, instance_type="ml.m5.large", endpoint_name=unique("model"))
assert numpy.allclose(second.predict(numpy.array([[4.0, 0.0]])), [9])
second.delete_endpoint()
model.delete_model()
