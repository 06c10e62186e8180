/** The engine's settings, as the configuration names them, in words. No React. */

const NAMES: Readonly<Record<string, string>> = {
  name: 'name',
  class: 'class',
  title: 'title',
  port: 'port',
  addresses: 'listen addresses',
  clients: 'allowed senders',
  keep_original: 'original lines',
  workers: 'extraction processes',
  auto_delete_days: 'days kept',
  auto_delete_bytes: 'space',
  autostart: 'start with the server',
  running: 'whether it runs',
  fields: 'patterns of its class',
  TIME_ZONE: 'time zone',
};

/** A setting of the file that has no words here is called as there. */
export function settingName(setting: string): string {
  return NAMES[setting] ?? setting;
}

/** `port, title and workers` */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

export function settingNames(settings: readonly string[]): string {
  return listed(settings.map(settingName));
}

/** The first letter large: for the beginning of a sentence. */
export function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
