/** Health in one line. */
import { counted } from '@/lib/format';
import type { Finding, Health } from '@/types/shapes';

const NAMES: Record<Finding['severity'], readonly [one: string, many: string]> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  notice: ['notice', 'notices'],
};

export interface HealthLine {
  kind: Finding['severity'] | 'good';
  words: string;
}

/** `2 errors, 1 notice`, or that there is nothing. */
export function healthLine(health: Health): HealthLine {
  if (health.worst === null) return { kind: 'good', words: 'Nothing needs attention.' };
  const parts = (Object.keys(NAMES) as Finding['severity'][]).flatMap((severity) => {
    const number = health.findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [counted(number, ...NAMES[severity])];
  });
  return { kind: health.worst, words: parts.join(', ') };
}

/** What to do: words, or a command that can be copied and words behind it. */
export function fixOf(fix: string): { command: string | null; rest: string } {
  const [, command, rest] = /^(sysctl -w [^(]+?)\s*(\(.*)?$/s.exec(fix) ?? [];
  return command === undefined ? { command: null, rest: fix } : { command, rest: rest ?? '' };
}
