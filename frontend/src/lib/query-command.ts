/** A search as a command line of `syslogger query`, for a terminal of the server. No React. */
import type { SearchState } from './search-address';
import { shellLine } from './shell-quote';
import { instantOf } from './time-range';

type Asked = Partial<Pick<SearchState, 'q' | 'range' | 'engines' | 'classes' | 'columns' | 'order'>>;

export function queryCommand(asked: Asked, options: { follow?: boolean } = {}): string {
  const words = ['syslogger', 'query'];
  const text = (asked.q ?? '').trim();
  // Behind `--` nothing is an option: `-severity:debug` looks like one.
  const isLast = text.startsWith('-');
  if (text !== '' && !isLast) words.push(text);
  if (options.follow === true) words.push('--follow');
  else words.push(...moments(asked.range));
  for (const engine of asked.engines ?? []) words.push('--engine', engine);
  for (const each of asked.classes ?? []) words.push('--class', each);
  if (asked.columns !== undefined && asked.columns.length > 0) words.push('--columns', asked.columns.join(','));
  if (asked.order === 'oldest' && options.follow !== true) words.push('--oldest');
  if (isLast) words.push('--', text);
  return shellLine(words);
}

/** One row, whole. */
export function rowCommand(id: string): string {
  return shellLine(['syslogger', 'query', '--row', id]);
}

function moments(range: SearchState['range'] | undefined): string[] {
  const words: string[] = [];
  if (range?.since != null) words.push('--since', momentWord(range.since));
  if (range?.until != null) words.push('--until', momentWord(range.until));
  return words;
}

/** Microseconds since 1970 are for programs. */
function momentWord(moment: string): string {
  const us = instantOf(moment);
  if (us === null) return moment;
  const iso = new Date(Math.floor(us / 1_000)).toISOString();
  return iso.replace('Z', `${String(((us % 1_000) + 1_000) % 1_000).padStart(3, '0')}Z`);
}
