import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkGoldenInputs } from '../../../shared/domain/check-golden-inputs.ts';
import { compareAnswer, parseGoldenAnswers } from '../../../shared/domain/compare-golden-answers.ts';
import { customerMetadataOf } from '../../../shared/domain/customer-metadata.ts';
import { fillPlaceholders } from '../../../shared/domain/fill-placeholders.ts';
import { judgeGates } from '../../../shared/domain/judge-gates.ts';
import { modelCardOf } from '../../../shared/domain/model-card.ts';
import '../../harness/repeatable-properties.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('comparing golden answers', () => {
  const expected = { predictions: [{ score: 0.31, late: true }] };

  it('takes numbers within the tolerance for the same', () => {
    expect(compareAnswer(expected, '{"predictions": [{"late": true, "score": 0.3105}]}', 0.001)).toEqual({
      outcome: 'same',
    });
    expect(compareAnswer(0.5, '0.5', 0)).toEqual({ outcome: 'same' });
  });

  it.each([
    ['{"predictions": [{"score": 0.32, "late": true}]}', 'predictions[0].score: expected 0.31, seen 0.32.'],
    ['{"predictions": [{"score": "0.31", "late": true}]}', 'predictions[0].score: expected 0.31, seen "0.31".'],
    ['{"predictions": [{"score": 0.31, "late": false}]}', 'predictions[0].late: expected true, seen false.'],
    ['{"predictions": []}', 'predictions[0]: expected {"score":0.31,"late":true}, seen nothing.'],
    ['{"predictions": [{"score": 0.31, "late": true, "more": 1}]}', 'predictions[0].more: expected nothing, seen 1.'],
    ['{"predictions": {}}', 'predictions: expected [{"score":0.31,"late":true}], seen {}.'],
    [
      'Internal Server Error',
      'the answer: expected {"predictions":[{"score":0.31,"late":true}]}, seen "Internal Server Error".',
    ],
    ['', 'the answer: expected {"predictions":[{"score":0.31,"late":true}]}, seen "".'],
  ])('names the first difference with what was expected and seen: %s', (seen, sentence) => {
    expect(compareAnswer(expected, seen, 0.001)).toEqual({ outcome: 'different', sentence });
  });

  it('compares text as comma-separated values', () => {
    expect(compareAnswer('0.31,late\n', '0.3101,late', 0.001)).toEqual({ outcome: 'same' });
    expect(compareAnswer('0.31,late', '0.41,late', 0.001)).toMatchObject({ outcome: 'different' });
    expect(compareAnswer('late', '"late"', 0)).toEqual({ outcome: 'same' });
    expect(compareAnswer('0.31', '0.31', 0)).toEqual({ outcome: 'same' });
  });

  it('finds every JSON value the same as itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => compareAnswer(value, JSON.stringify(value), 0).outcome === 'same'),
    );
  });

  it('reads the answers that postprocess wrote, and names a bad line', () => {
    const line = '{"input": "1,2", "contentType": "text/csv", "output": {"score": 0.3}}';
    expect(parseGoldenAnswers(bytes(`${line}\n\n${line}\n`))).toEqual({
      answers: [expect.objectContaining({ input: '1,2' }), expect.anything()],
    });
    expect(parseGoldenAnswers(bytes(`${line}\n{"input": 1}`))).toEqual({ problem: expect.stringContaining('line 2') });
    expect(parseGoldenAnswers(bytes('nope'))).toEqual({ problem: expect.stringContaining('line 1') });
    expect(parseGoldenAnswers(bytes('\n'))).toEqual({ problem: expect.stringContaining('has no line') });
  });
});

describe('golden inputs of a repository', () => {
  it('are lines with a body and its content type', () => {
    expect(checkGoldenInputs(bytes('{"body": "1,2", "contentType": "text/csv"}\n'))).toEqual([]);
  });

  it.each([
    ['', 'has no line'],
    ['{"body": "1,2"}', 'is not {"body"'],
    ['1,2', 'is not {"body"'],
    ['{"body": "1", "contentType": "text/csv"}\n'.repeat(201), 'at most 200'],
  ])('are refused in words: %#', (text, says) => {
    expect(checkGoldenInputs(bytes(text))).toEqual([
      expect.objectContaining({ sentence: expect.stringContaining(says) }),
    ]);
  });
});

describe('customer metadata of a model package', () => {
  it('leaves out what has no value and replaces what SageMaker refuses', () => {
    expect(
      customerMetadataOf({
        'mlops:run': 'abc',
        'mlops:title': 'Wind & rain (again)',
        missing: undefined,
        empty: '',
        count: 3,
      }),
    ).toEqual({
      'mlops:run': 'abc',
      'mlops:title': 'Wind _ rain _again_',
      count: '3',
    });
  });

  it('stays within the limits of the API, whatever the facts', () => {
    const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'grapheme', maxLength: 200 }),
          fc.string({ unit: 'grapheme', maxLength: 400 }),
          { maxKeys: 70 },
        ),
        (facts) => {
          const entries = Object.entries(customerMetadataOf(facts));
          expect(entries.length).toBeLessThanOrEqual(50);
          for (const [key, value] of entries) {
            expect(key.length).toBeLessThanOrEqual(128);
            expect(value.length).toBeLessThanOrEqual(256);
            expect(allowed.test(key) && allowed.test(value)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('the model card', () => {
  const gates = Array.from({ length: 60 }, (_, index) => ({ metric: `custom_metrics.m${index}.value`, min: index }));
  const metrics = Object.fromEntries(gates.map((_, index) => [`m${index}`, { value: 30 }]));
  const verdict = judgeGates({
    gates,
    floors: [],
    report: { evaluationData: { sha256: 'a'.repeat(64), rows: 1 }, custom_metrics: metrics },
    championExpected: false,
  });
  const facts = {
    createdBy: 'Dana',
    artifactUri: 's3://b/approved/x/model.tar.gz',
    riskTier: 'high' as const,
    verdict,
    reportUri: 's3://b/r',
    data: ['s3://d/flights/'],
    details: { commit: 'c' },
  };

  it('holds the parts that the schema for a package has, and each gate as a metric', () => {
    const card = JSON.parse(modelCardOf(facts));
    expect(Object.keys(card).sort()).toEqual([
      'additional_information',
      'evaluation_details',
      'intended_uses',
      'model_overview',
      'training_details',
    ]);
    expect(card.intended_uses.risk_rating).toBe('High');
    expect(card.evaluation_details[0].metric_groups[0].metric_data).toHaveLength(60);
  });

  it('stays within 100,000 characters', () => {
    const many = {
      ...verdict,
      results: Array.from({ length: 10 }, () => verdict.results)
        .flat()
        .map((result) => ({ ...result, sentence: 'x'.repeat(2000) })),
    };
    expect(modelCardOf({ ...facts, verdict: many, data: ['s3://d/'.repeat(1000)] }).length).toBeLessThanOrEqual(
      100_000,
    );
  });
});

describe('placeholders of an onboarding record', () => {
  const stage = { stage: 'test', accountId: '111122223333', region: 'eu-central-1', rolePath: '/' };
  const place = (name: string) => `$\{${name}}`;

  it('are filled in every text at any depth', () => {
    const role = `arn:aws:iam::${place('accountId')}:role/mlops-${place('stage')}`;
    const list = [place('region'), 3, true, { deep: `${place('stage')}-${place('stage')}` }];
    expect(fillPlaceholders({ role, list }, stage)).toEqual({
      role: 'arn:aws:iam::111122223333:role/mlops-test',
      list: ['eu-central-1', 3, true, { deep: 'test-test' }],
    });
  });

  it.each(['nope', '', 'constructor'])('of another name are a broken contract: %p', (name) => {
    expect(() => fillPlaceholders({ text: place(name) }, stage)).toThrow('use stage, accountId, region or rolePath');
  });
});
