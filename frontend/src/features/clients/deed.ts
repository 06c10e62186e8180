/** Something that was done: what is said of it, and how it is undone. */
export interface Deed {
  words: string;
  /** Resolves to what is said then. */
  undo?: () => Promise<Deed>;
}
