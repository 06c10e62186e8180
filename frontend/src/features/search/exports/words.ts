/** Exports in words: how far they are, how long they stay. */
import { bytes, count, counted, duration, rate } from '@/lib/format';
import { dayWords, minuteWords } from '@/lib/zone';
import type { Export } from '@/types/shapes';

import type { DownloadState } from './download';
import type { Pace } from './pace';
import { FORMATS } from './request';

export function formatName(format: string): string {
  return FORMATS.find((each) => each.format === format)?.name ?? format;
}

/** `1,284,003 rows · 312 MB · 84,000 rows/s · 1 min left` */
export function progressWords(told: Export, pace: Pace | null): string {
  switch (told.state) {
    case 'waiting':
      return 'In line: two of yours are made at a time, and four of all people.';
    case 'running':
      if (told.format === 'db') return 'The day is copied.';
      return joined([...soFar(told), `${count(Math.floor(told.percent))} %`, ...paceWords(pace)]);
    case 'done':
      return joined(told.format === 'db' ? [bytes(told.bytes)] : soFar(told));
    case 'failed':
      return 'It has failed, and there is no file.';
  }
}

function soFar({ rows, bytes: size }: Export): string[] {
  return [counted(rows, 'row'), bytes(size)];
}

function paceWords(pace: Pace | null): string[] {
  if (pace === null || pace.bytesPerSecond === 0) return [];
  const left = pace.secondsLeft === null ? [] : [`${duration(Math.ceil(pace.secondsLeft))} left`];
  return [rate(pace.rowsPerSecond).replace('/s', ' rows/s'), `${bytes(pace.bytesPerSecond)}/s`, ...left];
}

/** When it will be gone; null: not before it has ended. now: microseconds since 1970. */
export function expiryWords({ expires_at: at }: Export, now: number, zone: string): string | null {
  if (at === null) return null;
  if (at <= now) return 'It is about to be deleted.';
  const [moment, today] = [at / 1_000, dayWords(now / 1_000, zone)];
  const day = dayWords(moment, zone) === today ? '' : `${dayWords(moment, zone)} `;
  return `Kept until ${day}${minuteWords(moment, zone)}, longer if it is read before.`;
}

/** What is in the file on this computer. whole: bytes of the export, as far as it is made. */
export function downloadWords({ phase, bytes: there }: DownloadState, { state, bytes: made }: Export): string {
  const far = state === 'done' ? `${bytes(there)} of ${bytes(made)}` : bytes(there);
  switch (phase) {
    case 'running':
      return `Saving: ${far}`;
    case 'again':
      return `The connection was lost at ${far}. It is tried again; what is there is kept.`;
    case 'broken':
      return `The connection was lost at ${far}. What is there is kept: go on with Resume.`;
    case 'saved':
      return `Saved: ${bytes(there)}, all of it.`;
    case 'failed':
      return 'Not saved, and nothing of it was kept.';
  }
}

/** For screen readers, when something changes: not every figure. */
export function summaryWords(states: readonly Export['state'][]): string {
  const made = states.filter((state) => state === 'running' || state === 'waiting').length;
  const failed = states.filter((state) => state === 'failed').length;
  const parts = [counted(states.length, 'export')];
  if (made > 0) parts.push(`${made} in the making`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(', ');
}

function joined(parts: string[]): string {
  return parts.join(' · ');
}
