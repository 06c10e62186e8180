/** Text of logs is data: what a browser would obey, hide or turn around is written out. */

/**
 * Controls, marks of zero width and of the direction of writing, line and paragraph separators, tags, halves of
 * surrogate pairs; and the four letters that have no shape.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** The same text with every sign to be seen: `\t`, `\n`, `\r` and `\u{1b}`, as queries write them. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (sign) => NAMED[sign] ?? `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`);
}
