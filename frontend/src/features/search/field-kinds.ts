/** Which fields are worth counting, and in which order they are offered. */

/** Every row has its own: counts of them say nothing. */
const UNIQUE = new Set(['id', 'time', 'time_zone', 'received_at', 'original_log', 'date']);
const FIRST = ['severity', 'client', 'log_sender_ip', 'engine', 'class', 'day', 'facility'];

/** What every row has comes first, then the fields of classes by their names. */
export function countable(fields: readonly string[]): string[] {
  const rank = (name: string) => {
    const place = FIRST.indexOf(name);
    return place < 0 ? FIRST.length : place;
  };
  return [...new Set(fields)]
    .filter((name) => !UNIQUE.has(name))
    .sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
}
