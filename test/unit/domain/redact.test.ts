import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../../../shared/domain/redact.ts';
import '../../harness/repeatable-properties.ts';

/** Put together here, so that no scanner takes them for real ones. */
const secrets = {
  gitlab: ['glpat', 'AbCdEf0123456789_xyz'].join('-'),
  webhook: ['whsec', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join('_'),
  accessKey: ['AKIA', 'IOSFODNN7EXAMPLE'].join(''),
  secretKey: ['wJalrXUtnFEMI/K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/'),
  jwt: ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTYifQ', 'abcDEF123456'].join('.'),
};

describe('redacting a log', () => {
  it.each(Object.entries(secrets))('takes out a secret by its look: %s', (_kind, secret) => {
    expect(redact(`before ${secret} after`)).toBe('before [redacted] after');
  });

  it.each([
    ['a password in a URL', 'git clone https://bot:hunter22@gitlab.example.com/x.git', 'hunter22'],
    ['a bearer', 'Authorization: Bearer abcdefgh12345678', 'abcdefgh12345678'],
    ['basic credentials', 'authorization: Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA'],
    ['a value after its name', 'DB_PASSWORD=correct-horse', 'correct-horse'],
    ['a member of JSON', '{"api_key": "a1b2c3d4e5"}', 'a1b2c3d4e5'],
    ['a sentence', 'the token is abcdefg123', 'abcdefg123'],
    ['a signature in a URL', 'https://b.s3.amazonaws.com/k?X-Amz-Signature=0123abcd&X-Amz-Date=20261102', '0123abcd'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----', 'MIIEow'],
  ])('takes out %s', (_case, line, secret) => {
    expect(redact(line)).not.toContain(secret);
    expect(redact(line)).toContain('[redacted]');
  });

  it.each([
    'ValueError: could not convert string to float: "late"',
    `sha256 ${'0123456789abcdef'.repeat(4)} of /opt/ml/input/data/train/train.csv`,
    'arn:aws:sagemaker:eu-central-1:111122223333:training-job/pipelines-ab12cd34ef56-Train-9z8y7x',
    'auc 0.7351 on 17867 rows; https://gitlab.example.com/ml/flight-delays/-/pipelines/31',
  ])('leaves what explains a failure: %s', (line) => {
    expect(redact(line)).toBe(line);
  });

  it('takes no long time over a long line', () => {
    const started = performance.now();
    for (const piece of ['a', 'a/', 'token', 'http://', 'password: ', 'eyJ', 'x.-+'])
      redact(piece.repeat(200_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('changes nothing more when it is done twice', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...Object.values(secrets),
        'password=',
        'token is ',
        'Bearer ',
        'Authorization: ',
        'https://a:b@c',
        '[redacted]',
        '?token=',
        '&',
        '\n',
        '"',
        ';',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        (text) => {
          const once = redact(text);
          expect(redact(once)).toBe(once);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
