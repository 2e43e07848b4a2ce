/** What one key of `mlops.yaml` means, and what an onboarding record's floors demand of it. */
type Meaning = { means: string; floor?: string };

/** By path; `[]` stands for each entry of a list, `.*` for each name that an author chooses. */
export const policyMeanings: Readonly<Record<string, Meaning>> = {
  apiVersion: { means: 'Version of this file.' },
  model: { means: "The model's name.", floor: "The record's model." },
  riskTier: { means: 'How much harm a wrong answer can do; shown to the stewards and on the model card.' },
  data: {
    means:
      'Where the training data lies. The first entry reaches the pipeline as `DataUri`, every other as `DataUri_<name>`.',
  },
  'data[].name': { means: 'Name of the source, unique.' },
  'data[].uri': {
    means: 'Prefix in S3 whose objects are frozen, with their versions, when the run is accepted.',
    floor: "Below one of the record's data locations.",
  },
  pipeline: { means: 'The SageMaker pipeline that trains and evaluates.' },
  'pipeline.definition': { means: 'File with the definition, schema 2020-12-01.' },
  'pipeline.parameters': {
    means: "Values for the definition's own parameters; the reserved ones are filled by the platform.",
  },
  'pipeline.parameters.*': { means: 'Value of one parameter.' },
  evaluation: { means: 'How a candidate is judged.' },
  'evaluation.report': { means: 'Name of the report below `<OutputUri>/evaluation/`.' },
  'evaluation.gates': {
    means:
      'Rules on the report; every one must hold. Each has exactly one of `min`, `max`, and `versus` with `maxRegression`.',
    floor: "For each of the record's gates, one as strict or stricter on the same metric.",
  },
  'evaluation.gates[].metric': {
    means: 'Path to a number of the report, dots between keys, `*` for every key of a level.',
  },
  'evaluation.gates[].min': { means: 'The metric must be at least this.', floor: "At least the record's `min`." },
  'evaluation.gates[].max': { means: 'The metric must be at most this.', floor: "At most the record's `max`." },
  'evaluation.gates[].versus': {
    means:
      'Compare with the version that is live in the last environment, on the same rows. Passes while nothing is live.',
  },
  'evaluation.gates[].maxRegression': {
    means: 'How much worse than the champion the metric may be.',
    floor: "At most the record's `maxRegression`.",
  },
  'evaluation.gates[].better': { means: 'Which way the metric is better.' },
  'evaluation.gates[].minRows': {
    means: 'With fewer `rows` beside the metric the gate can not be told and the verdict is inconclusive.',
    floor: "At least the record's `minRows`.",
  },
  approval: { means: 'Who is asked, and for how long.' },
  'approval.stewards': { means: 'The people who decide.' },
  'approval.stewards.group': { means: 'Path of their GitLab group.', floor: "The record's stewards' group." },
  'approval.quorum': { means: 'How many must approve.' },
  'approval.fourEyes': {
    means: 'Whether everybody who is party to the change is kept from deciding.',
    floor: 'True where the record says so.',
  },
  'approval.expiresAfter': {
    means: 'ISO 8601 duration, at most P14D. A review that nobody decides expires and is never approved.',
  },
  environments: {
    means: 'Where the version goes live, in this order.',
    floor: "The record's environments, in its order.",
  },
  'environments[].name': { means: "The environment's name, unique." },
  'environments[].instanceType': { means: 'SageMaker instance type of the endpoint.' },
  'environments[].instanceCount': { means: 'Instances of a new endpoint; an existing one keeps its live count.' },
  'environments[].strategy': { means: 'How traffic moves to the new version. Canary and linear are not offered yet.' },
  'environments[].capture': {
    means: 'Keep requests and answers in S3; off where it is not asked for.',
    floor: 'Present in the environments that the record names.',
  },
  'environments[].capture.percent': { means: 'Share of the requests that is kept.' },
  'environments[].capture.retainDays': {
    means: 'Days until what was kept is deleted.',
  },
  smokeTest: { means: 'What each endpoint must answer before it counts as live.' },
  'smokeTest.records': {
    means:
      'File of inputs, one `{"body", "contentType"}` a line; the answers are those that the candidate gives itself.',
  },
  'smokeTest.tolerance': { means: 'How far a number of an answer may be off.' },
  'smokeTest.latencyP95Ms': {
    means: 'The 95th percentile of the answers’ latency, in milliseconds, must not be above this.',
  },
  monitoring: { means: 'How the live version is watched; without it nothing is, and no schedule is made.' },
  'monitoring.drift': {
    means:
      'Live traffic is compared with what the version was made with, in every environment that captures. Postprocess must leave `training-sample.csv` and `training-sample.json`.',
  },
  'monitoring.drift.schedule': { means: 'When a window is looked at, as EventBridge Scheduler writes it.' },
  'monitoring.drift.window': {
    means: 'Length of a window, ISO 8601 duration from PT5M to P7D. It ends five minutes before the schedule fires.',
  },
  'monitoring.drift.alert': { means: 'When somebody is told.' },
  'monitoring.drift.alert.features': {
    means:
      'Share of the features that must have drifted for the window to be drifted. A drifted answer is enough by itself.',
  },
  'monitoring.drift.alert.consecutive': {
    means:
      'So many drifted windows in a row raise the alarm and open a case; so many recovered ones in a row close it.',
  },
  'monitoring.drift.showUnseenValues': {
    means: 'Whether reports may show values that the training data never had, from 20 occurrences on.',
  },
  'monitoring.latency': { means: 'Answers are held against an objective, in every environment.' },
  'monitoring.latency.slo': { means: 'The objective.' },
  'monitoring.latency.slo.withinMs': {
    means: 'A request is good when it is answered without error within so many milliseconds.',
  },
  'monitoring.latency.slo.target': { means: 'Share of the requests that must be good.' },
  'monitoring.latency.slo.window': { means: 'The span whose budget of bad requests is watched.' },
  feedback: { means: 'How the author hears of a run that did not go live, and of what is seen in production.' },
  'feedback.issueLabels': { means: 'Labels of the GitLab issue.' },
  'feedback.retrain': {
    means:
      "A case of drift trains the live version's commit again on the data of that day, through the same gates and approval.",
  },
  'feedback.retrain.on': { means: 'What is answered with a retraining.' },
  'feedback.retrain.cooldown': {
    means: 'Least time between two retrainings of the model, ISO 8601 duration from PT1H to P30D.',
  },
  'feedback.retrain.maxPerWeek': { means: 'Most retrainings of the model within seven days.' },
};
