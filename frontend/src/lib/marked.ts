/** What was looked for, found in a text: pieces of it, to be marked or not. No React. */
import type { Marks } from './log-row';
import { visibleText } from './visible-text';

export interface Piece {
  text: string;
  isHit: boolean;
}

/** Everywhere. */
const ANY = '*';
const MOST_NEEDLES = 100;

export type Marker = (column: string, text: string) => readonly Piece[];

const PLAIN: Marker = (_, text) => [{ text: visibleText(text), isHit: false }];

/** Cuts texts into pieces that can be shown as they are. */
export function markerOf(marks: Marks | undefined): Marker {
  if (marks === undefined || Object.values(marks).every((each) => each.length === 0)) return PLAIN;
  const patterns = new Map<string, RegExp | null>();
  return (column, text) => {
    let pattern = patterns.get(column);
    if (pattern === undefined) {
      pattern = patternOf([...(marks[ANY] ?? []), ...(column === ANY ? [] : (marks[column] ?? []))]);
      patterns.set(column, pattern);
    }
    return pattern === null ? PLAIN(column, text) : pieces(pattern, text);
  };
}

function patternOf(needles: readonly string[]): RegExp | null {
  const wanted = [...new Set(needles)].filter((each) => each !== '').slice(0, MOST_NEEDLES);
  if (wanted.length === 0) return null;
  // The longest first: of two that begin together, all of the longer one is marked.
  const parts = wanted.sort((one, other) => other.length - one.length).map(escaped);
  return new RegExp(parts.join('|'), 'giu');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function pieces(pattern: RegExp, text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const hit of text.matchAll(pattern)) {
    if (hit.index > from) found.push({ text: visibleText(text.slice(from, hit.index)), isHit: false });
    found.push({ text: visibleText(hit[0]), isHit: true });
    from = hit.index + hit[0].length;
  }
  if (from < text.length || found.length === 0) found.push({ text: visibleText(text.slice(from)), isHit: false });
  return found;
}
