import { describe, expect, it } from '@jest/globals';
import { step } from '../../../functions/monitoring/arrange-monitoring.ts';
import { retireEndpoint } from '../../../shared/application/retire-endpoint.ts';
import { fakeHosting } from '../../fakes/sagemaker.ts';
import { COMMIT, NOON } from '../../fakes/sample-records.ts';
import { DRIFT, LATENCY, monitoringWorld, policyWith } from './monitoring-world.ts';

const PROD = { model: 'flight-delays', environment: 'prod' };
const NAME = 'mlops-test-flight-delays-prod-';
const namesIn = (alarms: Map<string, unknown>) => [...alarms.keys()].map((name) => name.replace(NAME, '')).sort();

describe('arranging what watches an environment', () => {
  it('makes the schedule and the alarms that the policy of the live version asks for', async () => {
    const { deps } = await monitoringWorld();
    await expect(step.run(PROD, deps)).resolves.toMatchObject({ outcome: 'arranged' });
    expect(namesIn(deps.alarms.alarms)).toEqual([
      'drift',
      'errors',
      'latency-page',
      'latency-ticket',
      'monitor-silent',
      'no-data',
    ]);
    expect([...deps.schedules.schedules.values()]).toEqual([
      {
        name: 'flight-delays-prod-drift',
        description: expect.stringContaining('flight-delays in prod'),
        expression: 'rate(1 hour)',
        input: '{"model":"flight-delays","environment":"prod","scheduledAt":"<aws.scheduler.scheduled-time>"}',
      },
    ]);
  });

  it('rings for drift after as many windows in a row as the policy says, and takes silence for no good news', async () => {
    const { deps } = await monitoringWorld();
    await step.run(PROD, deps);
    expect(deps.alarms.alarms.get(`${NAME}drift`)).toMatchObject({
      metric: 'DriftBreach',
      dimensions: { Stage: 'test', Model: 'flight-delays', Environment: 'prod' },
      statistic: 'Maximum',
      periodSeconds: 3_600,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      comparison: 'at-least',
      threshold: 1,
      missingData: 'ignore',
    });
    expect(deps.alarms.alarms.get(`${NAME}monitor-silent`)).toMatchObject({
      metric: 'MonitorAlive',
      periodSeconds: 3_600,
      evaluationPeriods: 3,
      missingData: 'breaching',
    });
    for (const [name, alarm] of deps.alarms.alarms)
      expect([name, alarm.missingData]).toEqual([name, name.endsWith('silent') ? 'breaching' : 'ignore']);
  });

  it('gives a first sign of life, so that nobody is woken because nothing has been looked at yet', async () => {
    const { deps } = await monitoringWorld();
    await step.run(PROD, deps);
    const dimensions = { Stage: 'test', Model: 'flight-delays', Environment: 'prod' };
    expect(deps.metrics.points).toEqual([{ name: 'MonitorAlive', value: 1, dimensions, at: NOON }]);
  });

  it('wakes people for some alarms and writes a ticket for others', async () => {
    const { deps } = await monitoringWorld();
    await step.run(PROD, deps);
    const topics = [...deps.alarms.alarms.values()].map(({ name, topicArn }) => [
      name.replace(NAME, ''),
      topicArn.split(':').at(-1),
    ]);
    const page = 'mlops-test-on-call-ml-on-call';
    const ticket = 'mlops-test-tickets-ml-on-call';
    expect(Object.fromEntries(topics)).toEqual({
      drift: page,
      'latency-page': page,
      errors: page,
      'monitor-silent': page,
      'latency-ticket': ticket,
      'no-data': ticket,
    });
  });

  it('says in each alarm which version, whose commit, who approved it, what to do and where to look', async () => {
    const { deps } = await monitoringWorld();
    await step.run(PROD, deps);
    for (const { name, description } of deps.alarms.alarms.values()) {
      expect(description).toContain('Version 7');
      expect(description).toContain(COMMIT.slice(0, 12));
      expect(description).toContain('approved by Stella Steward (@steward-1)');
      expect(description).toContain(`https://mlops.example.com/runbooks/${name.replace(NAME, '')}\n`);
      expect(description).toContain('https://mlops.example.com/models/flight-delays/environments/prod');
      expect(description.length).toBeLessThanOrEqual(1_024);
    }
  });

  it('changes nothing when it is done again', async () => {
    const { deps } = await monitoringWorld();
    await step.run(PROD, deps);
    const before = structuredClone({ alarms: deps.alarms.alarms, schedules: deps.schedules.schedules });
    await step.run(PROD, deps);
    expect({ alarms: deps.alarms.alarms, schedules: deps.schedules.schedules }).toEqual(before);
  });

  it('takes away what a newer version does not ask for', async () => {
    const { deps, live } = await monitoringWorld();
    await step.run(PROD, deps);
    await live(8, policyWith(LATENCY));
    await step.run(PROD, deps);
    expect(namesIn(deps.alarms.alarms)).toEqual(['errors', 'latency-page', 'latency-ticket', 'monitor-silent']);
    expect(deps.alarms.alarms.get(`${NAME}monitor-silent`)).toMatchObject({ metric: 'LatencyMonitorAlive' });
    expect(deps.schedules.schedules.size).toBe(0);
    await live(9, policyWith(undefined));
    await expect(step.run(PROD, deps)).resolves.toEqual({ outcome: 'arranged', alarms: [] });
    expect(deps.alarms.alarms.size).toBe(0);
  });

  it('watches no drift where nothing is captured', async () => {
    const { deps, live } = await monitoringWorld();
    await live(7, policyWith({ ...DRIFT, ...LATENCY }), 'dev');
    await step.run({ ...PROD, environment: 'dev' }, deps);
    expect(deps.schedules.schedules.size).toBe(0);
    expect([...deps.alarms.alarms.keys()].some((name) => name.endsWith('-drift'))).toBe(false);
  });

  it('arranges what watches it also where the policy of another environment can no longer be read', async () => {
    const { deps, live } = await monitoringWorld();
    const other = await live(6, policyWith(LATENCY), 'dev');
    const { get } = deps.runs;
    deps.runs.get = async (runId) =>
      runId === other.runId ? Promise.reject(new Error('The run is damaged.')) : get(runId);
    await expect(step.run(PROD, deps)).rejects.toThrow('damaged');
    expect(deps.alarms.alarms.size).toBe(6);
    expect(deps.schedules.schedules.size).toBe(1);
  });

  it('draws one dashboard for the model, with every environment in which something is live', async () => {
    const { deps, live } = await monitoringWorld();
    await live(7, policyWith({ ...DRIFT, ...LATENCY }), 'dev');
    await step.run(PROD, deps);
    expect([...deps.alarms.dashboards.keys()]).toEqual(['mlops-test-flight-delays']);
    const body = JSON.parse(deps.alarms.dashboards.get('mlops-test-flight-delays') ?? '');
    const titles = body.widgets.filter(({ type }: { type: string }) => type === 'text');
    expect(titles.map(({ properties }: { properties: { markdown: string } }) => properties.markdown)).toEqual([
      expect.stringContaining('in prod'),
      expect.stringContaining('in dev'),
    ]);
    for (const widget of body.widgets) expect(widget.x + widget.width).toBeLessThanOrEqual(24);
    expect(new Set(body.widgets.map(({ x, y }: { x: number; y: number }) => `${x}/${y}`)).size).toBe(
      body.widgets.length,
    );
  });
});

describe('an endpoint that goes', () => {
  const gone = async (status: string | undefined) => {
    const { deps, endpointName } = await monitoringWorld();
    await step.run(PROD, deps);
    const hosting = fakeHosting(() => ({ outcome: 'answered', body: '', latencyMs: 1 }));
    if (status !== undefined) hosting.endpoints.set(endpointName, { status, configName: 'c', variants: [] });
    return { outcome: await retireEndpoint('flight-delays', 'prod', { ...deps, hosting }), deps };
  };

  it.each([undefined, 'Deleting'])('takes its schedule and its alarms with it (%s)', async (status) => {
    const { outcome, deps } = await gone(status);
    expect(outcome).toBe('withdrawn');
    expect(deps.alarms.alarms.size).toBe(0);
    expect(deps.schedules.schedules.size).toBe(0);
  });

  it('is watched as long as it stands, whatever an event says', async () => {
    const { outcome, deps } = await gone('InService');
    expect(outcome).toBe('still-there');
    expect(deps.alarms.alarms.size).toBe(6);
  });
});
