/** Facets that are wanted at the same moment are asked for at once: the server reads the rows one time for all of them. */
import type { Facet, FacetsFound } from '@/types/shapes';

export interface FacetSeen {
  facet: Facet;
  found: FacetsFound;
}

export type AskFacets = (asked: string, fields: readonly string[], top: number, signal: AbortSignal) => Promise<FacetsFound>;

/** As many as the API takes. */
const MOST_FIELDS = 50;

interface Batch {
  fields: Set<string>;
  wanted: number;
  controller: AbortController;
  answer: Promise<FacetsFound>;
}

export class FacetBatches {
  private readonly gathering = new Map<string, Batch>();

  constructor(private readonly ask: AskFacets) {}

  /** asked: which rows, as the parameters of the API. It is given up when nobody wants any of its fields. */
  async one(asked: string, field: string, top: number, signal: AbortSignal): Promise<FacetSeen> {
    const batch = this.batchOf(asked, top);
    batch.fields.add(field);
    batch.wanted += 1;
    signal.addEventListener('abort', () => {
      batch.wanted -= 1;
      if (batch.wanted === 0) batch.controller.abort();
    });
    const found = await batch.answer;
    const facet = found.facets.find((each) => each.field === field);
    // `sender` and its like are told by the name of their column.
    return { facet: facet ?? { field, values: [], distinct: 0, approximate: false }, found };
  }

  private batchOf(asked: string, top: number): Batch {
    const key = `${top} ${asked}`;
    const open = this.gathering.get(key);
    if (open !== undefined && open.fields.size < MOST_FIELDS && !open.controller.signal.aborted) return open;
    const fields = new Set<string>();
    const controller = new AbortController();
    const answer = new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() => {
      if (this.gathering.get(key) === batch) this.gathering.delete(key);
      return this.ask(asked, [...fields], top, controller.signal);
    });
    const batch: Batch = { fields, wanted: 0, controller, answer };
    this.gathering.set(key, batch);
    return batch;
  }
}
