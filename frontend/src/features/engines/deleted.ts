/** An engine that was just deleted, as the list is told of it by the engine's page. No React. */

export interface Deleted {
  name: string;
  /** What deletes its days; null: they are kept. */
  job: string | null;
}

/** The browser keeps a page's state over a reload, so it may be anything. */
export function deletedOf(state: unknown): Deleted | null {
  if (typeof state !== 'object' || state === null || !('deleted' in state)) return null;
  const { deleted } = state;
  if (typeof deleted !== 'object' || deleted === null || !('name' in deleted) || !('job' in deleted)) return null;
  const { name, job } = deleted;
  if (typeof name !== 'string' || (typeof job !== 'string' && job !== null)) return null;
  return { name, job };
}
