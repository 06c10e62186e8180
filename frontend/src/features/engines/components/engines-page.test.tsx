import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test } from 'vitest';

import { renderRoutes } from '@/testing/render';
import { answers, refuses, server } from '@/testing/server';
import type { Me } from '@/types/shapes';

import { Played, status, viewer } from '../testing/played';
import { EnginesPage } from './engines-page';

function show(me?: Me, at = '/engines') {
  const page = <Played {...(me === undefined ? {} : { me })}><EnginesPage /></Played>;
  return renderRoutes([{ path: '/engines', element: page }, { path: '/engines/:name', element: <p>its page</p> }], at);
}

/** All at once: a form of this size takes its time for every key. */
function fill(field: HTMLElement, text: string): void {
  fireEvent.change(field, { target: { value: text } });
}

beforeEach(() => {
  answers('get', '/engines', [status(), status({ engine: 'core', title: '', state: 'stopped', port: 5141 })]);
  answers('get', '/ledger/history', { step: '1m', starts: [], series: [], searched: {} });
  answers('get', '/system/about', { name: 'Syslogger', version: '1', time_zone: 'UTC', now: Date.now() * 1_000 });
  answers('get', '/classes', [{ name: 'mikrotik' }]);
});

test('lists every engine with its state, and links to its page', async () => {
  show();

  const table = await screen.findByRole('table', { name: 'Engines' });
  expect(within(table).getByRole('rowheader', { name: /edge_1/ })).toBeVisible();
  expect(within(table).getByText('running')).toBeVisible();
  expect(within(table).getByRole('link', { name: 'core' })).toHaveAttribute('href', '/engines/core');
  expect(screen.getByText('1 stopped, 1 running')).toBeVisible();
});

test('who may only see is offered nothing to do', async () => {
  show(viewer);

  await screen.findByRole('table', { name: 'Engines' });
  expect(screen.queryByRole('button', { name: /Actions for/ })).toBeNull();
  expect(screen.queryByRole('button', { name: 'New engine' })).toBeNull();
});

test('a stop is asked about first, and what is shown is what the server says', async () => {
  let asked = 0;
  server.use(
    http.post('*/api/v1/engines/edge_1/stop', () => {
      asked += 1;
      return HttpResponse.json({ ledger: { received: 1_000, stored: 990 } });
    }),
  );
  show();

  await userEvent.click(await screen.findByRole('button', { name: 'Actions for edge_1' }));
  await userEvent.click(screen.getByRole('menuitem', { name: 'Stop' }));
  const dialog = await screen.findByRole('dialog', { name: 'Stop edge_1?' });
  expect(asked).toBe(0);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Stop' }));

  expect(await screen.findByText(/Of 1,000 messages received since its start, 990 are stored/)).toBeVisible();
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  // The list was asked for again, and this server says that it still runs.
  expect(screen.getByText('running')).toBeVisible();
});

test('a refused command says so in its dialog, which stays', async () => {
  refuses('post', '/engines/edge_1/pause', 409, { message: 'engine edge_1 does not run', hint: 'start it first' });
  show();

  await userEvent.click(await screen.findByRole('button', { name: 'Actions for edge_1' }));
  await userEvent.click(screen.getByRole('menuitem', { name: 'Pause' }));
  const dialog = await screen.findByRole('dialog', { name: 'Pause edge_1?' });
  await userEvent.click(within(dialog).getByRole('button', { name: 'Pause' }));

  expect(await within(dialog).findByText('Engine edge_1 does not run.')).toBeVisible();
});

test('deleting wants the name typed, and says what becomes of the days', async () => {
  const asked: string[] = [];
  server.use(
    http.delete('*/api/v1/engines/core', ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json({ deleted: 'core', ledger: null, job: null });
    }),
  );
  show();

  await userEvent.click(await screen.findByRole('button', { name: 'Actions for core' }));
  await userEvent.click(screen.getByRole('menuitem', { name: 'Delete' }));
  const dialog = await screen.findByRole('dialog', { name: 'Delete core?' });
  expect(within(dialog).getByRole('radio', { name: /Keep them/ })).toBeChecked();
  const button = within(dialog).getByRole('button', { name: 'Delete it' });
  expect(button).toBeDisabled();
  fill(within(dialog).getByLabelText('Type its name'), 'core');
  await userEvent.click(button);

  expect(await screen.findByText('core is deleted.')).toBeVisible();
  expect(asked).toEqual(['?confirm=core&data=keep']);
});

test('a new engine: what is refused stands at its field, nothing typed is lost, and then it is made', async () => {
  const bodies: unknown[] = [];
  let isRefused = true;
  server.use(
    http.post('*/api/v1/engines', async ({ request }) => {
      bodies.push(await request.json());
      if (!isRefused) return HttpResponse.json(status({ engine: 'office' }), { status: 201 });
      isRefused = false;
      const problems = [
        { path: 'engine.name', wrong: "'x' is too short", right: 'a name is 4 to 30 characters' },
        { path: 'engine.clients[0].address', wrong: 'no range', right: 'write a CIDR' },
      ];
      return HttpResponse.json({ code: 'invalid', message: 'no', request_id: 'r', problems }, { status: 400 });
    }),
  );
  const { router } = show(undefined, '/engines?new=');

  const dialog = await screen.findByRole('dialog', { name: 'New engine' });
  fill(await within(dialog).findByLabelText('Name'), 'x');
  fill(within(dialog).getByLabelText('Allowed senders'), '10.0.0.300 branch');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Create the engine' }));

  expect(await within(dialog).findByText("'x' is too short. A name is 4 to 30 characters.")).toBeVisible();
  expect(within(dialog).getByText('Line 1: No range. Write a CIDR.')).toBeVisible();
  expect(within(dialog).getByLabelText('Name')).toHaveFocus();
  expect(within(dialog).getByLabelText('Allowed senders')).toHaveValue('10.0.0.300 branch');

  fill(within(dialog).getByLabelText('Name'), 'office');
  fill(within(dialog).getByLabelText('Allowed senders'), '');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Create the engine' }));

  expect(await screen.findByText('its page')).toBeVisible();
  expect(router.state.location.pathname).toBe('/engines/office');
  // The ports 5140 and 5141 are taken, and what is as always is not sent.
  expect(bodies[1]).toEqual({ engine: { name: 'office', class: 'mikrotik', port: 5142 }, autostart: true });
});

test('without an answer the page says so', async () => {
  server.use(http.get('*/api/v1/engines', () => HttpResponse.error()));
  show();

  expect(await screen.findByText('The server does not answer.')).toBeVisible();
});

test('no engine yet: the next step is there', async () => {
  answers('get', '/engines', []);
  show();

  expect(await screen.findByText('No engine yet.')).toBeVisible();
  expect(screen.getByRole('button', { name: 'New engine' })).toBeVisible();
});
