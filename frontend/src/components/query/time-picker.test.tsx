import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';

import { renderRoutes } from '@/testing/render';
import { answers, refuses, server } from '@/testing/server';

import { TimePicker } from './time-picker';

const change = vi.fn();

beforeEach(() => {
  change.mockReset();
  answers('get', '/system/about', { name: 'Syslogger', version: '1', time_zone: 'Asia/Dhaka', now: Date.now() * 1_000 });
});

async function show() {
  renderRoutes([
    { path: '/', element: <TimePicker value={{ since: '-24h', until: null }} onChange={change} zone="Asia/Dhaka" /> },
  ]);
  await userEvent.click(screen.getByRole('button', { name: 'Time range: last 24 h' }));
  expect(screen.getByRole('dialog', { name: 'Time range' })).toBeVisible();
}

test('a relative range is one click', async () => {
  await show();
  expect(screen.getByRole('button', { name: 'last 24 h' })).toHaveAttribute('aria-pressed', 'true');

  await userEvent.click(screen.getByRole('button', { name: 'last 7 d' }));

  expect(change).toHaveBeenCalledExactlyOnceWith({ since: '-7d', until: null });
});

test('what is typed is read by the API before it is taken', async () => {
  let asked: unknown = null;
  server.use(
    http.post('*/api/v1/logs/parse', async ({ request }) => {
      asked = await request.json();
      return HttpResponse.json({ where: null, text: '', since: 1, until: 2 });
    }),
  );
  await show();

  await userEvent.type(screen.getByLabelText('Type or paste a time'), '2026-11-20 14:00 .. 15:00{Enter}');

  await waitFor(() => expect(change).toHaveBeenCalledExactlyOnceWith({ since: '2026-11-20 14:00', until: '2026-11-20 15:00' }));
  expect(asked).toEqual({ since: '2026-11-20 14:00', until: '2026-11-20 15:00' });
});

test('what cannot be read is told at its field', async () => {
  refuses('post', '/logs/parse', 400, { code: 'time_range', message: 'the time range ends before it begins' });
  await show();
  const field = screen.getByLabelText('Type or paste a time');

  await userEvent.type(field, 'soon{Enter}');
  expect(field).toBeInvalid();
  expect(field).toHaveAccessibleDescription(/no time that can be read/);

  await userEvent.clear(field);
  await userEvent.type(field, '15:00 .. 14:00{Enter}');
  expect(await screen.findByText('The time range ends before it begins.')).toBeVisible();
  expect(change).not.toHaveBeenCalled();
});

test('a jump shows the minutes around a moment', async () => {
  answers('post', '/logs/parse', { where: null, text: '', since: 1_795_161_600_000_000, until: null });
  await show();

  await userEvent.type(screen.getByLabelText('Jump to a moment'), 'yesterday 14:00{Enter}');

  await waitFor(() =>
    expect(change).toHaveBeenCalledExactlyOnceWith({ since: '1795161300000000', until: '1795161900000000' }),
  );
});
