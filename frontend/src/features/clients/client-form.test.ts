import { expect, test } from 'vitest';

import { ApiError } from '@/lib/api-error';

import { askedOf, formFaults, isReady, nameFault, othersOf } from './client-form';

interface Body {
  field?: string;
  message: string;
  problems?: { path: string; wrong: string; right: string }[];
}

function refused(body: Body, status = 422): ApiError {
  return new ApiError(status, { code: 'config', request_id: 'abc', ...body });
}

test('without a name the range is the name', () => {
  expect(askedOf({ address: ' 10.0.0.0/8 ', name: ' ' })).toEqual({ address: '10.0.0.0/8', name: '10.0.0.0/8' });
  expect(askedOf({ address: '10.0.0.1', name: ' core ' })).toEqual({ address: '10.0.0.1', name: 'core' });
});

test.each(['client.address', 'body.address', 'clients[3].address', 'engine.clients[3].address', 'ENGINES.main.clients[3].address'])(
  'a fault at %s is one of the range',
  (field) => {
    const faults = formFaults(refused({ field, message: 'the range stands here already' }));

    expect(faults.address).toBe('The range stands here already.');
    expect(faults.rest).toBeNull();
  },
);

test('several faults each find their field', () => {
  const problems = [
    { path: 'client.address', wrong: 'no range', right: 'write one' },
    { path: 'client.name', wrong: 'no name', right: 'write one' },
  ];

  expect(formFaults(refused({ message: 'no', problems }))).toEqual({
    address: 'No range. Write one.',
    name: 'No name. Write one.',
    rest: null,
  });
});

test('what belongs to no field is told for the whole', () => {
  expect(formFaults(refused({ field: 'name', message: 'there is no engine' }, 404))).toMatchObject({
    name: undefined,
    rest: { message: 'there is no engine' },
  });
  expect(formFaults(refused({ field: 'workers', message: 'too many' })).rest?.message).toBe('too many');
  expect(formFaults(new Error('lost')).rest?.message).toBe('lost');
  expect(formFaults(null)).toEqual({ address: undefined, name: undefined, rest: null });
});

test('a range that another client has already is not sent', () => {
  const clients = [{ name: 'core', address: '10.0.0.0/8' }];

  expect(isReady({ address: '10.0.0.0/8', name: '' }, othersOf(clients, null))).toBe(false);
  expect(isReady({ address: '10.0.0.0/8', name: '' }, othersOf(clients, 'core'))).toBe(true);
  expect(isReady({ address: '10.1.0.0/16', name: '' }, clients)).toBe(true);
  expect(isReady({ address: '10.1', name: '' }, clients)).toBe(false);
});

test('a name that another client has already is not sent', () => {
  const clients = [{ name: 'core', address: '10.0.0.0/8' }];

  expect(nameFault({ address: '192.0.2.1', name: ' core' }, clients)).toBe(
    'core is 10.0.0.0/8 already. Names are unique in an engine.',
  );
  expect(isReady({ address: '192.0.2.1', name: 'core' }, clients)).toBe(false);
  expect(nameFault({ address: '192.0.2.1', name: '' }, clients)).toBeUndefined();
});
