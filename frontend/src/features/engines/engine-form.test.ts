import { expect, test } from 'vitest';

import { clientsOf, clientText, lineOfClient } from './client-lines';
import { changesBetween, clientProblem, EMPTY_FORM, engineAsked, newForm, ownProblems, settingsAsked, valuesOf } from './engine-form';

const settings = {
  name: 'edge_1',
  class: 'mikrotik',
  port: 5140,
  title: 'Edge',
  addresses: ['10.0.0.1'],
  clients: [
    { name: 'branch one', address: '10.20.0.0/16' },
    { name: '192.168.1.*', address: '192.168.1.*' },
  ],
  keep_original: true,
  workers: null,
  auto_delete_days: 90,
  auto_delete_bytes: 1_500_000_000_000,
  running: true,
};

test('what is asked is what was told, and nothing has changed', () => {
  const values = valuesOf(settings, true);

  expect(values.size).toBe('1.5');
  expect(values.sizeUnit).toBe('TB');
  expect(settingsAsked(values)).toEqual({
    port: 5140,
    title: 'Edge',
    addresses: ['10.0.0.1'],
    clients: [{ address: '10.20.0.0/16', name: 'branch one' }, { address: '192.168.1.*' }],
    keep_original: true,
    workers: null,
    auto_delete_days: 90,
    auto_delete_bytes: 1_500_000_000_000,
  });
  expect(changesBetween(values, { ...values })).toEqual({});
});

test('only what is another one is sent; an emptied number is none', () => {
  const first = valuesOf(settings, true);
  const changes = changesBetween(first, { ...first, days: ' ', title: ' Edge ', workers: '4' });

  expect(changes).toEqual({ auto_delete_days: null, workers: 4 });
});

test('an odd number of bytes stays what it is', () => {
  const first = valuesOf({ ...settings, auto_delete_bytes: 1_048_577 }, true);
  expect(settingsAsked(first).auto_delete_bytes).toBe(1_048_577);
});

test('a new engine says only what was chosen', () => {
  expect(engineAsked({ ...EMPTY_FORM, name: ' edge_1 ', logClass: 'mikrotik', port: '5140' })).toEqual({
    name: 'edge_1',
    class: 'mikrotik',
    port: 5140,
  });
  expect(engineAsked({ ...EMPTY_FORM, name: 'main', logClass: 'c', port: '1', running: false, clients: '10.0.0.1 fw' })).toEqual({
    name: 'main',
    class: 'c',
    port: 1,
    running: false,
    clients: [{ address: '10.0.0.1', name: 'fw' }],
  });
});

test('a new form begins with a free port, and with the class when there is one only', () => {
  expect(newForm(['mikrotik'], [5140, 5141])).toMatchObject({ port: '5142', logClass: 'mikrotik' });
  expect(newForm(['mikrotik', 'sshd'], [])).toMatchObject({ port: '5140', logClass: '' });
});

test('what is no number is said without asking anybody', () => {
  const problems = ownProblems({ ...EMPTY_FORM, port: '51x', workers: '-1', days: '1.5', size: 'much' });
  expect(Object.keys(problems).sort()).toEqual(['auto_delete_bytes', 'auto_delete_days', 'class', 'name', 'port', 'workers']);
  expect(ownProblems(valuesOf(settings, true))).toEqual({});
});

test('clients are lines, and a problem names its line', () => {
  const text = '10.20.0.0/16 branch one\n\n  192.168.1.*  \n';
  expect(clientsOf(text)).toEqual([{ address: '10.20.0.0/16', name: 'branch one' }, { address: '192.168.1.*' }]);
  expect(clientText(settings.clients)).toBe('10.20.0.0/16 branch one\n192.168.1.*');
  expect(lineOfClient(text, 1)).toBe(3);
  expect(clientProblem(text, { 'clients.1.address': 'No range.', port: 'x' })).toBe('Line 3: No range.');
  expect(clientProblem(text, { port: 'x' })).toBeUndefined();
});
