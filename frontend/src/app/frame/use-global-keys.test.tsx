import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { Outlet, useLocation } from 'react-router';
import { expect, test } from 'vitest';

import { SessionContext } from '@/hooks/use-session';
import { renderRoutes } from '@/testing/render';
import { anna } from '@/testing/server';
import type { Me } from '@/types/shapes';

import { useGlobalKeys } from './use-global-keys';

function Keys() {
  useGlobalKeys();
  const { pathname, search, ...location } = useLocation();
  const state: unknown = location.state;
  return (
    <>
      <p data-testid="at">{`${pathname}${search} ${JSON.stringify(state)}`}</p>
      <Outlet />
    </>
  );
}

function show(at: string, me: Me = anna) {
  renderRoutes(
    [
      {
        element: (
          <SessionContext value={me}>
            <Keys />
          </SessionContext>
        ),
        children: [
          { path: '/', element: <input aria-label="something" /> },
          { path: '/search', element: <textarea aria-label="Query" data-query-bar="" defaultValue="login" /> },
          { path: '/tail', element: null },
        ],
      },
    ],
    at,
  );
}

test('/ leads to the query, also from another page', async () => {
  show('/');

  await userEvent.keyboard('/');

  await waitFor(() => expect(screen.getByTestId('at')).toHaveTextContent('/search {"focus":"query"}'));
});

test('where there is a query, it has the focus', async () => {
  show('/search?q=login');

  await userEvent.keyboard('/');
  expect(screen.getByLabelText('Query')).toHaveFocus();

  // Within a text it is a sign like any other.
  await userEvent.keyboard('/');
  expect(screen.getByLabelText('Query')).toHaveValue('/');
});

test('with Ctrl also while somebody types', async () => {
  show('/');
  await userEvent.click(screen.getByLabelText('something'));

  await userEvent.keyboard('t/');
  expect(screen.getByTestId('at')).toHaveTextContent('/ null');
  await userEvent.keyboard('{Control>}k{/Control}');

  await waitFor(() => expect(screen.getByTestId('at')).toHaveTextContent('/search'));
});

test('t is the tail of the search that is shown', async () => {
  show('/search?q=login&since=-7d&engine=main');

  await userEvent.keyboard('t');

  await waitFor(() => expect(screen.getByTestId('at')).toHaveTextContent('/tail?q=login&engine=main null'));
});

test('who may not search has no keys for it', async () => {
  show('/', { ...anna, role: 'viewer' });

  await userEvent.keyboard('/t');

  expect(screen.getByTestId('at')).toHaveTextContent('/ null');
});
