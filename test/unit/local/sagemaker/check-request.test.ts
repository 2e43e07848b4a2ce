import { checkRequest } from '../../../../local/sagemaker/api/check-request.ts';
import { serviceModelFrom } from '../../../../local/sagemaker/api/service-model.ts';
import { shapeAnswer } from '../../../../local/sagemaker/api/shape-answer.ts';
import { SerializationException } from '../../../../local/sagemaker/errors.ts';

const model = serviceModelFrom({
  operations: { CreateThing: { input: { shape: 'Thing' }, output: { shape: 'Thing' } } },
  shapes: {
    Thing: {
      type: 'structure',
      required: ['ThingName'],
      members: {
        ThingName: { shape: 'Name' },
        Colour: { shape: 'Colour' },
        Count: { shape: 'Count' },
        Parts: { shape: 'Parts' },
        Labels: { shape: 'Labels' },
        Names: { shape: 'Names' },
        CreatedAt: { shape: 'Time' },
        Ready: { shape: 'Flag' },
        Note: { shape: 'Note' },
        Document: { shape: 'Document' },
      },
    },
    Name: { type: 'string', max: 8, pattern: '[a-z](-*[a-z])*' },
    Colour: { type: 'string', enum: ['red', 'green'] },
    Count: { type: 'integer', min: 1, max: 9 },
    Parts: { type: 'list', max: 1, member: { shape: 'Part' } },
    Names: { type: 'list', member: { shape: 'Name' } },
    Part: { type: 'structure', required: ['Id'], members: { Id: { shape: 'Name' } } },
    Labels: { type: 'map', key: { shape: 'Key' }, value: { shape: 'Name' } },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a pattern of the service model, no template
    Key: { type: 'string', pattern: '([\\p{L}_.:\\/=+\\-@]*)${1,128}' },
    Note: { type: 'string', pattern: '.*' },
    Document: { type: 'string', pattern: '.*(?:[ \\r\\n\\t].*)*' },
    Time: { type: 'timestamp' },
    Flag: { type: 'boolean' },
  },
});
const check = (request: unknown) => checkRequest(model, 'Thing', request);

describe('a request checked by the service model', () => {
  it('comes back without unknown members and nulls, with times as Date', () => {
    const given = {
      ThingName: 'a',
      Unknown: 1,
      Colour: null,
      CreatedAt: 1_700_000_000.5,
      Parts: [{ Id: 'b', X: 1 }],
      Labels: { 'k:_ü': 'v' },
    };
    expect(check(given)).toEqual({
      ThingName: 'a',
      CreatedAt: new Date(1_700_000_000_500),
      Parts: [{ Id: 'b' }],
      Labels: { 'k:_ü': 'v' },
    });
  });

  it.each([
    [
      {},
      "1 validation error detected: Value null at 'thingName' failed to satisfy constraint: Member must not be null",
    ],
    [
      { ThingName: 'A' },
      "Value 'A' at 'thingName' failed to satisfy constraint: Member must satisfy regular expression pattern",
    ],
    [{ ThingName: 'abcdefghi' }, 'Member must have length less than or equal to 8'],
    [{ ThingName: 'a', Colour: 'blue' }, 'Member must satisfy enum value set: [red, green]'],
    [
      { ThingName: 'a', Count: 0 },
      "Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { ThingName: 'a', Note: 'two\nlines', Document: 'two\nlines' },
      "1 validation error detected: Value 'two\nlines' at 'note'",
    ],
    [{ ThingName: 'a', Parts: [{}] }, "Value null at 'parts.1.member.id'"],
    [{ ThingName: 'a', Parts: [{ Id: 'a' }, { Id: 'b' }] }, 'Member must have length less than or equal to 1'],
    [
      { ThingName: 'a', Labels: { '!': 'v' } },
      "Value '{!=v}' at 'labels' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: ",
    ],
    [
      { ThingName: 'a', Names: ['Ab', 'b'] },
      "1 validation error detected: Value '[Ab, b]' at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 8, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [a-z](-*[a-z])*]",
    ],
    [{ Colour: 'blue' }, '2 validation errors detected'],
  ])('is refused for what it breaks: %j', (request, words) => {
    expect(() => check(request)).toThrow(words);
  });

  it.each([
    [[], 'LIST_VALUE can not be converted to a structure'],
    [{ ThingName: 1 }, 'NUMBER_VALUE can not be converted to a String'],
    [{ ThingName: 'a', Count: 1.5 }, 'can not be converted to an Integer'],
    [{ ThingName: 'a', Ready: 'yes' }, 'can not be converted to a Boolean'],
    [{ ThingName: 'a', CreatedAt: 'soon' }, 'can not be converted to a Timestamp'],
  ])('is a SerializationException for a wrong type: %j', (request, words) => {
    expect(() => check(request)).toThrow(SerializationException);
    expect(() => check(request)).toThrow(words);
  });
});

describe('an answer shaped by the service model', () => {
  it('has the known members only, and times as seconds', () => {
    const answer = {
      ThingName: 'a',
      CreatedAt: new Date(1_500),
      Secret: 1,
      Parts: [{ Id: 'b', More: 2 }],
      Count: undefined,
    };
    expect(shapeAnswer(model, 'Thing', answer)).toEqual({ ThingName: 'a', CreatedAt: 1.5, Parts: [{ Id: 'b' }] });
  });

  it('that the model does not allow is a defect', () => {
    expect(() => shapeAnswer(model, 'Thing', { Count: 1 })).toThrow('Thing lacks ThingName');
    expect(() => shapeAnswer(model, 'Thing', { ThingName: 1 })).toThrow('Thing.ThingName must be a text');
    expect(() => shapeAnswer(model, 'Thing', { ThingName: 'a', Colour: 'blue' })).toThrow("can't be 'blue'");
    expect(() => shapeAnswer(model, 'Thing', { ThingName: 'a', CreatedAt: 1 })).toThrow('must be a time');
  });
});
