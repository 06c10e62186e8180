/** Conditions written into the text of a query, in the syntax of docs/query.md. No React. */
import type { Cell, FilterHow } from './log-row';
import { isLoose, tokensOf, type Token } from './query-tokens';

const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['ntp', 'audit', 'alert', 'clock'],
  ...Array.from({ length: 8 }, (_, number) => `local${number}`),
];

/** Fields whose numbers have names. */
export const VALUE_NAMES: Readonly<Record<string, readonly string[]>> = { severity: SEVERITIES, facility: FACILITIES };

const PLAIN = /^[\p{L}\p{Nd}_](?:[\p{L}\p{Nd}_-]|\.(?!\.))*$/u;
const OPERATORS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT']);
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
/** What a query may have of one value; more of it is found by how it begins. */
const MOST_VALUE_CHARACTERS = 2_000;

/** A value as it stands behind `field:`; in quotes where it needs them. */
export function quoteValue(value: string): string {
  return PLAIN.test(value) && !OPERATORS.has(value) ? value : quoted(value);
}

/** The name of a field in a query. */
export function queryName(field: string): string {
  return field === 'log_sender_ip' ? 'sender' : field;
}

/** The condition that a field has this value, or that it has none. */
export function conditionOf(field: string, value: Cell): string {
  const name = queryName(field);
  if (value === null) return `-${name}:*`;
  if (typeof value === 'number') return `${name}:${VALUE_NAMES[field]?.[value] ?? whole(field, value)}`;
  const characters = Array.from(value);
  if (characters.length <= MOST_VALUE_CHARACTERS) return `${name}:${valueOf(field, value)}`;
  return `${name}:${quoted(characters.slice(0, MOST_VALUE_CHARACTERS).join(''))}*`;
}

/** The query with a condition more, without it, or it alone. What says the same already is not said twice. */
export function addCondition(query: string, field: string, value: Cell, how: FilterHow): string {
  const condition = conditionOf(field, value);
  if (how === 'new') return condition;
  const wanted = how === 'for' ? condition : negated(condition);
  const tokens = tokensOf(query);
  if (isLoose(tokens)) return `(${query.trim()}) ${wanted}`;
  const rest = without(query, tokens, negated(wanted));
  if (conditionsOf(rest, tokensOf(rest)).some((each) => each.text === wanted)) return rest;
  return rest === '' ? wanted : `${rest} ${wanted}`;
}

interface Stated {
  text: string;
  start: number;
  end: number;
}

/** The query without a condition that stands in it by itself. */
function without(query: string, tokens: readonly Token[], condition: string): string {
  const found = conditionsOf(query, tokens).find((each) => each.text === condition);
  if (found === undefined) return query.trim();
  return `${query.slice(0, found.start).trimEnd()} ${query.slice(found.end).trimStart()}`.trim();
}

/** `field:value` with its minus, outside of all parentheses. */
function conditionsOf(query: string, tokens: readonly Token[]): Stated[] {
  const found: Stated[] = [];
  let depth = 0;
  tokens.forEach((token, index) => {
    if (token.kind === 'open') depth += 1;
    if (token.kind === 'close') depth -= 1;
    const value = tokens[index + 1];
    if (token.kind !== 'field' || value?.kind !== 'value' || depth > 0) return;
    const before = tokens[index - 1];
    // Without it, NOT and AND would stand there alone.
    if (before?.kind === 'not' || before?.kind === 'and' || tokens[index + 2]?.kind === 'and') return;
    const start = before?.kind === 'minus' ? before.start : token.start;
    found.push({ text: query.slice(start, value.end), start, end: value.end });
  });
  return found;
}

function negated(condition: string): string {
  return condition.startsWith('-') ? condition.slice(1) : `-${condition}`;
}

/** A number; one without a name in a field of names would be an error without quotes. */
function whole(field: string, value: number): string {
  return field in VALUE_NAMES || !Number.isInteger(value) ? quoted(String(value)) : String(value);
}

function valueOf(field: string, value: string): string {
  const names = VALUE_NAMES[field];
  return names === undefined || names.includes(value) ? quoteValue(value) : quoted(value);
}

function quoted(value: string): string {
  const text = value.replace(/["\\]/g, '\\$&');
  return `"${text.replace(UNSEEN, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`)}"`;
}
