import { screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';

import { FIRST_SEARCH } from '@/lib/search-address';
import { renderRoutes } from '@/testing/render';
import { answers, refuses, server } from '@/testing/server';
import type { Histogram } from '@/types/shapes';

import { SearchHistogram } from './search-histogram';

const MINUTE = 60_000_000;
const START = Date.parse('2026-11-21T14:00:00Z') * 1_000;
const FOUND: Histogram = {
  step: '1m',
  starts: [START, START + MINUTE, START + 2 * MINUTE],
  counts: [1_000, 0, 284],
  series: [
    [6, [999, 0, 284]],
    [3, [1, 0, 0]],
  ],
  others: [0, 0, 0],
  searched: { partitions: 2, searched: 2, damaged: {}, unknown_fields: [], since: START + 1_000, until: START + 3 * MINUTE },
};

beforeEach(() => {
  localStorage.clear();
  answers('get', '/system/about', { name: 'syslogger', version: '1', time_zone: 'UTC', now: START });
});

function shown() {
  const onRange = vi.fn();
  const onBack = vi.fn();
  renderRoutes([{ path: '/', element: <SearchHistogram search={{ ...FIRST_SEARCH, q: 'login' }} onRange={onRange} onBack={onBack} /> }]);
  return { onRange, onBack };
}

test('says how many rows there are, and shows them by severity in words', async () => {
  const asked: string[] = [];
  server.use(
    http.get('*/api/v1/logs/histogram', ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(FOUND);
    }),
  );
  shown();

  expect(await screen.findByText(/^1,284 rows · .* s · searched 2 of 2 days$/)).toBeVisible();
  expect(screen.getByText('· 1 min a bar')).toBeInTheDocument();
  const legend = screen.getByRole('list', { name: 'Colours' });
  expect(within(legend).getAllByRole('listitem').map((item) => item.textContent)).toEqual(['err1', 'info1,283']);
  expect(asked).toEqual(['?since=-24h&q=login&until=now&by=severity&top=9']);
});

test('a selection is zoomed to, within what was asked for; there is no way back before', async () => {
  answers('get', '/logs/histogram', FOUND);
  const { onRange } = shown();
  const chart = await screen.findByRole('slider', { name: 'Rows in each 1 min' });
  expect(screen.getByRole('button', { name: 'Back' })).toBeDisabled();
  expect(screen.getByRole('button', { name: 'Zoom in' })).toBeDisabled();

  chart.focus();
  await userEvent.keyboard('{Home}');
  await userEvent.click(screen.getByRole('button', { name: 'Zoom in' }));

  expect(onRange).toHaveBeenCalledExactlyOnceWith(START + 1_000, START + MINUTE);
});

test('the same in a table, with empty steps', async () => {
  answers('get', '/logs/histogram', FOUND);
  shown();
  await screen.findByRole('slider');

  await userEvent.click(screen.getByRole('button', { name: 'Table' }));

  const rows = within(screen.getByRole('table')).getAllByRole('row');
  expect(rows.map((row) => row.textContent)).toEqual([
    'TimeRowserrinfo',
    '2026-11-21 14:00 to 14:011,0001999',
    '2026-11-21 14:01 to 14:02000',
    '2026-11-21 14:02 to 14:032840284',
  ]);
});

test('a cut answer is called one', async () => {
  answers('get', '/logs/histogram', { ...FOUND, searched: { ...FOUND.searched, partitions: 30, searched: 14, cut: 'deadline' } });
  shown();

  expect(await screen.findByText(/after 14 of 30 days/)).toBeVisible();
  expect(screen.getByText(/^at least 1,284 rows/)).toBeVisible();
});

test('an error is said, and a chart that is hidden is not asked for', async () => {
  refuses('get', '/logs/histogram', 403, { message: 'you may not see logs' });
  shown();
  expect(await screen.findByText('You may not see logs.')).toBeVisible();

  await userEvent.click(screen.getByRole('button', { name: /Hide.*chart/ }));

  expect(screen.queryByText('You may not see logs.')).toBeNull();
  expect(localStorage.getItem('syslogger.histogram')).toContain('"isShown":false');
});
