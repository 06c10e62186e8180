import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';

import { SessionContext } from '@/hooks/use-session';
import { FIRST_SEARCH } from '@/lib/search-address';
import { renderRoutes } from '@/testing/render';
import { anna, answers, refuses, server } from '@/testing/server';
import type { Export, Me } from '@/types/shapes';

import { ExportDialog } from './export-dialog';
import { played } from './played-export';

const SEARCHED = { partitions: 1, searched: 1, damaged: {}, unknown_fields: [] };
const SEARCH = { ...FIRST_SEARCH, q: 'login', columns: ['time', 'client'] };

beforeEach(() => {
  answers('get', '/system/about', { name: 'syslogger', version: '1', time_zone: 'UTC', now: played.created_at });
  answers('get', '/logs/fields', { fields: { client: 'TEXT', severity: 'INTEGER' } });
  answers('get', '/logs/count', { count: 1_284_003, exact: true, searched: SEARCHED });
  answers('get', '/logs', { rows: [{ id: 'x', received_at: 1, time: '2026', client: 'office' }], after: null, searched: SEARCHED });
  answers('get', '/exports', []);
});

function shown(me: Me = anna) {
  const onClose = vi.fn();
  const dialog = (
    <SessionContext value={me}>
      <ExportDialog search={SEARCH} isOpen onClose={onClose} />
    </SessionContext>
  );
  renderRoutes([{ path: '/', element: dialog }]);
  return onClose;
}

test('says how large it will be, and asks for what was chosen', async () => {
  const bodies: unknown[] = [];
  let all: Export[] = [];
  server.use(
    http.get('*/api/v1/exports', () => HttpResponse.json(all)),
    http.post('*/api/v1/exports', async ({ request }) => {
      bodies.push(await request.json());
      all = [{ ...played, state: 'running', percent: 41, expires_at: null }];
      return HttpResponse.json(all[0], { status: 201 });
    }),
  );
  shown();
  expect(await screen.findByText('1,284,003 rows, about 17 MB.')).toBeVisible();

  await userEvent.click(screen.getByRole('radio', { name: /^JSON lines/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Start export' }));

  // While the answer is on its way, the button has a bar, too.
  await waitFor(() => expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '41'));
  expect(await screen.findByText(/^Started\./)).toBeVisible();
  expect(screen.getByText('1 export, 1 in the making')).toBeVisible();
  expect(bodies).toEqual([
    expect.objectContaining({ format: 'jsonl', q: 'login', query: expect.objectContaining({ since: '-24h', columns: ['time', 'client'] }) as unknown }),
  ]);
});

test('a day file is offered to operators who see everything', async () => {
  answers('get', '/days', {
    days: [{ id: 'm.e.2026-11-20', class: 'm', engine: 'e', day: '2026-11-20', state: 'sealed', rows: 5, bytes: 9_000, least: 1, greatest: 2, trouble: '' }],
    rows: 5,
    bytes: 9_000,
    more: false,
  });
  shown();
  await userEvent.click(screen.getByRole('radio', { name: /^Day file/ }));
  expect(screen.getByRole('button', { name: 'Start export' })).toBeDisabled();

  await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Day' }), '2026-11-20 m/e: 5 rows, 9 kB');

  expect(screen.getByRole('button', { name: 'Start export' })).toBeEnabled();
});

test('who sees a part only is not offered the whole', () => {
  shown({ ...anna, role: 'analyst' });

  expect(screen.queryByRole('radio', { name: /^Day file/ })).toBeNull();
});

test('a limit is told in words, and nothing is lost', async () => {
  refuses('post', '/exports', 409, { code: 'too_many_exports', message: 'there are 20 exports of yours already', hint: 'delete some first' });
  shown();

  await userEvent.click(screen.getByRole('button', { name: 'Start export' }));

  expect(await screen.findByText('There are 20 exports of yours already.')).toBeVisible();
  expect(screen.getByText(/Delete some first/)).toBeVisible();
});

test('one that is done is a link without secrets, with its sum', async () => {
  answers('get', '/exports', [played]);
  answers('get', `/exports/${played.id}/manifest`, {
    request: {},
    rows: 1_000,
    bytes: 250_000,
    sha256: 'ab'.repeat(32),
    started: '2026-11-21T13:00:00Z',
    finished: '2026-11-21T13:00:02Z',
    version: '0.1.0',
    left_out: 2,
    damaged: {},
  });
  shown();

  expect(await screen.findByRole('link', { name: `Download ${played.file_name}` })).toHaveAttribute(
    'href',
    `/api/v1/exports/${played.id}/data`,
  );
  await userEvent.click(screen.getByRole('button', { name: `Details of ${played.file_name}` }));
  expect(await screen.findByText('ab'.repeat(32))).toBeVisible();
  expect(screen.getByText('2 rows without an original line are not in it.')).toBeVisible();
});

test('deleting is asked about, and done', async () => {
  let all = [played];
  server.use(
    http.get('*/api/v1/exports', () => HttpResponse.json(all)),
    http.delete(`*/api/v1/exports/${played.id}`, () => {
      all = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  shown();

  await userEvent.click(await screen.findByRole('button', { name: `Delete ${played.file_name}` }));
  await userEvent.click(screen.getByRole('button', { name: 'Delete the export' }));

  expect(await screen.findByText(/^None yet/)).toBeVisible();
});

test('what is made can be saved at once, and is gone on with where it broke', async () => {
  const written: string[] = [];
  let isClosed = false;
  const handle = {
    createWritable: () =>
      Promise.resolve({
        write: (data: Uint8Array) => Promise.resolve(void written.push(new TextDecoder().decode(data))),
        close: () => Promise.resolve(void (isClosed = true)),
        abort: () => Promise.resolve(),
      }),
  };
  vi.stubGlobal('showSaveFilePicker', () => Promise.resolve(handle));
  const small = { ...played, bytes: 4 };
  answers('get', '/exports', [small]);
  answers('get', `/exports/${played.id}`, small);
  const after: (string | null)[] = [];
  server.use(
    http.get(`*/api/v1/exports/${played.id}/data`, ({ request }) => {
      const from = new URL(request.url).searchParams.get('after');
      after.push(from);
      // The first answer ends too early.
      return new HttpResponse(from === '0' ? 'ab' : 'cd');
    }),
  );
  shown();

  await userEvent.click(await screen.findByRole('button', { name: `Save ${played.file_name} as` }));

  expect(await screen.findByText('Saved: 4 B, all of it.')).toBeVisible();
  expect(after).toEqual(['0', '2']);
  expect(written.join('')).toBe('abcd');
  expect(isClosed).toBe(true);
  vi.unstubAllGlobals();
});
