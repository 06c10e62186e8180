import { screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import { renderRoutes } from '@/testing/render';
import { anna, answers, refuses } from '@/testing/server';

import { SetupPage } from './setup-page';

const ROUTES = [
  { path: '/setup', element: <SetupPage /> },
  { path: '/', element: <p>home</p> },
  { path: '/sign-in', element: <p>the sign-in</p> },
];

async function fill(): Promise<void> {
  await userEvent.type(await screen.findByLabelText('Setup code'), 'abc');
  await userEvent.type(screen.getByLabelText('Name'), 'anna');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery');
  await userEvent.click(screen.getByRole('button', { name: /Make the admin/ }));
}

test('makes the first admin, who is then signed in', async () => {
  refuses('get', '/auth/me', 401, {});
  answers('get', '/auth/setup', { open: true });
  answers('post', '/auth/setup', anna, 201);
  renderRoutes(ROUTES, '/setup');

  await fill();

  expect(await screen.findByText('home')).toBeVisible();
});

test('a fault of a field stands at the field', async () => {
  refuses('get', '/auth/me', 401, {});
  answers('get', '/auth/setup', { open: true });
  refuses('post', '/auth/setup', 422, { message: 'this is not the code', field: 'body.code' });
  renderRoutes(ROUTES, '/setup');

  await fill();

  expect(await screen.findByText('This is not the code.')).toBeVisible();
  expect(screen.getByLabelText('Setup code')).toBeInvalid();
});

test('once there is an admin, this leads to the sign-in', async () => {
  refuses('get', '/auth/me', 401, {});
  answers('get', '/auth/setup', { open: false });
  renderRoutes(ROUTES, '/setup');

  expect(await screen.findByText('the sign-in')).toBeVisible();
});
