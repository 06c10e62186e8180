import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';

import { FIRST_SEARCH } from '@/lib/search-address';
import { renderRoutes } from '@/testing/render';
import { refuses, server } from '@/testing/server';

import { SearchFacets } from './search-facets';

const SEARCHED = { partitions: 1, searched: 1, damaged: {}, unknown_fields: [] };

let asked: URLSearchParams[] = [];

beforeEach(() => {
  localStorage.clear();
  asked = [];
  server.use(
    http.get('*/api/v1/logs/facets', ({ request }) => {
      const params = new URL(request.url).searchParams;
      asked.push(params);
      const facets = (params.get('fields') ?? '').split(',').map((field) => ({
        field,
        values: field === 'severity' ? [[6, 90], [null, 10]] : [['rtr <b>1</b>', 60]],
        distinct: field === 'severity' ? 2 : 40,
        approximate: field !== 'severity',
      }));
      return HttpResponse.json({ facets, rows: 100, searched: SEARCHED });
    }),
  );
});

function shown(fields: string[]) {
  const onFilter = vi.fn();
  renderRoutes([{ path: '/', element: <SearchFacets search={FIRST_SEARCH} onFilter={onFilter} fields={fields} /> }]);
  return onFilter;
}

test('open fields are asked for at once, closed ones when they are opened', async () => {
  shown(['pppoe', 'severity', 'log_sender_ip', 'original_log']);

  expect(await screen.findByRole('list', { name: 'Values of severity' })).toBeVisible();
  expect(asked.map((each) => each.get('fields'))).toEqual(['severity,log_sender_ip']);
  expect(screen.queryByRole('button', { name: /original_log/ })).toBeNull();

  await userEvent.click(screen.getByRole('button', { name: 'pppoe' }));
  expect(await screen.findByRole('list', { name: 'Values of pppoe' })).toBeVisible();
  expect(asked.map((each) => each.get('fields'))).toEqual(['severity,log_sender_ip', 'pppoe']);
});

test('values have counts and shares, and filter for and out; none is a value, too', async () => {
  const onFilter = shown(['severity']);
  const values = await screen.findByRole('list', { name: 'Values of severity' });
  expect(within(values).getAllByRole('listitem').map((item) => item.textContent)).toEqual(['info9090 %', 'no value1010 %']);

  await userEvent.click(screen.getByRole('button', { name: 'Filter for severity info' }));
  await userEvent.click(screen.getByRole('button', { name: 'Filter out severity no value' }));

  expect(onFilter.mock.calls).toEqual([
    ['severity', 6, 'for'],
    ['severity', null, 'out'],
  ]);
});

test('what is approximate is called so, and more can be had', async () => {
  shown(['log_sender_ip']);
  expect(await screen.findByText('rtr <b>1</b>')).toBeVisible();
  expect(screen.getByText(/^Approximate/)).toBeVisible();

  await userEvent.click(screen.getByRole('button', { name: 'More values of log_sender_ip' }));

  await waitFor(() => expect(asked.at(-1)?.get('top')).toBe('50'));
});

test('many fields are looked through by their names', async () => {
  shown(Array.from({ length: 200 }, (_, place) => `field_${place}`));

  await userEvent.type(screen.getByRole('searchbox', { name: 'Find a field' }), '19');

  expect(screen.getByText('12 of 200')).toBeVisible();
  expect(screen.getAllByRole('button')).toHaveLength(12);
});

test('an error stands at its field, and can be asked again', async () => {
  refuses('get', '/logs/facets', 422, { message: 'no such field' });
  shown(['severity']);

  expect(await screen.findByText('Not counted: No such field.')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Ask again' })).toBeEnabled();
});
