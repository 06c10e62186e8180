/** How good a password is, by the API's rules; the API has the last word. */

export interface Strength {
  /** 0: not accepted, then 1 to 3. */
  level: 0 | 1 | 2 | 3;
  words: string;
}

const LEAST_CHARACTERS = 10;
const LEAST_DIFFERENT = 5;

export function strengthOf(password: string, name: string): Strength {
  const characters = Array.from(password);
  const missing = LEAST_CHARACTERS - characters.length;
  if (missing > 0) return { level: 0, words: `${missing} more ${missing === 1 ? 'character' : 'characters'}` };
  const different = new Set(characters).size;
  if (different < LEAST_DIFFERENT) return { level: 0, words: 'Too few different characters' };
  if (name !== '' && password.toLowerCase() === name.trim().toLowerCase()) {
    return { level: 0, words: 'Not the name itself' };
  }
  const size = characters.length + kinds(password) * 2 + Math.min(different, 12) / 2;
  if (size < 20) return { level: 1, words: 'Long enough; longer is better' };
  return size < 26 ? { level: 2, words: 'Good' } : { level: 3, words: 'Very good' };
}

function kinds(password: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((each) => each.test(password)).length;
}
