import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** The path as people write it: `evaluation.gates[1].min`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

/** One sentence about one finding of a schema, that names the place and what is expected there. */
export function describeIssue(issue: Issue, path: readonly PropertyKey[] = issue.path): string {
  const place = pathText(path) || 'the document';
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && isMissing(issue)
        ? `${place} is missing; it must be ${typeWord(issue.expected)}.`
        : `${place} must be ${typeWord(issue.expected)}.`;
    case 'invalid_value':
      return `${place} must be ${issue.values.map((value) => `\`${String(value)}\``).join(' or ')}.`;
    case 'unrecognized_keys':
      return `${issue.keys.map((key) => `\`${pathText([...path, key])}\``).join(' and ')} is not a known key.`;
    case 'too_small':
      return `${place} must ${sizeWord(issue.origin)} at least ${String(issue.minimum)}${unitWord(issue.origin)}.`;
    case 'too_big':
      return `${place} must ${sizeWord(issue.origin)} at most ${String(issue.maximum)}${unitWord(issue.origin)}.`;
    case 'invalid_format':
      return `${place} must be ${issue.message.startsWith('Invalid') ? `of the format ${issue.format}` : issue.message}.`;
    case 'custom':
      return `${place}: ${issue.message}`;
    default:
      return `${place}: ${issue.message}.`;
  }
}

/** zod leaves the input out of its findings; its message is what tells a missing value from one of another type. */
function isMissing(issue: Issue): boolean {
  return issue.message.includes('received undefined');
}

function typeWord(expected: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a group of keys',
    record: 'a group of keys',
  };
  return words[expected] ?? expected;
}

function sizeWord(origin: string): string {
  return origin === 'string' || origin === 'array' || origin === 'set' || origin === 'map' ? 'have' : 'be';
}

function unitWord(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'set' ? ' entries' : '';
}
