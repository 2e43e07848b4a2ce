/** Files by path; `undefined` leaves one out. */
export type Files = Record<string, string | undefined>;

/** Where the tiny repository's data stands; a run that changes its data takes a folder of its own. */
export const dataFolder = (name = 'tiny') => `s3://mlops-data-local/flight-delays/${name}/`;

/** Bigger than what the sample trains on, so that a quota for it stops nobody else. */
export const SCARCE_INSTANCE = 'ml.m5.24xlarge';

const policy = (data: string, instanceType: string) => `apiVersion: mlops/v1
model: flight-delays
data:
  - { name: flights, uri: ${data} }
pipeline:
  definition: pipeline.json
  parameters: { TrainingInstanceType: ${instanceType} }
evaluation:
  gates:
    - { metric: binary_classification_metrics.auc.value, min: 0.70 }
    - { metric: binary_classification_metrics.auc.value, versus: champion, maxRegression: 0.01 }
    - { metric: slices.origin.*.auc, min: 0.65 }
approval:
  stewards: { group: ml-stewards }
environments:
  - { name: dev, instanceType: ml.t2.medium }
  - { name: qa, instanceType: ml.t2.medium }
  - { name: prod, instanceType: ml.m5.large }
smokeTest: { records: golden.jsonl }
`;

const input = (name: string, uri: unknown, folder: string) => ({
  InputName: name,
  S3Input: {
    S3Uri: uri,
    LocalPath: `/opt/ml/processing/input/${folder}`,
    S3DataType: 'S3Prefix',
    S3InputMode: 'File',
  },
});
const output = (name: string) => ({
  OutputName: name,
  S3Output: {
    S3Uri: { 'Std:Join': { On: '/', Values: [{ Get: 'Parameters.OutputUri' }, name] } },
    LocalPath: `/opt/ml/processing/output/${name}`,
    S3UploadMode: 'EndOfJob',
  },
});
const channel = (name: string, uri: unknown) => ({
  ChannelName: name,
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri } },
});

/** Two steps: the smallest pipeline that the gates can judge. */
export const definition = (maxRuntimeInSeconds = 600) => ({
  Version: '2020-12-01',
  Parameters: [
    ...['CodeUri', 'DataUri', 'OutputUri', 'ProcessingImage', 'TrainingImage'].map((Name) => ({
      Name,
      Type: 'String',
    })),
    { Name: 'TrainingInstanceType', Type: 'String', DefaultValue: 'ml.m5.large' },
  ],
  Steps: [
    {
      Name: 'Train',
      Type: 'Training',
      Arguments: {
        AlgorithmSpecification: { TrainingImage: { Get: 'Parameters.TrainingImage' }, TrainingInputMode: 'File' },
        HyperParameters: {
          sagemaker_program: '"train.py"',
          sagemaker_submit_directory: '"/opt/ml/input/data/code"',
        },
        InputDataConfig: [
          channel('data', { Get: 'Parameters.DataUri' }),
          channel('code', { Get: 'Parameters.CodeUri' }),
        ],
        OutputDataConfig: {
          S3OutputPath: { 'Std:Join': { On: '/', Values: [{ Get: 'Parameters.OutputUri' }, 'model'] } },
        },
        ResourceConfig: {
          InstanceCount: 1,
          InstanceType: { Get: 'Parameters.TrainingInstanceType' },
          VolumeSizeInGB: 1,
        },
        StoppingCondition: { MaxRuntimeInSeconds: maxRuntimeInSeconds },
      },
    },
    {
      Name: 'Evaluate',
      Type: 'Processing',
      Arguments: {
        AppSpecification: {
          ImageUri: { Get: 'Parameters.ProcessingImage' },
          ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/evaluate.py'],
        },
        ProcessingInputs: [
          input('code', { Get: 'Parameters.CodeUri' }, 'code'),
          input('model', { Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' }, 'model'),
        ],
        ProcessingOutputConfig: { Outputs: [output('evaluation'), output('postprocess')] },
        ProcessingResources: {
          ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
        },
      },
    },
  ],
});

const METRICS = `{
    "binary_classification_metrics": {"auc": {"value": 0.91}},
    "slices": {"origin": {"JFK": {"auc": 0.9, "rows": 700}}},
    "evaluationData": {"sha256": "ab" * 32, "rows": 700},
}`;

/** Python that leaves the report as `report` says; the variable `good` holds a report that passes. */
export const evaluation = (report: string) => `import json
from pathlib import Path

good = ${METRICS}
good["champion"] = dict(good)
path = Path("/opt/ml/processing/output/evaluation/evaluation.json")
path.parent.mkdir(parents=True, exist_ok=True)
${report}
answers = Path("/opt/ml/processing/output/postprocess/golden-answers.jsonl")
answers.parent.mkdir(parents=True, exist_ok=True)
answers.write_text(json.dumps({"input": "1,2", "contentType": "text/csv", "output": {"late": False}}) + "\\n")
`;

/** Python that trains nothing, in no time, after what \`first\` does. */
export const training = (first = '') => `import os
from pathlib import Path

${first}
Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text(${JSON.stringify('a model')})
`;

const ci = (job: string) => `package:\n  script: [${JSON.stringify(job)}]\n`;

/** A repository whose pipeline takes a second, so that tests can afford many commits. `bundled: false` skips the upload. */
export function tinyRepository(
  changes: Files = {},
  { data = dataFolder(), instanceType = 'ml.m5.large', bundled = true } = {},
): Files {
  return {
    'mlops.yaml': policy(data, instanceType),
    'pipeline.json': `${JSON.stringify(definition(), null, 2)}\n`,
    'train.py': training(),
    'evaluate.py': evaluation('path.write_text(json.dumps(good))'),
    'golden.jsonl': '{"body": "1,2", "contentType": "text/csv"}\n',
    '.gitlab-ci.yml': ci(bundled ? 'mlops bundle .' : 'echo nothing to upload'),
    ...changes,
  };
}
