import { screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import { renderRoutes } from '@/testing/render';
import { anna, answers, refuses } from '@/testing/server';

import { SignInPage } from './sign-in-page';

const ROUTES = [
  { path: '/sign-in', element: <SignInPage /> },
  { path: '/engines', element: <p>engines</p> },
  { path: '/setup', element: <p>the setup</p> },
];

test('who signs in comes back to where it was asked for', async () => {
  refuses('get', '/auth/me', 401, {});
  answers('get', '/auth/setup', { open: false });
  answers('post', '/auth/login', anna);
  renderRoutes(ROUTES, '/sign-in?to=%2Fengines');

  await userEvent.type(screen.getByLabelText('Name'), 'anna');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));

  expect(await screen.findByText('engines')).toBeVisible();
});

test('a wrong password is told, and what was typed stays', async () => {
  refuses('get', '/auth/me', 401, {});
  answers('get', '/auth/setup', { open: false });
  refuses('post', '/auth/login', 401, { message: 'the name or the password is wrong' });
  renderRoutes(ROUTES, '/sign-in');

  await userEvent.type(screen.getByLabelText('Name'), 'anna');
  await userEvent.type(screen.getByLabelText('Password'), 'wrong');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));

  expect(await screen.findByRole('alert')).toHaveTextContent('The name or the password is wrong.');
  expect(screen.getByLabelText('Name')).toHaveValue('anna');
});

test('without any user it leads to the setup', async () => {
  refuses('get', '/auth/me', 401, {});
  answers('get', '/auth/setup', { open: true });
  renderRoutes(ROUTES, '/sign-in');

  expect(await screen.findByText('the setup')).toBeVisible();
});
