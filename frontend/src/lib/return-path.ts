/** Where somebody goes after signing in: only ever a path of these pages. */

export function signInPath(from: string): string {
  return from === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(from)}`;
}

export function returnPath(search: URLSearchParams): string {
  const to = search.get('to') ?? '/';
  // `//host` and `/\host` are other hosts to a browser.
  return /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : '/';
}
