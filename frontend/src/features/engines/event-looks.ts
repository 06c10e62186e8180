/** How grave an event is, and how its kind is called. No React. */

export type Gravity = 'bad' | 'warning' | 'news';

const BAD: ReadonlySet<string> = new Set(['failed', 'crash_loop', 'write_failed', 'abandoned', 'job_failed', 'no_space']);

const WARNINGS: ReadonlySet<string> = new Set([
  'degraded',
  'child_died',
  'field_parked',
  'clock_step',
  'warning',
  'config_reported',
  'retention_waits',
]);

export function gravityOf(kind: string): Gravity {
  if (BAD.has(kind)) return 'bad';
  return WARNINGS.has(kind) ? 'warning' : 'news';
}

export function kindInWords(kind: string): string {
  return kind.replaceAll('_', ' ');
}
