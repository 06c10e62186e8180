/** What completes the text of a query at the caret, and the text with a choice in it. No React. */
import { queryName, quoteValue, VALUE_NAMES } from './query-text';
import { listAt, tokensOf, type Token } from './query-tokens';

/** What is being typed. */
export interface Completing {
  kind: 'field' | 'value';
  /** Whose values. */
  field: string;
  /** What is typed of it, as it is meant: without quotes and backslashes. */
  prefix: string;
  /** Which part of the text a choice replaces. */
  start: number;
  end: number;
  /** What stays before the choice: `>=`. */
  before: string;
}

export interface Suggestion {
  /** What it is called in the list. */
  label: string;
  /** What goes into the text. */
  text: string;
  /** What is said beside it. */
  note: string;
}

export const MOST_SUGGESTIONS = 50;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const BEGUN_FIELD = /^([A-Za-z_][A-Za-z0-9_]*):$/;
/** Every row has these besides the columns of its day. */
const OF_EVERY_ROW: readonly string[] = ['sender', 'client', 'engine', 'class', 'day', 'severity', 'facility', 'original_log'];

/** null: nothing that could be completed. */
export function completingAt(text: string, caret: number): Completing | null {
  const tokens = tokensOf(text);
  const token = tokens.find(({ start, end }) => start < caret && caret <= end);
  if (token === undefined) return between(listAt(tokens, caret), caret);
  const typed = text.slice(token.start, caret);
  if (token.kind === 'minus' || token.kind === 'open') return between(token.kind === 'open' ? token.of : null, caret);
  if (token.kind === 'field') return ofField(token, typed, caret);
  if (token.of !== null) return ofValue(token, typed);
  return token.kind === 'line' ? ofWord(token, typed, caret) : null;
}

/** Fields by what is typed of their names: those that begin so first. */
export function fieldSuggestions(fields: Readonly<Record<string, string>>, prefix: string): Suggestion[] {
  const names = [...new Set([...OF_EVERY_ROW, ...Object.keys(fields).map(queryName)])];
  const wanted = prefix.toLowerCase();
  const begin = names.filter((name) => name.startsWith(wanted)).sort();
  const hold = names.filter((name) => !name.startsWith(wanted) && name.includes(wanted)).sort();
  return [...begin, ...hold].slice(0, MOST_SUGGESTIONS).map((name) => ({
    label: name,
    text: `${name}:`,
    note: kindWords(fields[name === 'sender' ? 'log_sender_ip' : name]),
  }));
}

/** Names of severities and facilities: they are always the same ones. null: values of this field have to be asked for. */
export function namedSuggestions(field: string, prefix: string): Suggestion[] | null {
  const names = VALUE_NAMES[field];
  if (names === undefined) return null;
  return names
    .map((name, number) => ({ label: name, text: name, note: String(number) }))
    .filter(({ label, note }) => label.startsWith(prefix.toLowerCase()) || note === prefix);
}

export function valueSuggestions(values: readonly (readonly [string | number, number])[], notes: (seen: number) => string) {
  return values.slice(0, MOST_SUGGESTIONS).map(
    ([value, seen]): Suggestion => ({
      label: String(value),
      text: typeof value === 'number' ? String(value) : quoteValue(value),
      note: notes(seen),
    }),
  );
}

/** The text with a choice, and where the caret then stands. */
export function completed(text: string, completing: Completing, choice: Suggestion): { text: string; caret: number } {
  const rest = text.slice(completing.end);
  const blank = completing.kind === 'value' && !/^[\s)]/.test(rest) ? ' ' : '';
  const head = `${text.slice(0, completing.start)}${completing.before}${choice.text}${blank}`;
  const caret = completing.kind === 'value' && blank === '' && rest.startsWith(' ') ? head.length + 1 : head.length;
  return { text: head + rest, caret };
}

/** Places in JavaScript count UTF-16 units, those of the API characters. */
export function unitsOf(text: string, characters: number): number {
  return Array.from(text).slice(0, Math.max(0, characters)).join('').length;
}

function between(list: string | null, caret: number): Completing {
  const place = { prefix: '', start: caret, end: caret, before: '' };
  return list === null ? { kind: 'field', field: '', ...place } : { kind: 'value', field: list, ...place };
}

function ofField(token: Token, typed: string, caret: number): Completing {
  if (caret < token.end) {
    return { kind: 'field', field: '', prefix: typed, start: token.start, end: token.end, before: '' };
  }
  return { kind: 'value', field: token.text.slice(0, -1), prefix: '', start: caret, end: caret, before: '' };
}

function ofWord(token: Token, typed: string, caret: number): Completing | null {
  const field = BEGUN_FIELD.exec(typed)?.[1];
  if (field !== undefined && caret === token.end) {
    return { kind: 'value', field, prefix: '', start: caret, end: caret, before: '' };
  }
  const name = typed.replace(/^-/, '');
  if (name !== '' && !NAME.test(name)) return null;
  const start = token.start + typed.length - name.length;
  return { kind: 'field', field: '', prefix: name, start, end: token.end, before: '' };
}

/** Regular expressions, ranges and parts (`*x*`) are not completed; a prefix `x*` is what it begins with. */
function ofValue(token: Token, typed: string): Completing | null {
  const before = /^>=|^\*?/.exec(typed)?.[0] ?? '';
  const raw = typed.slice(before.length);
  const isWhole = /^"(?:[^"\\]|\\.)*"\*?$/.test(raw);
  if (before === '*' || raw.startsWith('/') || isWhole || (before === '>=' && token.of !== 'severity')) return null;
  const prefix = raw.replace(/^"/, '').replace(/\*$/, '').replace(/\\([^\w\s])/g, '$1');
  return { kind: 'value', field: token.of ?? '', prefix, start: token.start, end: token.end, before };
}

function kindWords(kind: string | undefined): string {
  return kind === 'INTEGER' ? 'number' : kind === 'TEXT' ? 'text' : '';
}
