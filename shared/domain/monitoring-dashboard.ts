import { BURN_WINDOW_NAMES } from './burn-rate.ts';
import { VARIANT } from './capture-place.ts';
import { watchedDimensions } from './watched-dimensions.ts';

/** An environment that the dashboard shows, with the limit of its latency objective where it has one. */
type ShownEnvironment = {
  environment: string;
  endpointName: string;
  withinMs?: number | undefined;
  watchesDrift: boolean;
};

const NAMESPACE = 'MLOps';
/** CloudWatch's grid is 24 wide: three pictures in a row. */
const WIDTH = 8;
const HEIGHT = 6;

type MetricLine = (string | Record<string, unknown>)[];
type Graph = { title: string; metrics: MetricLine[]; annotations?: Record<string, unknown>; period?: number };

export function dashboardNameOf(stage: string, model: string): string {
  return `mlops-${stage}-${model}`;
}

/** The body of a model's CloudWatch dashboard: a row of pictures per environment, drift first. */
export function dashboardOf(
  model: string,
  environments: readonly ShownEnvironment[],
  { stage, region, publicUrl }: { stage: string; region: string; publicUrl: string },
): string {
  const widgets: Record<string, unknown>[] = [];
  let y = 0;
  for (const shown of environments) {
    const page = `${publicUrl}/models/${model}/environments/${shown.environment}`;
    widgets.push({
      type: 'text',
      x: 0,
      y,
      width: 3 * WIDTH,
      height: 1,
      properties: { markdown: `## ${model} in ${shown.environment} · [reports, history and the way back](${page})` },
    });
    y += 1;
    const graphs = [
      ...(shown.watchesDrift ? driftGraphs(stage, model, shown) : []),
      ...latencyGraphs(stage, model, shown),
    ];
    for (const [index, graph] of graphs.entries()) {
      widgets.push({
        type: 'metric',
        x: (index % 3) * WIDTH,
        y: y + Math.floor(index / 3) * HEIGHT,
        width: WIDTH,
        height: HEIGHT,
        properties: { view: 'timeSeries', region, stat: 'Maximum', period: 300, ...graph },
      });
    }
    y += Math.ceil(graphs.length / 3) * HEIGHT;
  }
  return JSON.stringify({ start: '-P3D', widgets });
}

function driftGraphs(stage: string, model: string, { environment }: ShownEnvironment): Graph[] {
  const own = (metric: string, ...more: (string | Record<string, unknown>)[]): MetricLine => [
    NAMESPACE,
    metric,
    ...Object.entries(watchedDimensions(stage, model, environment)).flat(),
    ...more,
  ];
  const search = `SEARCH('{${NAMESPACE},Stage,Model,Environment,Feature} MetricName="FeatureDrift" Stage="${stage}" Model="${model}" Environment="${environment}"', 'Maximum', 3600)`;
  return [
    { title: 'Drifted features', metrics: [own('DriftedFeatureShare'), own('PredictionDrift')] },
    { title: 'Features that moved most', metrics: [[{ expression: search, id: 'features' }]] },
    {
      title: 'Captured rows and their quality',
      metrics: [
        own('WindowRows', { stat: 'Sum' }),
        own('InvalidShare', { yAxis: 'right' }),
        own('CaptureGap', { yAxis: 'right' }),
      ],
    },
  ];
}

function latencyGraphs(
  stage: string,
  model: string,
  { environment, endpointName, withinMs }: ShownEnvironment,
): Graph[] {
  const endpoint = (metric: string, ...more: (string | Record<string, unknown>)[]): MetricLine => [
    'AWS/SageMaker',
    metric,
    'EndpointName',
    endpointName,
    'VariantName',
    VARIANT,
    ...more,
  ];
  const rate = (window: string): MetricLine => [
    NAMESPACE,
    'LatencyBurnRate',
    ...Object.entries(watchedDimensions(stage, model, environment)).flat(),
    'Window',
    window,
  ];
  return [
    {
      title: 'Model latency (µs)',
      metrics: ['p50', 'p90', 'p99'].map((stat) => endpoint('ModelLatency', { stat, label: stat })),
      ...(withinMs !== undefined && {
        annotations: { horizontal: [{ label: 'objective', value: withinMs * 1_000 }] },
      }),
    },
    {
      title: 'Requests and errors',
      metrics: ['Invocations', 'Invocation5XXErrors', 'InvocationModelErrors', 'Invocation4XXErrors'].map((metric) =>
        endpoint(metric, { stat: 'Sum' }),
      ),
    },
    ...(withinMs === undefined
      ? []
      : [{ title: 'Burn rate of the error budget', metrics: BURN_WINDOW_NAMES.map(rate) }]),
  ];
}
