/** The eight severities of syslog, by number. */

export const SEVERITIES = [
  { code: 0, name: 'emerg', words: 'emergency: the system is unusable' },
  { code: 1, name: 'alert', words: 'alert: something has to be done at once' },
  { code: 2, name: 'crit', words: 'critical' },
  { code: 3, name: 'err', words: 'error' },
  { code: 4, name: 'warning', words: 'warning' },
  { code: 5, name: 'notice', words: 'notice: normal, but worth a look' },
  { code: 6, name: 'info', words: 'information' },
  { code: 7, name: 'debug', words: 'debugging' },
] as const;

/** Errors and everything worse. */
const WORST_HARMLESS = 4;

/** `info`; a number that is none of the eight stays a number; `none` where a line says nothing. */
export function severityName(code: number | null): string {
  if (code === null) return 'none';
  return SEVERITIES[code]?.name ?? String(code);
}

export function isError(code: number | null): boolean {
  return code !== null && code < WORST_HARMLESS;
}

/** What a row has in its column `severity`. */
export function severityOf(value: string | number | null | undefined): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}
