/** Where somebody is on the Clients page, as the address has it. */

export type View = 'allowed' | 'unknown';

export interface Place {
  view: View;
  /** null: all engines. */
  engine: string | null;
  filter: string;
}

export function placeOf(address: URLSearchParams): Place {
  return {
    view: address.get('view') === 'unknown' ? 'unknown' : 'allowed',
    engine: address.get('engine'),
    filter: address.get('filter') ?? '',
  };
}

/** The shortest address: what is as always is left out. */
export function addressOf({ view, engine, filter }: Place): URLSearchParams {
  const address = new URLSearchParams();
  if (engine !== null) address.set('engine', engine);
  if (view !== 'allowed') address.set('view', view);
  if (filter !== '') address.set('filter', filter);
  return address;
}
