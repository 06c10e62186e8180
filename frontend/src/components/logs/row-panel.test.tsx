import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { expect, test, vi } from 'vitest';

import { renderRoutes } from '@/testing/render';
import { answers, server } from '@/testing/server';

import { RowPanel } from './row-panel';

const ID = 'c.e.2026-11-20.5';
const ROW = {
  id: ID,
  receivedAt: 1_763_600_000_000_000,
  values: { class: 'c', engine: 'e', day: '2026-11-20', severity: 3, user: 'anna', none: null, original_log: '<131> login\tfailed' },
};

function told(number: number) {
  return { id: `c.e.2026-11-20.${number}`, received_at: number, class: 'c', engine: 'e', day: '2026-11-20', time: '', original_log: `line ${number}` };
}

function show(props: Partial<Parameters<typeof RowPanel>[0]> = {}) {
  answers('get', '/system/about', { name: 'Syslogger', version: '1', time_zone: 'UTC', now: 0 });
  const asked: string[] = [];
  server.use(
    http.get('*/api/v1/logs/:id/context', ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json({ before: [told(4)], row: told(5), after: [told(6), told(7)] });
    }),
  );
  const acts = { onClose: vi.fn(), onFilter: vi.fn(), onContext: vi.fn() };
  renderRoutes([{ path: '/', element: <RowPanel row={ROW} {...acts} {...props} /> }]);
  return { ...acts, asked };
}

test('every field, the line as it is, what can be done with a value', async () => {
  const { onFilter } = show({ columns: ['user'] });
  const fields = await screen.findByRole('region', { name: 'Fields of this row' });
  expect(within(fields).getAllByRole('rowheader').map((each) => each.textContent)).toEqual([
    'user',
    'severity',
    'none',
    'class',
    'engine',
    'day',
  ]);
  expect(screen.getByText('<131> login\\tfailed')).toBeInTheDocument();

  await userEvent.click(screen.getByRole('button', { name: 'Filter out user' }));
  expect(onFilter).toHaveBeenCalledWith('user', 'anna', 'out');
  await userEvent.click(screen.getByRole('button', { name: 'Filter for none' }));
  expect(onFilter).toHaveBeenCalledWith('none', null, 'for');
});

test('the rows around: of its engine, or of its sender only; one of them can be chosen', async () => {
  const { asked, onContext } = show();
  await userEvent.click(await screen.findByRole('button', { name: /line 6/ }));
  expect(onContext).toHaveBeenCalledWith(expect.objectContaining({ id: 'c.e.2026-11-20.6' }));
  expect(screen.getByText('1 row before, 2 rows after, of engine e.')).toBeInTheDocument();

  await userEvent.click(screen.getByRole('switch', { name: 'of its sender only' }));
  await waitFor(() => expect(asked).toEqual(['?before=10&after=10&same_sender=false', '?before=10&after=10&same_sender=true']));
});

test('Escape closes', async () => {
  const { onClose } = show();
  await screen.findByText('line 6');
  await userEvent.keyboard('{Escape}');
  expect(onClose).toHaveBeenCalledOnce();
});

test('what is copied: the line, JSON, a link, a command', async () => {
  const user = userEvent.setup();
  show();
  await screen.findByText('line 6');
  await user.click(screen.getByRole('button', { name: 'Copy the line' }));
  expect(await navigator.clipboard.readText()).toBe('<131> login\tfailed');
  await user.click(screen.getByRole('button', { name: 'Copy link' }));
  expect(await navigator.clipboard.readText()).toMatch(/\/search\?row=c\.e\.2026-11-20\.5$/);
  await user.click(screen.getByRole('button', { name: 'Copy as command' }));
  expect(await navigator.clipboard.readText()).toBe(`syslogger query --row ${ID}`);
  await user.click(screen.getByRole('button', { name: 'Copy as JSON' }));
  expect(JSON.parse(await navigator.clipboard.readText())).toMatchObject({ id: ID, user: 'anna' });
});
