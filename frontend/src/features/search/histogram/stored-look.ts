/** How the histogram is shown, as this browser keeps it. */
import { BY_SEVERITY, type By } from './bars-of';

const KEY = 'syslogger.histogram';
const FIELD = /^[a-z][a-z0-9_]{0,63}$/;

export interface Look {
  by: By;
  /** A chart that is not shown is not asked for, either. */
  isShown: boolean;
}

const FIRST: Look = { by: BY_SEVERITY, isShown: true };

export function storedLook(): Look {
  try {
    return lookOf(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
  } catch {
    return FIRST;
  }
}

export function storeLook(look: Look): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // A browser that keeps nothing shows it as at first the next time.
  }
}

/** What is kept may be of another version, or of anybody. */
export function lookOf(kept: unknown): Look {
  if (typeof kept !== 'object' || kept === null) return FIRST;
  const by = 'by' in kept && typeof kept.by === 'string' && (kept.by === '' || FIELD.test(kept.by)) ? kept.by : FIRST.by;
  return { by, isShown: 'isShown' in kept ? kept.isShown !== false : FIRST.isShown };
}
