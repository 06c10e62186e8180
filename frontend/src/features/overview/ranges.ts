/** Of when the ledger is shown; the choice stands in the address. */

export type RangeKey = 'start' | 'hour' | 'day';

export interface LedgerRange {
  key: RangeKey;
  words: string;
  /** What is asked for the steps, as docs/query.md says it. */
  since: string;
  step: string;
  stepWords: string;
}

export const RANGES: readonly LedgerRange[] = [
  { key: 'start', words: 'Since start', since: '-1h', step: '1m', stepWords: 'minute' },
  { key: 'hour', words: 'Last hour', since: '-1h', step: '1m', stepWords: 'minute' },
  { key: 'day', words: 'Last 24 h', since: '-24h', step: '15m', stepWords: '15 minutes' },
];

const FIRST: LedgerRange = { key: 'start', words: 'Since start', since: '-1h', step: '1m', stepWords: 'minute' };

export function rangeOf(address: URLSearchParams): LedgerRange {
  return RANGES.find((each) => each.key === address.get('ledger')) ?? FIRST;
}

/** The address with another choice; what is as always is left out. */
export function withRange(address: URLSearchParams, key: RangeKey): URLSearchParams {
  const next = new URLSearchParams(address);
  if (key === FIRST.key) next.delete('ledger');
  else next.set('ledger', key);
  return next;
}
