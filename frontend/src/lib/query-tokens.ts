/** The text of a query cut into its parts, as docs/query.md has them; what is unfinished is a part, too. No React. */

export type TokenKind = 'and' | 'or' | 'not' | 'minus' | 'open' | 'close' | 'field' | 'value' | 'line' | 'unfinished';

export interface Token {
  kind: TokenKind;
  /** Places in the text, in UTF-16 units as JavaScript counts. */
  start: number;
  end: number;
  text: string;
  /** Of a value, also of one in a list: the field that it belongs to. */
  of: string | null;
}

const ADDRESS =
  '(?:(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?=[0-9A-Fa-f:]*::)[0-9A-Fa-f:.]+)(?=[\\s)]|$)';
const QUOTED = '\\*?"(?:[^"\\\\]|\\\\[^])*"\\*?(?=[\\s)]|$)';
const REGEX = '\\/(?:[^/\\\\]|\\\\[^])*\\/(?=[\\s)]|$)';
const BARE = '(?:[^\\s()"\\\\]|\\\\[^])+(?=[\\s)]|$)';
const FIELD = '[A-Za-z_][A-Za-z0-9_]*:(?=[^\\s)])';
/** Quotes that nobody has closed yet: all that follows is within them. */
const OPEN_QUOTES = '\\*?"(?:[^"\\\\]|\\\\[^])*$';
const OPERATOR = '(?![^\\s()"])';

/** At the beginning of a condition; the first that fits is taken. */
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['and', sticky(`AND${OPERATOR}`)],
  ['or', sticky(`OR${OPERATOR}`)],
  ['not', sticky(`NOT${OPERATOR}`)],
  ['minus', sticky('-(?=[^\\s)>])')],
  ['open', sticky('\\(')],
  ['close', sticky('\\)')],
  ['line', sticky(ADDRESS)],
  ['field', sticky(FIELD)],
  ['line', sticky(REGEX)],
  ['line', sticky(QUOTED)],
  ['line', sticky(BARE)],
  ['unfinished', sticky(OPEN_QUOTES)],
  ['unfinished', sticky('[^\\s)]+')],
];

/** Right behind a field, and in a list of its values. */
const VALUE_RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['open', sticky('\\(')],
  ['close', sticky('\\)')],
  ['value', sticky(REGEX)],
  ['value', sticky(QUOTED)],
  ['value', sticky(BARE)],
  ['unfinished', sticky(OPEN_QUOTES)],
  ['unfinished', sticky('[^\\s)]+')],
];

const BLANK = sticky('\\s+');

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let place = 0;
  let list: string | null = null;
  while (place < text.length) {
    const blank = matched(BLANK, text, place);
    if (blank !== null) {
      place += blank.length;
      continue;
    }
    const before = tokens.at(-1);
    const field: string | null = list ?? (before?.kind === 'field' ? before.text.slice(0, -1) : null);
    const token = next(text, place, field);
    if (token.kind === 'open') list = field;
    if (token.kind === 'close') list = null;
    tokens.push(token);
    place = token.end;
  }
  return tokens;
}

/** The field whose list of values is open at a place: `port:(22 |`; null: none is. */
export function listAt(tokens: readonly Token[], place: number): string | null {
  const before = tokens.findLast(({ end }) => end <= place);
  if (before === undefined || before.of === null || before.kind === 'close') return null;
  if (before.kind === 'open') return before.of;
  const opened = tokens.findLast(({ kind, end }) => (kind === 'open' || kind === 'close') && end <= place);
  return opened?.kind === 'open' ? opened.of : null;
}

/** Whether the parts of a text must be put in parentheses before anything is added to it. */
export function isLoose(tokens: readonly Token[]): boolean {
  let depth = 0;
  return tokens.some(({ kind }) => {
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    return kind === 'or' && depth === 0;
  });
}

function next(text: string, start: number, of: string | null): Token {
  for (const [kind, rule] of of === null ? RULES : VALUE_RULES) {
    const found = matched(rule, text, start);
    if (found !== null) return { kind, start, end: start + found.length, text: found, of };
  }
  return { kind: 'unfinished', start, end: start + 1, text: text.charAt(start), of };
}

function matched(rule: RegExp, text: string, place: number): string | null {
  rule.lastIndex = place;
  const found = rule.exec(text)?.[0] ?? '';
  return found === '' ? null : found;
}

function sticky(source: string): RegExp {
  return new RegExp(source, 'y');
}
