import * as z from 'zod';

/** One line of the golden file: an input as the endpoint gets it. Its answer is computed by the candidate itself. */
const GoldenInput = z.looseObject({ body: z.string(), contentType: z.string().min(1) });

const MAX_BYTES = 1_048_576;
const MAX_LINES = 200;

/** What is wrong with the file that `smokeTest.records` names; lines count from 1. */
export function checkGoldenInputs(bytes: Uint8Array): { line?: number; sentence: string }[] {
  if (bytes.byteLength > MAX_BYTES)
    return [{ sentence: `The file has ${bytes.byteLength} bytes; at most ${MAX_BYTES} are allowed.` }];
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.trim() !== '');
  if (lines.length === 0)
    return [{ sentence: 'The file has no line: write a few inputs that an endpoint must answer.' }];
  if (lines.length > MAX_LINES)
    return [{ sentence: `The file has ${lines.length} lines; at most ${MAX_LINES} are allowed.` }];
  const wrong = lines.find(({ text }) => !GoldenInput.safeParse(parseJson(text)).success);
  return wrong
    ? [{ line: wrong.line, sentence: 'The line is not {"body": "<input>", "contentType": "text/csv"} as JSON.' }]
    : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
