/** Names of fields: of the days that are searched, and of the rows that are here. */
import type { LogRow } from '@/lib/log-row';
import { TIME } from '@/lib/log-columns';

/** Rows of a page are alike; looking at each of a hundred thousand would find nothing more. */
const LOOKED_AT = 200;

export function fieldNames(fields: Readonly<Record<string, string>>, rows: readonly LogRow[]): string[] {
  const names = new Set([TIME, ...Object.keys(fields)]);
  for (const row of rows.slice(0, LOOKED_AT)) for (const name of Object.keys(row.values)) names.add(name);
  return [...names].filter((name) => name !== 'id' && name !== 'received_at');
}
