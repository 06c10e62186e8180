/** Of many rows those that can be seen: TanStack Virtual by its class, for which React is told when to look again. */
import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/react-virtual';
import { useLayoutEffect, useReducer, useState } from 'react';
import { flushSync } from 'react-dom';

export interface VirtualRowsOptions {
  scrollerOf: () => HTMLElement | null;
  count: number;
  /** px; what wraps is measured. */
  rowHeight: number;
  /** What lies above the rows within the scroller and stays in sight, px. */
  headerHeight: number;
  keyOf: (place: number) => string;
  /** A row that is there even when it is out of sight; null: none. */
  kept: number | null;
  /** The last rows are there whatever the scroll bar says yet: it is moved to them in the same breath. */
  isAtEnd: boolean;
}

/** Beyond what can be seen, on either side. */
const OVERSCAN = 6;
/** Whatever a screen is like, not more rows than this are in the page. */
export const MOST_ROW_ELEMENTS = 180;

export type VirtualRows = Virtualizer<HTMLElement, HTMLElement>;

/** A virtualizer, and how React is told of what it sees. */
class RowView {
  readonly virtual: VirtualRows;
  private isCommitting = false;
  private asked: VirtualRowsOptions;

  constructor(
    asked: VirtualRowsOptions,
    private readonly lookAgain: () => void,
  ) {
    this.asked = asked;
    this.virtual = new Virtualizer(this.options());
    // Who follows is taken to the end anyway; every other reader keeps the line that is read.
    this.virtual.shouldAdjustScrollPositionOnItemSizeChange = (item, _, { scrollOffset }) =>
      !this.asked.isAtEnd && item.start < (scrollOffset ?? 0);
  }

  ask(asked: VirtualRowsOptions): void {
    this.asked = asked;
    this.virtual.setOptions(this.options());
  }

  /** While React puts rows in place, what they measure is taken up by the same turn of its work. */
  readonly measure = (element: HTMLElement | null): void => {
    this.isCommitting = true;
    this.virtual.measureElement(element);
    // The virtualizer leaves this to the next frame while somebody scrolls: for that long rows would lie upon one another.
    if (element !== null) this.virtual.resizeItem(Number(element.dataset['index']), element.offsetHeight);
    this.isCommitting = false;
  };

  private options(): VirtualizerOptions<HTMLElement, HTMLElement> {
    const { count, scrollerOf, rowHeight, headerHeight, keyOf, kept, isAtEnd } = this.asked;
    return {
      count,
      getScrollElement: scrollerOf,
      estimateSize: () => rowHeight,
      getItemKey: keyOf,
      overscan: OVERSCAN,
      scrollMargin: headerHeight,
      scrollPaddingStart: headerHeight,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      rangeExtractor: (range) => {
        const height = this.virtual.scrollRect?.height ?? 0;
        const seen = isAtEnd ? lastPlaces(count, Math.ceil(height / rowHeight) + OVERSCAN) : defaultRangeExtractor(range);
        return withKept(seen.slice(-MOST_ROW_ELEMENTS), kept, count);
      },
      onChange: (_, isSync) => {
        if (isSync && !this.isCommitting) flushSync(this.lookAgain);
        else this.lookAgain();
      },
    };
  }
}

/** `measure` is the `ref` of rows whose height is not known beforehand. */
export function useVirtualRows(asked: VirtualRowsOptions): Pick<RowView, 'virtual' | 'measure'> {
  const [, lookAgain] = useReducer((turn: number) => turn + 1, 0);
  const [view] = useState(() => new RowView(asked, lookAgain));
  view.ask(asked);
  const { virtual } = view;
  useLayoutEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  return view;
}

/** The row with the cursor has an element wherever it is, or a screen reader would have nothing to point at. */
export function withKept(places: number[], kept: number | null, count: number): number[] {
  if (kept === null || kept < 0 || kept >= count || places.includes(kept)) return places;
  return [...places, kept].sort((one, other) => one - other);
}

function lastPlaces(count: number, most: number): number[] {
  const from = Math.max(0, count - most);
  return Array.from({ length: count - from }, (_, place) => from + place);
}
