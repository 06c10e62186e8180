/** The ledger of one engine in plain words. No React. */
import { count, counted } from '@/lib/format';
import { balanceOf, lostOf } from '@/lib/ledger';
import type { Ledger } from '@/types/shapes';

export interface Verdict {
  kind: 'good' | 'warning' | 'bad' | 'info';
  title: string;
  more: string;
}

const REASONS: Readonly<Record<string, string>> = {
  abandoned: 'received, but not stored before a process or a deadline ended',
  paused: 'read and counted while it was paused',
  no_space: 'read and counted while the disk was too full',
};

export function verdictOf(ledger: Ledger): Verdict {
  const balance = balanceOf(ledger);
  if (balance.unexplained !== 0) {
    return {
      kind: 'bad',
      title: `The ledger does not balance: ${counted(Math.abs(balance.unexplained), 'message')} without an explanation.`,
      more: 'What is stored stays as it is. This is a fault of the program: please report it with the version.',
    };
  }
  if (balance.offered === 0) return { kind: 'info', title: 'Nothing has arrived since it started.', more: '' };
  const lost = lostOf(balance);
  if (lost > 0) {
    return {
      kind: 'warning',
      title: `${counted(lost, 'message was', 'messages were')} lost, of ${count(balance.offered)} that arrived.`,
      more: lossesInWords(ledger),
    };
  }
  return {
    kind: 'good',
    title: 'Nothing was lost: every message that arrived is accounted for.',
    more: othersInWords(ledger),
  };
}

function lossesInWords(ledger: Ledger): string {
  const parts = Object.entries(ledger.dropped)
    .filter(([, number]) => number > 0)
    .map(([reason, number]) => `${count(number)} ${REASONS[reason] ?? `dropped: ${reason.replaceAll('_', ' ')}`}.`);
  if (ledger.kernel_dropped > 0) {
    parts.unshift(`${count(ledger.kernel_dropped)} dropped by the kernel, because the receive buffer was full.`);
  }
  return [...parts, 'The ledger balances.'].join(' ');
}

function othersInWords(ledger: Ledger): string {
  const parts = [
    ledger.refused > 0 ? `${count(ledger.refused)} came from senders that are not allowed.` : '',
    ledger.empty > 0 ? `${count(ledger.empty)} had no content.` : '',
    ledger.truncated > 0 ? `${count(ledger.truncated)} were longer than a message may be, and were shortened.` : '',
  ];
  return parts.filter((part) => part !== '').join(' ') || 'All of it is stored, or on its way to the disk.';
}

/** The equation: offered is the sum of the others. */
export function termsOf(ledger: Ledger): { name: string; value: number }[] {
  const balance = balanceOf(ledger);
  return [
    { name: 'offered', value: balance.offered },
    { name: 'stored', value: balance.stored },
    { name: 'refused', value: balance.refused },
    { name: 'empty', value: balance.empty },
    { name: 'dropped', value: balance.dropped },
    { name: 'kernel', value: balance.kernel },
    { name: 'in flight', value: balance.inFlight },
    { name: 'unexplained', value: balance.unexplained },
  ];
}
