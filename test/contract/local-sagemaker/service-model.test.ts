import { checkRequest } from '../../../local/sagemaker/api/check-request.ts';
import { operations, runtimeOperations } from '../../../local/sagemaker/api/operations.ts';
import type { ServiceModel } from '../../../local/sagemaker/api/service-model.ts';
import { SerializationException, ValidationException } from '../../../local/sagemaker/errors.ts';
import { breakingText, changedAt, type Path, type Spot, sampleOf, spotsOf } from './sample-request.ts';
import { apiModel, runtimeModel } from './service-models.ts';

/** These let any text through, so nothing breaks them. */
const UNBREAKABLE = [String.raw`.*(?:[ \r\n\t].*)*`, String.raw`[\s\S]+`, String.raw`[\S\s]+`, String.raw`[\S\s]*`];

/** What a request answers that has one value replaced, as the service would. */
function refusal(model: ServiceModel, input: string, request: unknown): string {
  try {
    checkRequest(model, input, request);
  } catch (error) {
    if (error instanceof ValidationException || error instanceof SerializationException) return error.message;
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
function brokenValues(spot: Spot, sample: unknown): Broken[] {
  const { shape } = spot;
  const { min, max } = shape;
  const broken: Broken[] = [];
  const say = (value: unknown, constraint: string) => broken.push({ value, constraint: `Member must ${constraint}` });
  if (shape.enum !== undefined) say('NoSuchValue', `satisfy enum value set: [${shape.enum.join(', ')}]`);
  const strange = breakingText(shape);
  if (strange !== undefined) say(strange, `satisfy regular expression pattern: ${shape.pattern}`);
  const sized = sizedAs(shape.type, sample);
  if (sized !== undefined) {
    if (max !== undefined) say(sized(max + 1), `have length less than or equal to ${max}`);
    if (min !== undefined && min > 0) say(sized(min - 1), `have length greater than or equal to ${min}`);
  } else if (['integer', 'long', 'float', 'double'].includes(shape.type)) {
    if (max !== undefined) say(max + 1, `have value less than or equal to ${max}`);
    if (min !== undefined) say(min - 1, `have value greater than or equal to ${min}`);
  }
  return broken;
}

/** Makes values of a size, for types that have one. */
function sizedAs(type: string, sample: unknown): ((size: number) => unknown) | undefined {
  if (type === 'string') return (size) => 'a'.repeat(size);
  if (type === 'blob') return (size) => new Uint8Array(size);
  if (Array.isArray(sample)) return (size) => Array.from({ length: size }, () => sample[0]);
  if (type !== 'map') return undefined;
  const [value] = Object.values(sample as Record<string, unknown>);
  return (size) => Object.fromEntries(Array.from({ length: size }, (_, index) => [`key${index}`, value]));
}

function valueAt(request: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], request);
}

/** Plain members of lists and maps are complained about at the list or map itself. */
function complainedAt(spots: Spot[], { path, shape }: Spot): string {
  const holder = spots.find((spot) => spot.path.join('.') === path.slice(0, -1).join('.'));
  const plain = !['structure', 'list', 'map'].includes(shape.type);
  const held = holder !== undefined && ['list', 'map'].includes(holder.shape.type);
  return shownPath(plain && held ? path.slice(0, -1) : path);
}

const inputsOf = (model: ServiceModel, names: Iterable<string>) =>
  [...names].flatMap((operation) => {
    const input = model.inputOf(operation);
    return input === undefined ? [] : [{ operation, model, input }];
  });
const real = [...inputsOf(apiModel, Object.keys(operations)), ...inputsOf(runtimeModel, runtimeOperations)];

describe.each(real)('$operation', ({ model, input }) => {
  const sample = sampleOf(model, input);
  const spots = spotsOf(model, input, sample);

  it('takes a request with every member that it knows', () => {
    expect(refusal(model, input, sample)).toBe('accepted');
  });

  it('refuses a request that lacks any required member', () => {
    for (const { path } of spots.filter((spot) => spot.required)) {
      expect(refusal(model, input, changedAt(sample, path, undefined))).toBe(
        `1 validation error detected: Value null at '${shownPath(path)}' failed to satisfy constraint: Member must not be null`,
      );
    }
  });

  it('refuses every value outside its enum, pattern, length, size or range', () => {
    for (const spot of spots) {
      const broken = brokenValues(spot, valueAt(sample, spot.path));
      if (spot.shape.pattern !== undefined && !UNBREAKABLE.includes(spot.shape.pattern))
        expect(broken.map(({ constraint }) => constraint)).toContainEqual(
          expect.stringContaining('regular expression'),
        );
      for (const { value, constraint } of broken) {
        const message = refusal(model, input, changedAt(sample, spot.path, value));
        expect(message).toMatch(/^\d+ validation errors? detected: Value /);
        expect(message).toContain(`at '${complainedAt(spots, spot)}' failed to satisfy constraint: `);
        expect(message).toContain(constraint);
      }
    }
  });

  it('refuses every value of another type', () => {
    for (const { path, shape } of spots) {
      const other = ['string', 'timestamp', 'blob'].includes(shape.type) ? { not: 'that' } : 'not that';
      const message = refusal(model, input, changedAt(sample, path, other));
      expect(message).toMatch(/^(STRING|STRUCTURE|OBJECT)_VALUE can not be converted to an? [A-Za-z]+ \(at /);
    }
  });
});

describe('what one request breaks in several places', () => {
  it('is told at once, in number and with each place', () => {
    const request = { ModelPackageGroupName: '-', Tags: [{ Key: 'a' }, { Value: 'b' }] };
    expect(refusal(apiModel, 'CreateModelPackageGroupInput', request)).toBe(
      "3 validation errors detected: Value '-' at 'modelPackageGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}; Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null; Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null",
    );
  });
});
