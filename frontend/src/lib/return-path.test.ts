import { expect, test } from 'vitest';

import { returnPath, signInPath } from './return-path';

test('whoever had to sign in comes back to the same address', () => {
  const path = '/search?q=a b&from=-1h';
  const search = new URL(signInPath(path), 'http://here').searchParams;

  expect(returnPath(search)).toBe(path);
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/sign-in?to=/', ''])(
  'nobody is sent to %s',
  (to) => {
    expect(returnPath(new URLSearchParams({ to }))).toBe('/');
  },
);
