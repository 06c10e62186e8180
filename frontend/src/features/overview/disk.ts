/** The disk and what comes, in words. Pure. */
import { bytes, counted } from '@/lib/format';
import type { Forecast } from '@/types/shapes';

export interface Disk {
  totalBytes: number;
  usedBytes: number;
  /** Of stored days; a part of what is used. */
  oursBytes: number;
  percent: number;
}

/** null: it is not for this person to know. */
export function diskOf(forecast: Forecast): Disk | null {
  const { total_bytes: total, free_bytes: free } = forecast;
  if (total == null || free == null || total === 0) return null;
  const used = total - free;
  const ours = Math.min(used, storedBytes(forecast));
  return { totalBytes: total, usedBytes: used, oursBytes: ours, percent: (100 * used) / total };
}

export function storedBytes(forecast: Forecast): number {
  return forecast.engines.reduce((sum, engine) => sum + engine.stored_bytes, 0);
}

export function bytesADay(forecast: Forecast): number {
  return forecast.engines.reduce((sum, engine) => sum + engine.bytes_a_day, 0);
}

export interface Ahead {
  kind: 'good' | 'warning' | 'bad';
  words: string;
}

const NEAR_DAYS = 7;
const SOON_DAYS = 30;

/** When storing rests or the disk is full, whichever comes first. */
export function aheadOf(forecast: Forecast): Ahead {
  const stops = { days: forecast.stops_in_days, on: forecast.stops_on, words: 'storing stops' };
  const full = { days: forecast.full_in_days, on: forecast.full_on, words: 'full' };
  const next = [stops, full]
    .flatMap(({ days, on, words }) => (days == null ? [] : [{ days, on: on ?? '', words }]))
    .sort((one, other) => one.days - other.days)[0];
  if (next === undefined) return { kind: 'good', words: 'Not full within ten years at this pace.' };
  const kind = next.days <= NEAR_DAYS ? 'bad' : next.days <= SOON_DAYS ? 'warning' : 'good';
  const when = next.days <= 0 ? 'today' : `in ${counted(next.days, 'day')}, on ${next.on}`;
  return { kind, words: `${capital(next.words)} ${when}, at the pace of the last days.` };
}

/** Why the figures are rough; null: they are not. */
export function guessWords(forecast: Forecast): string | null {
  return forecast.engines.some((engine) => engine.is_guess) ? 'A guess, from the first hours: there is no whole day yet.' : null;
}

export interface Big {
  name: string;
  words: string;
}

/** Who takes the most of the disk in a day, of all engines. */
export function biggest(forecast: Forecast, most: number): Big[] {
  const sums = new Map<string, { client: string; bytes: number }>();
  for (const sender of forecast.engines.flatMap((engine) => engine.senders)) {
    if (sender.sender === '') continue;
    const known = sums.get(sender.sender);
    sums.set(sender.sender, { client: known?.client ?? sender.client, bytes: (known?.bytes ?? 0) + sender.file_bytes });
  }
  return [...sums]
    .map(([sender, { client, bytes: size }]) => ({ sender, client, size }))
    .filter(({ size }) => size > 0)
    .sort((one, other) => other.size - one.size || one.sender.localeCompare(other.sender))
    .slice(0, most)
    .map(({ sender, client, size }) => ({ name: nameOf(client, sender), words: `${bytes(size)} a day` }));
}

/** A client's name says more than its address, unless it is a range of many. */
function nameOf(client: string, sender: string): string {
  return client === '' || client === sender || /[/*]/.test(client) ? sender : `${client} (${sender})`;
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
