import { expect, test } from 'vitest';

import { ApiError } from './api-error';
import { fieldPath, fieldProblems, problemAt } from './field-problems';

const refused = (body: Partial<ConstructorParameters<typeof ApiError>[1]>) =>
  new ApiError(400, { code: 'invalid', message: 'no', request_id: 'r', ...body });

test.each([
  ['body.engine.clients.0.address', 'clients.0.address'],
  ['engine.clients[0].address', 'clients.0.address'],
  ['changes.port', 'port'],
  ['ENGINES.edge_1.port', 'port'],
  ['query.confirm', 'confirm'],
  ['client.name', 'name'],
  ['port', 'port'],
])('%s is the place %s', (path, place) => {
  expect(fieldPath(path)).toBe(place);
});

test('one fault of one field is told there, with what would be right', () => {
  const problems = fieldProblems(refused({ message: '70000 is out of range', field: 'engine.port', hint: '1 to 65535' }), ['port']);

  expect(problemAt(problems, 'port')).toBe('70000 is out of range. 1 to 65535.');
  expect(problems.rest).toBeNull();
});

test('several faults go to their fields; what no field can show is left for the whole form', () => {
  const problems = fieldProblems(
    refused({
      problems: [
        { path: 'engine.clients[1].address', wrong: 'no range', right: 'such as 10.0.0.0/8' },
        { path: 'engine.clients[2].name', wrong: 'twice there', right: '' },
        { path: 'RECEIVE.sockets', wrong: 'too many', right: 'fewer' },
      ],
    }),
    ['clients'],
  );

  expect(problemAt(problems, 'clients')).toBe('No range. Such as 10.0.0.0/8. Twice there.');
  expect(problems.rest?.message).toBe('too many');
});

test('a hint for programs is no help for people', () => {
  const problems = fieldProblems(refused({ message: 'Field required', field: 'body.name', hint: 'see /api/v1/openapi.json' }), ['name']);
  expect(problemAt(problems, 'name')).toBe('Field required.');
});

test('a name that only begins like a field is another one', () => {
  const problems = fieldProblems(refused({ field: 'body.portal' }), ['port']);
  expect(problemAt(problems, 'port')).toBeUndefined();
  expect(problems.rest).not.toBeNull();
});

test('no error is no problem; what is not of the API is told whole', () => {
  expect(fieldProblems(null, ['name'])).toEqual({ at: {}, rest: null });
  const broken = new Error('broken');
  expect(fieldProblems(broken, ['name']).rest).toBe(broken);
});
