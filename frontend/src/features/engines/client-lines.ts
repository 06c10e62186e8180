/** Allowed senders as text, one a line: `10.20.0.0/16 branch`. No React. */
import type { ClientAsked } from '@/types/shapes';

interface Named {
  name: string;
  address: string;
}

/** A range that is its own name is written once. */
export function clientText(clients: readonly Named[]): string {
  return clients.map(({ name, address }) => (name === address ? address : `${address} ${name}`)).join('\n');
}

export function clientsOf(text: string): ClientAsked[] {
  return numberedLines(text).map(({ words }) => {
    const [, address = words, name = ''] = /^(\S+)\s*(.*)$/.exec(words) ?? [];
    return name === '' ? { address } : { address, name };
  });
}

/** Which line of the text a client came from, counted from 1: blank lines are passed over. */
export function lineOfClient(text: string, place: number): number | null {
  return numberedLines(text)[place]?.line ?? null;
}

/** Words apart by lines, commas or spaces. */
export function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function numberedLines(text: string): { line: number; words: string }[] {
  return text
    .split('\n')
    .map((words, place) => ({ line: place + 1, words: words.trim() }))
    .filter(({ words }) => words !== '');
}
