/** How rows are shown, as this browser keeps it. */
import type { Density } from '@/lib/log-columns';

export interface Look {
  isWrapped: boolean;
  density: Density;
}

const KEY = 'syslogger.tail.look';

export function storedLook(): Look {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing has the first look next time.
  }
  const words = (kept ?? '').split(' ');
  return { isWrapped: words.includes('wrapped'), density: words.includes('comfortable') ? 'comfortable' : 'dense' };
}

export function storeLook({ isWrapped, density }: Look): void {
  try {
    localStorage.setItem(KEY, `${isWrapped ? 'wrapped' : 'cut'} ${density}`);
  } catch {
    // As above.
  }
}
