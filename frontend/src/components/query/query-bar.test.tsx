import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { useState } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';

import { renderRoutes } from '@/testing/render';
import { answers, server } from '@/testing/server';

import { QueryBar, type QueryFault } from './query-bar';

const run = vi.fn();
const SEARCHED = { partitions: 1, searched: 1, damaged: {}, unknown_fields: [] };

beforeEach(() => {
  run.mockReset();
  answers('get', '/logs/fields', { fields: { user: 'TEXT', user_port: 'INTEGER', log_sender_ip: 'TEXT' } });
  answers('get', '/logs/values', { values: [['anna', 3], ['Anna Maria', 1]], searched: SEARCHED });
});

function Shown({ first = '', fault = null }: { first?: string; fault?: QueryFault | null }) {
  const [value, setValue] = useState(first);
  return <QueryBar value={value} onChange={setValue} onRun={run} fault={fault} />;
}

function show(first?: string, fault?: QueryFault | null) {
  renderRoutes([{ path: '/', element: <Shown {...(first === undefined ? {} : { first })} fault={fault ?? null} /> }]);
  return screen.getByRole('textbox', { name: 'Query' });
}

test('Enter runs what is typed, Shift+Enter begins a line', async () => {
  const bar = show();

  await userEvent.type(bar, 'login{Shift>}{Enter}{/Shift}failed{Enter}');

  expect(run).toHaveBeenCalledExactlyOnceWith('login\nfailed');
});

test('a field and then its value are chosen by keyboard', async () => {
  const bar = show();

  await userEvent.type(bar, 'login us');
  expect(await screen.findByRole('option', { name: /^user text/ })).toHaveAttribute('aria-selected', 'false');
  await userEvent.keyboard('{ArrowDown}');
  expect(bar).toHaveAttribute('aria-activedescendant', screen.getByRole('option', { selected: true }).id);
  await userEvent.keyboard('{Enter}');
  expect(bar).toHaveValue('login user:');

  expect(await screen.findByRole('listbox', { name: 'Values of user' })).toBeVisible();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
  expect(bar).toHaveValue('login user:"Anna Maria" ');
  expect(screen.queryByRole('listbox')).toBeNull();
  expect(run).not.toHaveBeenCalled();
});

test('while somebody types on, the values stay until the next ones are there', async () => {
  const asked: (string | null)[] = [];
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  server.use(
    http.get('*/api/v1/logs/values', async ({ request }) => {
      const prefix = new URL(request.url).searchParams.get('prefix');
      asked.push(prefix);
      if (prefix !== '') await released;
      return HttpResponse.json({ values: prefix === '' ? [['anna', 3], ['bert', 2]] : [['anna', 4]], searched: SEARCHED });
    }),
  );
  const bar = show();
  await userEvent.type(bar, 'user:');
  expect(await screen.findByRole('option', { name: /^bert/ })).toBeVisible();

  await userEvent.type(bar, 'an');
  await waitFor(() => expect(asked).toEqual(['', 'an']));
  expect(screen.getByRole('option', { name: /^anna.*3 rows/ })).toBeVisible();
  expect(screen.queryByRole('option', { name: /^bert/ })).toBeNull();
  release();

  expect(await screen.findByRole('option', { name: /^anna.*4 rows/ })).toBeVisible();
});

test('Tab takes the first, Esc closes the choice', async () => {
  const bar = show();

  await userEvent.type(bar, 'user_p');
  await screen.findByRole('option', { name: /^user_port/ });
  await userEvent.tab();
  expect(bar).toHaveValue('user_port:');

  // Where nothing is listed, Esc leaves the bar.
  await screen.findByRole('listbox', { name: 'Values of user_port' });
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('listbox')).toBeNull();
  expect(bar).toHaveFocus();
});

test('a suggestion is taken by a click, and the bar keeps the focus', async () => {
  const bar = show('severity:');

  await userEvent.type(bar, 'w');
  await userEvent.click(await screen.findByRole('option', { name: /^warning/ }));

  expect(bar).toHaveValue('severity:warning ');
  expect(bar).toHaveFocus();
});

test('a fault is told, and marked at its place', () => {
  const bar = show('😀 login severity=debug x', { message: 'a field is written severity:debug', position: 8 });

  expect(bar).toBeInvalid();
  expect(bar).toHaveAccessibleDescription('A field is written severity:debug. (Character 9.)');
  expect(screen.getByTestId('fault-mark')).toHaveTextContent(/^severity=debug$/);
});

test('a fault at the end is marked, too', () => {
  show('login AND', { message: 'the query ends', position: 9 });

  expect(screen.getByTestId('fault-mark').textContent).toBe('\u00a0');
});

test('examples go into the query', async () => {
  const bar = show('login');

  await userEvent.click(screen.getByRole('button', { name: 'How queries are written' }));
  await userEvent.click(await screen.findByRole('button', { name: '-severity:debug' }));

  expect(bar).toHaveValue('login -severity:debug');
});

test('the query is cleared without being run', async () => {
  const bar = show('login');

  await userEvent.click(screen.getByRole('button', { name: 'Clear the query' }));

  expect(bar).toHaveValue('');
  expect(bar).toHaveFocus();
  expect(run).not.toHaveBeenCalled();
});
