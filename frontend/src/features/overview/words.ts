/** The ledger in plain words. */
import { count, counted } from '@/lib/format';
import { lostOf, type Balance } from '@/lib/ledger';

export interface Verdict {
  kind: 'good' | 'warning' | 'bad' | 'info';
  title: string;
  more: string;
}

export function verdictOf(balance: Balance): Verdict {
  if (balance.unexplained !== 0) {
    return {
      kind: 'bad',
      title: `The ledger does not balance: ${counted(Math.abs(balance.unexplained), 'message')} without an explanation.`,
      more: 'What is stored stays as it is. This is a fault of the program: please report it with the version.',
    };
  }
  if (lostOf(balance) > 0) return { kind: 'warning', title: lostTitle(balance), more: lostMore(balance) };
  if (balance.offered === 0) {
    return { kind: 'info', title: 'Nothing has arrived yet.', more: 'Point a device at the port of an engine below.' };
  }
  return {
    kind: 'good',
    title: 'Nothing was lost: every message that arrived is accounted for.',
    more: restOf(balance),
  };
}

function lostTitle(balance: Balance): string {
  const lost = lostOf(balance);
  return `${counted(lost, 'message was', 'messages were')} lost, of ${count(balance.offered)} that arrived.`;
}

function lostMore(balance: Balance): string {
  const parts = [
    balance.kernel > 0 ? `${count(balance.kernel)} by the kernel: the receive buffer was full.` : '',
    balance.dropped > 0 ? `${count(balance.dropped)} by the engine, each with a reason.` : '',
    'The ledger balances: nothing is missing without an explanation.',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function restOf(balance: Balance): string {
  const parts = [
    balance.refused > 0 ? `${count(balance.refused)} came from senders that are not allowed.` : '',
    balance.empty > 0 ? `${count(balance.empty)} had no content.` : '',
    balance.inFlight > 0 ? `${count(balance.inFlight)} on their way to the disk.` : '',
  ];
  return parts.filter((part) => part !== '').join(' ') || 'All of it is stored.';
}
