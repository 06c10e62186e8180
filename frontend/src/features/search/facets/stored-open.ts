/** Which fields are open, as this browser keeps it. */

const KEY = 'syslogger.facets';
const MOST = 20;
const FIRST: readonly string[] = ['severity', 'log_sender_ip'];

export function storedOpen(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string').slice(0, MOST) : FIRST;
  } catch {
    return FIRST;
  }
}

export function storeOpen(open: readonly string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(open.slice(-MOST)));
  } catch {
    // A browser that keeps nothing begins anew the next time.
  }
}
