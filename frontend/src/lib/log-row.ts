/** A stored line and its fields, as every page has it. No React. */

export type Cell = string | number | null;

export interface LogRow {
  /** `<class>.<engine>.<YYYY-MM-DD>.<id>` */
  id: string;
  /** Microseconds since 1970, UTC. */
  receivedAt: number;
  /** By column; a column that the row's day does not have is not there. */
  values: Readonly<Record<string, Cell>>;
}

/** What is marked as found: texts, by column; `*` is every column. Compared without regard to case. */
export type Marks = Readonly<Record<string, readonly string[]>>;

/** A filter made of a value: with it, without it, or it alone. */
export type FilterHow = 'for' | 'out' | 'new';
