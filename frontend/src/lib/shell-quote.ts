/** Words for a shell, so that they arrive as they are. */

const HARMLESS = /^[\w@%+=:,./-]+$/;

/** One word in POSIX quotes, where it needs them. */
export function shellQuote(word: string): string {
  return HARMLESS.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line of words. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}
