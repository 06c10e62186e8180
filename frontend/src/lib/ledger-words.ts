/** The ledger in plain words; of one engine or of all. */
import { count, counted } from './format';
import { lostOf, type Balance } from './ledger';

export interface Verdict {
  kind: 'good' | 'warning' | 'bad' | 'info';
  title: string;
  more: string;
}

/** Why messages were dropped, by the engine's word for it. */
export type Reasons = Readonly<Record<string, number>>;

/** `shortened`: how many were longer than a message may be. */
export function verdictOf(balance: Balance, reasons: Reasons = {}, shortened = 0): Verdict {
  if (balance.unexplained !== 0) {
    return {
      kind: 'bad',
      title: `The ledger does not balance: ${counted(Math.abs(balance.unexplained), 'message')} without an explanation.`,
      more: 'What is stored stays as it is. This is a fault of the program: please report it, with the version and the events of the engine.',
    };
  }
  if (lostOf(balance) > 0) return { kind: 'warning', title: lostTitle(balance), more: lostMore(balance, reasons) };
  if (balance.offered === 0) {
    return { kind: 'info', title: 'Nothing has arrived.', more: 'No device sent a message in this time.' };
  }
  return {
    kind: 'good',
    title: 'Nothing was lost: every message that arrived is accounted for.',
    more: restOf(balance, shortened),
  };
}

function lostTitle(balance: Balance): string {
  const lost = lostOf(balance);
  return `${counted(lost, 'message was', 'messages were')} lost, of ${count(balance.offered)} that arrived.`;
}

function lostMore(balance: Balance, reasons: Reasons): string {
  const parts = [
    balance.kernel > 0
      ? `${count(balance.kernel)} by the kernel: the receive buffer was full. A larger buffer or more workers help.`
      : '',
    balance.dropped > 0 ? droppedWords(balance.dropped, reasons) : '',
    'Everything is accounted for.',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

const WHY: Readonly<Record<string, string>> = {
  paused: 'while an engine was paused',
  no_space: 'because the disk was too full',
  abandoned: 'because an engine ended before they were stored',
};

function droppedWords(dropped: number, reasons: Reasons): string {
  const told = Object.entries(reasons)
    .filter(([, number]) => number > 0)
    .map(([reason, number]) => `${count(number)} ${WHY[reason] ?? `(${reason.replaceAll('_', ' ')})`}`);
  return told.length === 0 ? `${count(dropped)} by the engine, each with a reason.` : `${told.join(', ')}.`;
}

function restOf(balance: Balance, shortened: number): string {
  const parts = [
    balance.refused > 0 ? `${count(balance.refused)} came from senders that are not allowed.` : '',
    balance.empty > 0 ? `${count(balance.empty)} had no content.` : '',
    shortened > 0 ? `${shortened === 1 ? '1 was' : `${count(shortened)} were`} longer than a message may be, and ${shortened === 1 ? 'was' : 'were'} shortened.` : '',
    balance.inFlight > 0 ? `${count(balance.inFlight)} on their way to the disk.` : '',
    balance.inFlight < 0 ? `${count(-balance.inFlight)} that had arrived before were stored in this time.` : '',
  ];
  return parts.filter((part) => part !== '').join(' ') || 'All of it is stored.';
}

export interface Term {
  name: string;
  value: number;
}

/** What `offered` is the sum of. */
export function termsOf(balance: Balance): Term[] {
  return [
    { name: 'stored', value: balance.stored },
    { name: 'refused', value: balance.refused },
    { name: 'empty', value: balance.empty },
    { name: 'dropped', value: balance.dropped },
    { name: 'kernel', value: balance.kernel },
    { name: 'in flight', value: balance.inFlight },
  ];
}
