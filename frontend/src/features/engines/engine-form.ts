/** The form of an engine: what stands in its fields, and what is asked of the API for that. No React. */
import type { EngineAsked, EngineChanges, EngineSettings } from '@/types/shapes';

import { clientsOf, clientText, lineOfClient, wordsOf } from './client-lines';

export type SizeUnit = 'MB' | 'GB' | 'TB';

export const SIZE_UNITS: readonly SizeUnit[] = ['MB', 'GB', 'TB'];

const UNIT_BYTES: Record<SizeUnit, number> = { MB: 1e6, GB: 1e9, TB: 1e12 };

/** Texts as they were typed: what cannot be understood stays in its field. */
export interface FormValues {
  name: string;
  title: string;
  logClass: string;
  port: string;
  /** One a line. */
  clients: string;
  addresses: string;
  keepOriginal: boolean;
  workers: string;
  days: string;
  size: string;
  sizeUnit: SizeUnit;
  autostart: boolean;
  /** Whether a new one is to run at once. */
  running: boolean;
}

export const FIRST_PORT = 5140;

export const EMPTY_FORM: FormValues = {
  name: '',
  title: '',
  logClass: '',
  port: '',
  clients: '',
  addresses: '',
  keepOriginal: true,
  workers: '',
  days: '',
  size: '',
  sizeUnit: 'GB',
  autostart: true,
  running: true,
};

export function valuesOf(settings: EngineSettings, autostart: boolean): FormValues {
  return {
    name: settings.name,
    title: settings.title,
    logClass: settings.class,
    port: String(settings.port),
    clients: clientText(settings.clients),
    addresses: settings.addresses.join('\n'),
    keepOriginal: settings.keep_original,
    workers: shown(settings.workers),
    days: shown(settings.auto_delete_days),
    ...sizeOf(settings.auto_delete_bytes),
    autostart,
    running: settings.running,
  };
}

/** A new form: the only class there is, and a port that no other engine has. */
export function newForm(classes: readonly string[], takenPorts: readonly number[]): FormValues {
  let port = FIRST_PORT;
  while (takenPorts.includes(port)) port += 1;
  const only = classes.length === 1 ? classes[0] : undefined;
  return { ...EMPTY_FORM, logClass: only ?? '', port: String(port) };
}

/** What is not even a number, and what is missing; the rest is the API's to say. By the API's names. */
export function ownProblems(values: FormValues): Record<string, string> {
  const problems: Record<string, string> = {};
  if (values.name.trim() === '') problems['name'] = 'A name is needed.';
  if (values.logClass === '') problems['class'] = 'A class is needed.';
  if (!isWhole(values.port)) problems['port'] = 'A whole number, such as 5140.';
  if (values.workers.trim() !== '' && !isWhole(values.workers)) problems['workers'] = 'A whole number, or nothing.';
  if (values.days.trim() !== '' && !isWhole(values.days)) problems['auto_delete_days'] = 'A whole number, or nothing.';
  if (values.size.trim() !== '' && !/^\d+(\.\d+)?$/.test(values.size.trim())) {
    problems['auto_delete_bytes'] = 'A number, such as 200 or 1.5, or nothing.';
  }
  return problems;
}

/** The settings that can be changed, as the API takes them. Only of values without problems of their own. */
export function settingsAsked(values: FormValues): EngineChanges {
  return {
    port: Number(values.port),
    title: values.title.trim(),
    addresses: wordsOf(values.addresses),
    clients: clientsOf(values.clients),
    keep_original: values.keepOriginal,
    workers: numberOrNone(values.workers),
    auto_delete_days: numberOrNone(values.days),
    auto_delete_bytes: values.size.trim() === '' ? null : Math.round(Number(values.size) * UNIT_BYTES[values.sizeUnit]),
  };
}

/** Only what is to be another one: what somebody else has changed meanwhile stays. */
export function changesBetween(first: FormValues, values: FormValues): Partial<EngineChanges> {
  const before = Object.entries(settingsAsked(first));
  const after: Record<string, unknown> = settingsAsked(values);
  const changed = before.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map(([name]) => [name, after[name]]));
}

/** A new engine: what is as always is not sent, so the defaults are the server's. */
export function engineAsked(
  values: FormValues,
): Pick<EngineAsked, 'name' | 'class' | 'port'> & Partial<EngineAsked> {
  const changed = changesBetween({ ...EMPTY_FORM, port: values.port }, values);
  return {
    ...changed,
    name: values.name.trim(),
    class: values.logClass,
    port: Number(values.port),
    ...(values.running ? {} : { running: false }),
  };
}

/** A problem of the clients with the line that it is in. */
export function clientProblem(text: string, at: Readonly<Record<string, string>>): string | undefined {
  const found = Object.entries(at).flatMap(([place, words]) => {
    const [name, number] = place.split('.');
    if (name !== 'clients') return [];
    const line = number === undefined ? null : lineOfClient(text, Number(number));
    return [line === null ? words : `Line ${line}: ${words}`];
  });
  return found.length === 0 ? undefined : found.join(' ');
}

function shown(value: number | null): string {
  return value === null ? '' : String(value);
}

function sizeOf(bytes: number | null): { size: string; sizeUnit: SizeUnit } {
  if (bytes === null) return { size: '', sizeUnit: 'GB' };
  const sizeUnit = SIZE_UNITS.toReversed().find((unit) => bytes >= UNIT_BYTES[unit]) ?? 'MB';
  return { size: String(bytes / UNIT_BYTES[sizeUnit]), sizeUnit };
}

function isWhole(text: string): boolean {
  return /^\d{1,15}$/.test(text.trim());
}

function numberOrNone(text: string): number | null {
  return text.trim() === '' ? null : Number(text);
}
