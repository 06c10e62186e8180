/** How rows are shown, as this browser keeps it. */
import type { Density } from '@/lib/log-columns';

const KEY = 'syslogger.search';

export interface View {
  density: Density;
  isWrapped: boolean;
  /** Whether the fields stand beside the rows. */
  hasFields: boolean;
}

const FIRST: View = { density: 'dense', isWrapped: false, hasFields: true };

export function storedView(): View {
  try {
    return viewOf(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
  } catch {
    return FIRST;
  }
}

export function storeView(view: View): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(view));
  } catch {
    // A browser that keeps nothing shows rows as at first the next time.
  }
}

/** What is kept may be of another version, or of anybody. */
export function viewOf(kept: unknown): View {
  if (typeof kept !== 'object' || kept === null) return FIRST;
  return {
    density: 'density' in kept && kept.density === 'comfortable' ? 'comfortable' : 'dense',
    isWrapped: 'isWrapped' in kept && kept.isWrapped === true,
    hasFields: !('hasFields' in kept) || kept.hasFields !== false,
  };
}
