import { NotFound } from '../../shared/domain/faults.ts';
import type {
  EndpointState,
  Hosting,
  ModelRegistry,
  ModelVersion,
  PipelineExecution,
  TrainingPipelines,
} from '../../shared/ports/sagemaker.ts';

type Started = Parameters<TrainingPipelines['start']>[0];
type FakeTrainingPipelines = TrainingPipelines & {
  pipelines: Map<string, Parameters<TrainingPipelines['ensure']>[0]>;
  started: (Started & { arn: string })[];
  logs: Map<string, string[]>;
  /** Ends an execution as SageMaker would. */
  end: (arn: string, changes: Partial<PipelineExecution>) => void;
  /** The next start is refused with this fault. */
  refuseNext: (fault: Error) => void;
};

/** Pipelines in memory: an execution runs until `end` is called. */
export function fakeTrainingPipelines(): FakeTrainingPipelines {
  const pipelines: FakeTrainingPipelines['pipelines'] = new Map();
  const started: FakeTrainingPipelines['started'] = [];
  const executions = new Map<string, PipelineExecution>();
  const logs = new Map<string, string[]>();
  let refusal: Error | undefined;

  function get(arn: string): PipelineExecution {
    const execution = executions.get(arn);
    if (execution === undefined) throw new NotFound(`There is no pipeline execution ${arn}.`);
    return structuredClone(execution);
  }

  return {
    pipelines,
    started,
    logs,
    end: (arn, changes) => {
      executions.set(arn, { ...get(arn), ...changes });
    },
    refuseNext: (fault) => {
      refusal = fault;
    },
    async ensure(pipeline) {
      if (!pipelines.has(pipeline.name)) pipelines.set(pipeline.name, structuredClone(pipeline));
    },
    async start(execution) {
      if (refusal !== undefined) {
        const fault = refusal;
        refusal = undefined;
        throw fault;
      }
      const existing = started.find(({ token }) => token === execution.token);
      if (existing !== undefined) return { arn: existing.arn };
      const arn = `arn:aws:sagemaker:eu-central-1:000000000000:pipeline/${execution.pipelineName}/execution/e${started.length + 1}`;
      started.push({ ...structuredClone(execution), arn });
      executions.set(arn, { arn, displayName: execution.displayName, status: 'Executing', steps: [] });
      return { arn };
    },
    describe: async (arn) => get(arn),
    trainingJob: async (jobArn) => ({
      artifactUri: `s3://mlops-test/runs/job/${jobArn.slice(jobArn.lastIndexOf('/') + 1)}/output/model.tar.gz`,
      image: 'training-image',
    }),
    logTail: async (jobArn, lines) => (logs.get(jobArn) ?? []).slice(-lines),
  };
}

type Registered = Parameters<ModelRegistry['register']>[0];
type FakeModelRegistry = ModelRegistry & {
  groups: Set<string>;
  versions: (ModelVersion & { request: Registered; description: string })[];
};

export function fakeModelRegistry(): FakeModelRegistry {
  const groups = new Set<string>();
  const versions: FakeModelRegistry['versions'] = [];
  function get(modelPackageArn: string) {
    const version = versions.find((known) => known.modelPackageArn === modelPackageArn);
    if (version === undefined) throw new NotFound(`There is no model package ${modelPackageArn}.`);
    return version;
  }
  return {
    groups,
    versions,
    async ensureGroup(group) {
      groups.add(group);
    },
    async register(request) {
      const existing = versions.find((known) => known.request.runId === request.runId);
      if (existing !== undefined) return structuredClone(existing);
      const number = versions.length + 1;
      const version = {
        modelPackageArn: `arn:aws:sagemaker:eu-central-1:000000000000:model-package/${request.group}/${number}`,
        version: number,
        approvalStatus: 'PendingManualApproval' as const,
        properties: { ...request.properties, 'mlops:run': request.runId },
        artifactUri: request.artifactUri,
        image: request.image,
        request: structuredClone(request),
        description: '',
      };
      versions.push(version);
      return structuredClone(version);
    },
    async describe(modelPackageArn) {
      return structuredClone(get(modelPackageArn));
    },
    async setApproval(modelPackageArn, approvalStatus, description) {
      Object.assign(get(modelPackageArn), { approvalStatus, description });
    },
  };
}

type Config = Parameters<Hosting['ensureConfig']>[0];
type Answer = Awaited<ReturnType<Hosting['invoke']>>;
type FakeHosting = Hosting & {
  models: Map<string, Parameters<Hosting['ensureModel']>[0]>;
  configs: Map<string, Config>;
  endpoints: Map<string, EndpointState>;
  /** What an update is to bring: until it has ended, the endpoint has its former configuration. */
  wanted: Map<string, string>;
  deleted: string[];
  /** Ends the change under way as SageMaker would. */
  settle: (name: string, changes?: Partial<EndpointState>) => void;
  /** Ends an update as SageMaker does when the new fleet doesn't come up: in service, on the former configuration. */
  takeBack: (name: string) => void;
  /** What the endpoint answers to an input. */
  answer: (input: string) => Answer;
};

/** Endpoints in memory: a change goes on until `settle` is called. */
export function fakeHosting(answer: (input: string) => Answer = echo): FakeHosting {
  const models: FakeHosting['models'] = new Map();
  const configs: FakeHosting['configs'] = new Map();
  const endpoints: FakeHosting['endpoints'] = new Map();
  const wanted: FakeHosting['wanted'] = new Map();
  const deleted: string[] = [];
  function get(name: string): EndpointState {
    const endpoint = endpoints.get(name);
    if (endpoint === undefined) throw new NotFound(`There is no endpoint ${name}.`);
    return endpoint;
  }
  function countOf(configName: string): number {
    return configs.get(configName)?.instanceCount ?? 1;
  }
  return {
    models,
    configs,
    endpoints,
    wanted,
    deleted,
    answer,
    settle(name, changes = {}) {
      const { configName, ...endpoint } = get(name);
      endpoints.set(name, {
        ...endpoint,
        status: 'InService',
        configName: wanted.get(name) ?? configName,
        ...changes,
      });
      wanted.delete(name);
    },
    takeBack(name) {
      const failureReason =
        'The primary container for production variant main did not pass the ping health check. Please check CloudWatch logs for this endpoint.';
      this.settle(name, { configName: get(name).configName, failureReason });
    },
    async ensureModel(model) {
      if (!models.has(model.name)) models.set(model.name, structuredClone(model));
    },
    async ensureConfig(config) {
      if (!configs.has(config.name)) configs.set(config.name, structuredClone(config));
    },
    async describeEndpoint(name) {
      return structuredClone(endpoints.get(name));
    },
    async describeConfig(name) {
      const config = configs.get(name);
      return config && { modelNames: [config.modelName] };
    },
    async createEndpoint(name, configName) {
      const count = countOf(configName);
      const variants = [{ name: 'main', desiredInstanceCount: count, currentInstanceCount: 0 }];
      endpoints.set(name, { status: 'Creating', configName, variants });
    },
    async updateEndpoint(name, configName) {
      const { failureReason: _former, ...endpoint } = get(name);
      endpoints.set(name, { ...endpoint, status: 'Updating' });
      wanted.set(name, configName);
    },
    async deleteEndpoint(name) {
      endpoints.delete(name);
      deleted.push(name);
    },
    async invoke(_endpointName, body) {
      return this.answer(body);
    },
  };
}

function echo(input: string): Answer {
  return { outcome: 'answered', body: JSON.stringify({ echo: input }), latencyMs: 2 };
}
