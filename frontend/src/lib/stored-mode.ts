/** Dark or light: what was chosen here, else what the system asks for. */
import type { Mode } from '@/config/tokens';

const KEY = 'syslogger.theme';

export function firstMode(): Mode {
  const chosen = read();
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return window.matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

export function storeMode(mode: Mode): void {
  try {
    localStorage.setItem(KEY, mode);
  } catch {
    // A browser that keeps nothing asks the system next time.
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
