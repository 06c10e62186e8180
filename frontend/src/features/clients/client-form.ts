/** The form of a client: what is sent, and which fault belongs to which field. */
import { ApiError } from '@/lib/api-error';
import { isRange, overlapWords, readRange, shortRange, type Named } from '@/lib/cidr';
import { fieldProblems, type FieldProblems } from '@/lib/field-problems';

export interface Typed {
  address: string;
  name: string;
}

export interface FormFaults {
  address: string | undefined;
  name: string | undefined;
  rest: Error | null;
}

/** Without a name the range is the name, also where the client was called something else before. */
export function askedOf({ address, name }: Typed): Named {
  const range = address.trim();
  return { address: range, name: name.trim() === '' ? range : name.trim() };
}

/** The API may name the client as it stands among the engine's others: `clients.3.address`. */
export function formFaults(error: Error | null): FormFaults {
  // The `name` of a 404 is the engine's, or that of the client as it was.
  if (error instanceof ApiError && error.status !== 400 && error.status !== 422) {
    return { address: undefined, name: undefined, rest: error };
  }
  const problems = fieldProblems(error, ['address', 'name', 'clients']);
  const isUnplaced = Object.keys(problems.at).some((place) => !/(?:^|\.)(?:address|name)$/.test(place));
  return {
    address: of(problems, 'address'),
    name: of(problems, 'name'),
    rest: problems.rest ?? (isUnplaced ? error : null),
  };
}

function of(problems: FieldProblems, field: string): string | undefined {
  const found = Object.entries(problems.at).filter(([place]) => place === field || place.endsWith(`.${field}`));
  return found.length === 0 ? undefined : found.map(([, told]) => told).join(' ');
}

/** The other clients of an engine: of the one that is edited nothing is said. */
export function othersOf(clients: readonly Named[], edited: string | null): Named[] {
  return clients.filter((each) => each.name !== edited);
}

/** Who has this name already; undefined: nobody. */
export function nameFault(typed: Typed, others: readonly Named[]): string | undefined {
  const { name } = askedOf(typed);
  const owner = others.find((each) => each.name === name);
  return owner === undefined ? undefined : `${owner.name} is ${shortRange(owner.address)} already. Names are unique in an engine.`;
}

/** Whether what was typed can be sent; the program has the last word. */
export function isReady(typed: Typed, others: readonly Named[]): boolean {
  const read = readRange(typed.address);
  const isFree = isRange(read) && !overlapWords(read, others).some((each) => each.isRefused);
  return isFree && nameFault(typed, others) === undefined;
}
