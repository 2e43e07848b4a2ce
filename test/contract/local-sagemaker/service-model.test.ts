import { checkRequest } from '../../../local/sagemaker/api/check-request.ts';
import { operations } from '../../../local/sagemaker/api/operations.ts';
import { ValidationException } from '../../../local/sagemaker/errors.ts';
import { changedAt, type Path, type Spot, sampleOf, spotsOf } from './sample-request.ts';
import { apiModel as model } from './service-models.ts';

const LONG = 10_000;

/** What a request answers that has one value replaced, as the service would. */
function refusal(input: string, request: unknown): string {
  try {
    checkRequest(model, input, request);
  } catch (error) {
    if (error instanceof ValidationException) return error.message;
    throw error;
  }
  return 'accepted';
}

/** `productionVariants.1.member.variantName`, the path in the service's errors. */
function shownPath(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `${part + 1}.member` : part.charAt(0).toLowerCase() + part.slice(1)))
    .join('.');
}

type Broken = { value: unknown; constraint: string };

/** Values beyond each bound of a shape, with what the service says about them. */
function brokenValues({ shape }: Spot, sample: unknown): Broken[] {
  const broken: Broken[] = [];
  if (shape.enum !== undefined)
    broken.push({ value: 'NoSuchValue', constraint: `Member must satisfy enum value set: [${shape.enum.join(', ')}]` });
  const { min, max } = shape;
  if (shape.type === 'string') {
    if (max !== undefined && max < LONG)
      broken.push({ value: 'a'.repeat(max + 1), constraint: `Member must have length less than or equal to ${max}` });
    if (min !== undefined && min > 0)
      broken.push({ value: '', constraint: `Member must have length greater than or equal to ${min}` });
  } else if (shape.type === 'list' && Array.isArray(sample)) {
    if (max !== undefined && max < LONG)
      broken.push({
        value: Array.from({ length: max + 1 }, () => sample[0]),
        constraint: `Member must have length less than or equal to ${max}`,
      });
    if (min !== undefined && min > 0)
      broken.push({ value: [], constraint: `Member must have length greater than or equal to ${min}` });
  } else if (['integer', 'long', 'float', 'double'].includes(shape.type)) {
    if (max !== undefined)
      broken.push({ value: max + 1, constraint: `Member must have value less than or equal to ${max}` });
    if (min !== undefined)
      broken.push({ value: min - 1, constraint: `Member must have value greater than or equal to ${min}` });
  }
  return broken;
}

function valueAt(request: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], request);
}

/** Plain members of lists and maps are complained about at the list or map itself. */
function complainedAt(spots: Spot[], path: Path): string {
  const holder = spots.find((spot) => spot.path.join('.') === path.slice(0, -1).join('.'));
  const plain = holder !== undefined && ['list', 'map'].includes(holder.shape.type);
  return shownPath(plain ? path.slice(0, -1) : path);
}

const real = Object.keys(operations).flatMap((operation) => {
  const input = model.inputOf(operation);
  return input === undefined ? [] : [{ operation, input }];
});

describe.each(real)('$operation', ({ input }) => {
  const sample = sampleOf(model, input);
  const spots = spotsOf(model, input, sample);

  it('takes a request with every member that it knows', () => {
    expect(refusal(input, sample)).toBe('accepted');
  });

  it('refuses a request that lacks any required member', () => {
    for (const { path } of spots.filter((spot) => spot.required)) {
      expect(refusal(input, changedAt(sample, path, undefined))).toBe(
        `1 validation error detected: Value null at '${shownPath(path)}' failed to satisfy constraint: Member must not be null`,
      );
    }
  });

  it('refuses every value outside its enum, length or range', () => {
    for (const spot of spots) {
      for (const { value, constraint } of brokenValues(spot, valueAt(sample, spot.path))) {
        const message = refusal(input, changedAt(sample, spot.path, value));
        expect(message).toMatch(/^\d+ validation errors? detected: Value /);
        expect(message).toContain(`at '${complainedAt(spots, spot.path)}' failed to satisfy constraint: `);
        expect(message).toContain(constraint);
      }
    }
  });
});
