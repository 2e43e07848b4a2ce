import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { MAX_POLICY_BYTES, parsePolicyFile } from '../../../shared/adapters/policy-file.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { problemLine } from '../../../shared/domain/problem.ts';
import { samplePolicy } from '../domain/sample-policy.ts';
import '../../harness/repeatable-properties.ts';

const sample = readFileSync(new URL('../../../ml/flight-delays/mlops.yaml', import.meta.url), 'utf8');
const bytes = (text: string) => new TextEncoder().encode(text);

function linesOf(text: string): string[] {
  const reading = parsePolicyFile(bytes(text));
  return 'problems' in reading ? reading.problems.map(problemLine) : [];
}

/** The sample with one line replaced, and the number of that line. */
function changed(search: string | RegExp, replacement: string): { text: string; line: number } {
  const index = typeof search === 'string' ? sample.indexOf(search) : sample.search(search);
  if (index < 0) throw new Error(`The sample has no ${String(search)}`);
  return { text: sample.replace(search, replacement), line: sample.slice(0, index).split('\n').length };
}

describe('mlops.yaml', () => {
  it('is read as the sample repository writes it', () => {
    expect(linesOf(sample)).toEqual([]);
    expect(parsePolicyFile(bytes(sample))).toMatchObject({
      policy: {
        model: 'flight-delays',
        approval: { fourEyes: true, quorum: 1 },
        feedback: { issueLabels: ['model-feedback'] },
      },
    });
  });

  it.each([
    ['an unknown key', 'riskTier: high', 'riskTier: high\nowner: me', 1, '`owner` is not a known key'],
    [
      'an unknown key deep inside',
      'expiresAfter: P3D',
      'expireAfter: P3D',
      0,
      '`approval.expireAfter` is not a known key',
    ],
    ['a wrong type', 'quorum: 1', 'quorum: one', 0, 'approval.quorum must be `1`'],
    ['a wrong word', 'riskTier: high', 'riskTier: huge', 0, 'riskTier must be `low` or `medium` or `high`'],
    ['a wrong version', 'apiVersion: mlops/v1', 'apiVersion: mlops/v2', 0, 'apiVersion must be `mlops/v1`'],
    [
      'a wrong name',
      'model: flight-delays',
      'model: Flight_Delays',
      0,
      'model must be lower-case letters, digits and single hyphens',
    ],
    ['no four eyes but a text', 'fourEyes: true', 'fourEyes: "yes"', 0, 'approval.fourEyes must be true or false'],
    ['an expiry that is too long', 'expiresAfter: P3D', 'expiresAfter: P30D', 0, 'at most P14D'],
    ['an expiry that is none', 'expiresAfter: P3D', 'expiresAfter: 3 days', 0, 'ISO 8601 duration'],
    [
      'an environment that stands there twice',
      'name: qa',
      'name: dev',
      0,
      'environments[1].name `dev` stands there twice',
    ],
    [
      'a canary',
      /strategy: all-at-once }$/m,
      'strategy: canary }',
      0,
      'strategy `canary` is not offered yet; use all-at-once.',
    ],
    [
      'a canary with its percents',
      /strategy: all-at-once }$/m,
      'strategy: { canary: { percent: 10 } } }',
      0,
      'strategy `canary` is not offered yet',
    ],
    [
      'a rollback rule',
      /strategy: all-at-once }$/m,
      'rollback: { errorRate: 0.01 } }',
      0,
      'environments[0].rollback is not offered yet',
    ],
    ['a quorum', 'quorum: 1', 'quorum: 2', 0, 'approval.quorum 2 is not offered yet; use 1.'],
    ['reminders', 'quorum: 1', 'remindEvery: PT8H', 0, 'approval.remindEvery is not offered yet'],
    [
      'another span for what is captured',
      /strategy: all-at-once }$/m,
      'capture: { percent: 5, retainDays: 60 } }',
      0,
      'environments[0].capture.retainDays',
    ],
    [
      'a window that is no duration',
      'window: PT1H',
      'window: an hour',
      0,
      'monitoring.drift.window must be an ISO 8601 duration such as PT1H, from PT5M to P7D.',
    ],
    ['a window that is too long', 'window: PT1H', 'window: P8D', 0, 'from PT5M to P7D'],
    ['a schedule that is none', 'schedule: rate(1 hour)', 'schedule: hourly', 0, 'monitoring.drift.schedule'],
    [
      'a schedule that leaves out days',
      'schedule: rate(1 hour)',
      'schedule: cron(0 8 ? * MON-FRI *)',
      0,
      'monitoring.drift.schedule must fire at least once on every day',
    ],
    [
      'an alarm that would have to look back too far',
      /schedule: rate\(1 hour\)([\s\S]*?)consecutive: \d/,
      'schedule: rate(1 day)$1consecutive: 8',
      2,
      'monitoring.drift.alert.consecutive windows must lie within 7 days',
    ],
    ['an alert that nothing can reach', 'features: 0.3', 'features: 3', 0, 'monitoring.drift.alert.features'],
    [
      'monitoring of drift where nothing is captured',
      '    capture: { percent: 100, retainDays: 30 }\n',
      '',
      6,
      'monitoring.drift needs an environment that captures',
    ],
    ['an objective that allows no error', 'target: 0.99', 'target: 1', 0, 'monitoring.latency.slo.target'],
    [
      'a cool-down that is too short',
      'cooldown: P1D',
      'cooldown: PT5M',
      0,
      'feedback.retrain.cooldown must be an ISO 8601 duration such as P1D, from PT1H to P30D.',
    ],
    ['a retraining a day', 'maxPerWeek: 3', 'maxPerWeek: 8', 0, 'feedback.retrain.maxPerWeek'],
    [
      'a gate with two rules',
      'min: 0.70',
      'min: 0.70, max: 0.9',
      0,
      'evaluation.gates[0] must have a metric and exactly one rule',
    ],
    ['a gate without a rule', ', min: 0.70', '', 0, 'exactly one rule'],
    ['a gate on no number', 'min: 0.70', 'min: high', 0, 'evaluation.gates[0].min must be a number'],
    [
      'a gate with an unknown key',
      'min: 0.70',
      'min: 0.70, minimum: 3',
      0,
      '`evaluation.gates[0].minimum` is not a known key',
    ],
    [
      'a gate that forgets maxRegression',
      ', maxRegression: 0.01',
      '',
      0,
      'evaluation.gates[1].maxRegression is missing',
    ],
    [
      'a gate on an unknown metric',
      'auc.value, min',
      'auk.value, min',
      0,
      '`binary_classification_metrics.auk.value` is an unknown metric',
    ],
    ['a gate on a group of values', 'auc.value, min', 'auc, min', 0, 'write `binary_classification_metrics.auc.value`'],
    [
      'a gate on an unknown group',
      'slices.origin.*.auc',
      'slizes.origin.*.auc',
      0,
      'is an unknown metric: it must begin with',
    ],
    ['a slice without its metric', 'slices.origin.*.auc', 'slices.origin.*', 0, 'is no metric of a slice'],
    [
      'a path out of the repository',
      'definition: pipeline.json',
      'definition: ../pipeline.json',
      0,
      'pipeline.definition must be the path of a file in the repository',
    ],
    [
      'data that is no S3 address',
      's3://mlops-data-local/flight-delays/',
      '/home/dana/flights',
      0,
      'data[0].uri must be',
    ],
    ['a key that stands there twice', 'riskTier: high', 'riskTier: high\nriskTier: low', 1, 'A key stands there twice'],
    [
      'an instance type that is none',
      'instanceType: ml.t2.medium',
      'instanceType: t2.medium',
      0,
      'environments[0].instanceType must be a SageMaker instance type such as ml.m5.large',
    ],
    [
      'an instance count of none',
      'instanceCount: 1',
      'instanceCount: 0',
      0,
      'environments[0].instanceCount must be at least 1',
    ],
    [
      'a parameter that is a list',
      'TrainingInstanceType: ml.m5.large',
      'TrainingInstanceType: [a]',
      0,
      'pipeline.parameters.TrainingInstanceType must be a text, a number, true or false',
    ],
  ])('refuses %s with its line', (_case, search, replacement, below, says) => {
    const { text, line } = changed(search, replacement);
    expect(linesOf(text)).toEqual([expect.stringMatching(new RegExp(`^mlops\\.yaml:${line + below}: `))]);
    expect(linesOf(text)[0]).toContain(says);
  });

  it('refuses retraining on drift that nobody watches', () => {
    const text = sample.replace(/^ {2}drift:[\s\S]*?(?= {2}latency:)/m, '');
    expect(linesOf(text)).toEqual([
      expect.stringContaining('feedback.retrain answers a case of drift: add monitoring.drift, or remove it.'),
    ]);
  });

  it('says how a model is watched in few words: the rest has defaults', () => {
    const text = sample.replace(/^monitoring:[\s\S]*?(?=^feedback:)/m, 'monitoring: { drift: {} }\n\n');
    expect(parsePolicyFile(bytes(text))).toMatchObject({
      policy: {
        monitoring: {
          drift: {
            schedule: 'rate(1 hour)',
            window: 'PT1H',
            alert: { features: 0.3, consecutive: 2 },
            showUnseenValues: false,
          },
        },
      },
    });
  });

  it('names what is missing at the group where it belongs', () => {
    expect(linesOf(sample.replace(/^model:.*\n/m, ''))).toEqual([
      expect.stringContaining('model is missing; it must be a text.'),
    ]);
    const { text, line } = changed(/\n {2}stewards:.*\n/, '\n');
    expect(linesOf(text)).toEqual([
      `mlops.yaml:${line + 1}: approval.stewards is missing; it must be a group of keys.`.replace(
        `:${line + 1}:`,
        `:${line}:`,
      ),
    ]);
  });

  it('names several problems in the order of the file', () => {
    const text = sample
      .replace('riskTier: high', 'riskTier: huge')
      .replace('quorum: 1', 'quorum: 2')
      .replace('tolerance: 0.001', 'tolerance: -1');
    expect(linesOf(text).map((line) => line.replace(/^mlops\.yaml:\d+: (\S+).*/, '$1'))).toEqual([
      'riskTier',
      'approval.quorum',
      'smokeTest.tolerance',
    ]);
  });

  it('names each key that stands there again, with its line', () => {
    const text = sample
      .replace('riskTier: high', 'riskTier: high\nriskTier: low')
      .replace('quorum: 1', 'quorum: 1\n  quorum: 1');
    const line = (search: string) => text.slice(0, text.indexOf(search)).split('\n').length;
    expect(linesOf(text)).toEqual([
      `mlops.yaml:${line('riskTier: low')}: A key stands there twice: keys are unique.`,
      `mlops.yaml:${line('  quorum: 1\n  quorum') + 1}: A key stands there twice: keys are unique.`,
    ]);
  });

  it.each([
    ['an indentation that fits nowhere', 'quorum: 1', ' quorum: 1\n  fourEyes: true', 0],
    ['a brace that stays open', /strategy: all-at-once }$/m, 'strategy: all-at-once', 1],
    ['an alias of nothing', 'riskTier: high', 'riskTier: *high', 0],
    ['a key that is a list', 'riskTier: high', '? [riskTier]\n: high', undefined],
  ])('refuses %s and says where to look', (_case, search, replacement, below) => {
    const { text, line } = changed(search, replacement);
    expect(linesOf(text)).toEqual([
      expect.stringMatching(
        /^mlops\.yaml:\d+: The file is not YAML: .+\. Look at this line and at the one above it\.$/,
      ),
    ]);
    if (below !== undefined) expect(linesOf(text)[0]).toMatch(new RegExp(`^mlops\\.yaml:${line + below}: `));
  });

  it.each([
    ['is empty', '', 'The file is empty'],
    ['holds only a comment', '# later\n', 'The file is empty'],
    ['is a list', '- a\n', 'the document must be a group of keys'],
    ['is no YAML', 'model: [a\n', 'The file is not YAML'],
    ['holds two documents', `${sample}\n---\nmodel: x\n`, 'more than one YAML document'],
    ['is too large', `# ${'x'.repeat(MAX_POLICY_BYTES)}`, `at most ${MAX_POLICY_BYTES} are read`],
  ])('refuses a file that %s', (_case, text, says) => {
    expect(linesOf(text)).toEqual([expect.stringContaining(says)]);
  });

  it('refuses bytes that are no text', () => {
    expect(parsePolicyFile(new Uint8Array([0xff, 0xfe]))).toEqual({
      problems: [expect.objectContaining({ sentence: 'The file is not UTF-8 text.' })],
    });
  });

  it('refuses a bomb of aliases quickly', () => {
    const levels = 'bcdefghij'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(', ')}]`);
    expect(linesOf(['a: &a [x, x, x, x, x, x, x, x, x]', ...levels].join('\n'))).toEqual([
      expect.stringContaining('too many YAML aliases'),
    ]);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => dump(value)),
          fc
            .tuple(fc.nat(sample.length), fc.string())
            .map(([at, text]) => sample.slice(0, at) + text + sample.slice(at)),
        ),
        (text) => {
          const reading = parsePolicyFile(bytes(text));
          return 'policy' in reading || (reading.problems.length > 0 && reading.problems.length <= 20);
        },
      ),
    );
  });
});

describe('properties of the policy file', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const gate = fc.oneof(
    share.map((min) => ({ metric: 'binary_classification_metrics.auc.value', min })),
    share.map((max) => ({ metric: 'regression_metrics.mse.value', max, minRows: 3 })),
    share.map((maxRegression) => ({
      metric: 'slices.origin.*.auc',
      versus: 'champion',
      maxRegression,
      better: 'lower',
    })),
  );
  const policy: fc.Arbitrary<Policy> = fc
    .record({
      gates: fc.array(gate, { minLength: 1, maxLength: 10 }),
      names: fc.uniqueArray(fc.constantFrom('dev', 'qa', 'prod', 'eu'), { minLength: 1 }),
      capture: fc.boolean(),
      labels: fc.array(fc.string(), { maxLength: 10 }),
      parameter: fc.oneof(fc.string(), fc.integer(), fc.boolean()),
    })
    .map(({ gates, names, capture, labels, parameter }) =>
      samplePolicy({
        evaluation: { gates },
        environments: names.map((name) => ({
          name,
          instanceType: 'ml.m5.large',
          ...(capture && { capture: { percent: 10 } }),
        })),
        feedback: { issueLabels: labels },
        pipeline: { parameters: { Own: parameter } },
      }),
    );

  it('a policy that is written as YAML is read as the same policy', () => {
    fc.assert(
      fc.property(policy, (written) =>
        expect(parsePolicyFile(bytes(dump(written)))).toMatchObject({ policy: written }),
      ),
    );
  });
});
