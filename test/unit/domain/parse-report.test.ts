import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_REPORT_BYTES } from '../../../shared/domain/evaluation-report.ts';
import { parseReport } from '../../../shared/domain/parse-report.ts';
import '../../harness/repeatable-properties.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const evaluationData = `"evaluationData": {"sha256": "${'a'.repeat(64)}", "rows": 10}`;

describe('reading evaluation.json', () => {
  it('keeps every metric of a sound report', () => {
    expect(parseReport(bytes(`{${evaluationData}, "regression_metrics": {"mse": {"value": 1.5}}}`))).toEqual({
      report: { evaluationData: { sha256: 'a'.repeat(64), rows: 10 }, regression_metrics: { mse: { value: 1.5 } } },
    });
  });

  it("takes Python's bare NaN and Infinity as texts that no gate takes for a number", () => {
    expect(
      parseReport(bytes(`{${evaluationData}, "m": {"value": NaN, "list": [NaN, -Infinity,Infinity]}}`)),
    ).toMatchObject({
      report: { m: { value: 'NaN', list: ['NaN', '-Infinity', 'Infinity'] } },
    });
  });

  it.each([
    ['is empty', new Uint8Array(), 'is empty'],
    ['is larger than a megabyte', new Uint8Array(MAX_REPORT_BYTES + 1), `at most ${MAX_REPORT_BYTES} are read`],
    ['is no text', new Uint8Array([0xff, 0xfe, 0x00]), 'not UTF-8'],
    ['is no JSON', bytes('{"auc": '), 'is not JSON'],
    ['is a list', bytes('[]'), 'the document must be a group of keys'],
    ['does not say which rows', bytes('{}'), 'evaluationData is missing'],
    [
      'has no rows',
      bytes(`{"evaluationData": {"sha256": "${'a'.repeat(64)}", "rows": 0}}`),
      'evaluationData.rows must be at least 1',
    ],
  ])('says so when the report %s', (_case, content, says) => {
    expect(parseReport(content)).toEqual({ problem: expect.stringContaining(says) });
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map(bytes)),
        (content) => Object.keys(parseReport(content)).length === 1,
      ),
    );
  });
});
