import Box from '@mui/material/Box';
import {
  useCallback,
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';

import { unseen } from '@/components/ui/unseen';
import { useHotkey } from '@/hooks/use-hotkey';
import { useVirtualRows } from '@/hooks/use-virtual-rows';
import { useWidth } from '@/hooks/use-width';
import { useZone } from '@/hooks/use-zone';
import { columnsOf, LINE, SEVERITY, TIME, type Density, type LogColumn } from '@/lib/log-columns';
import type { Cell, FilterHow, LogRow, Marks } from '@/lib/log-row';
import { markerOf } from '@/lib/marked';
import { clockOf } from '@/lib/zone-time';

import { ColumnMenu } from './column-menu';
import { jumped, movedCursor, type Cursor } from './grid-cursor';
import { GridHeader } from './grid-header';
import { GridRow } from './grid-row';
import { gridStyle, HEADER_PX, leastOf, NARROW_PX, rowPx, templateOf } from './grid-styles';
import { useFollow } from './use-follow';
import { ValueMenu, type ValueAt } from './value-menu';

export interface LogGridProps {
  /** Of the grid, for a screen reader. */
  label: string;
  rows: readonly LogRow[];
  columns: readonly LogColumn[];
  /** Widths, order or choice have changed. */
  onColumns: (columns: LogColumn[]) => void;
  marks?: Marks;
  wrap: boolean;
  density: Density;
  /** The id of the row with the cursor. */
  selected: string | null;
  onSelect: (id: string | null) => void;
  onOpen: (id: string) => void;
  /** The last rows are near: more may be asked for. */
  onNearEnd?: () => void;
  /** Whether the newest row, at the end, is kept in sight while rows arrive. */
  follow?: boolean;
  onFollow?: (follow: boolean) => void;
  onFilter: (field: string, value: Cell, how: FilterHow) => void;
}

/** Where there is no room for columns. */
const CARD_COLUMNS = columnsOf([TIME, SEVERITY, LINE]);
/** This many rows before the last one, more is asked for. */
const NEAR_ROWS = 40;

/**
 * Rows in columns, of any number: what cannot be seen is not in the page. The grid has the focus and points at the row
 * or cell with the cursor (`aria-activedescendant`), for elements come and go.
 */
export function LogGrid(props: LogGridProps) {
  const { rows, selected, wrap, density, onSelect, onOpen, onNearEnd, follow = false, onFollow } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [measureWidth, width] = useWidth();
  const attach = useCallback(
    (element: HTMLDivElement | null) => {
      scroller.current = element;
      return measureWidth(element);
    },
    [measureWidth],
  );
  const isCard = width !== null && width < NARROW_PX;
  const columns = isCard ? CARD_COLUMNS : props.columns;
  const zone = useZone() ?? 'UTC';
  const look = useMemo(
    () => ({ columns, clock: clockOf(zone), marker: markerOf(props.marks), isWrapped: wrap, isCard }),
    [columns, zone, props.marks, wrap, isCard],
  );

  const [column, setColumn] = useState<number | null>(null);
  const [isAtHeadings, setIsAtHeadings] = useState(false);
  const [valueAt, setValueAt] = useState<ValueAt | null>(null);
  const [columnAt, setColumnAt] = useState<{ name: string; top: number; left: number } | null>(null);
  const [said, setSaid] = useState('');

  const selectedPlace = useMemo(() => (selected === null ? -1 : rows.findIndex((row) => row.id === selected)), [rows, selected]);
  const cursor: Cursor = { place: isAtHeadings ? -1 : selectedPlace < 0 ? null : selectedPlace, column };

  const rowHeight = rowPx(density, isCard);
  const isMeasured = wrap;
  const { virtual, measure } = useVirtualRows({
    scrollerOf: useCallback(() => scroller.current, []),
    count: rows.length,
    rowHeight,
    headerHeight: isCard ? 0 : HEADER_PX,
    keyOf: useCallback((place: number) => rows[place]?.id ?? String(place), [rows]),
    kept: selectedPlace < 0 ? null : selectedPlace,
    isAtEnd: follow,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, rowHeight, isMeasured]);
  const items = virtual.getVirtualItems();
  const height = virtual.getTotalSize();
  useFollow(scroller, follow, onFollow);

  const nearEnd = useEffectEvent(() => onNearEnd?.());
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - NEAR_ROWS) nearEnd();
  }, [rows.length, last]);

  // What is selected from outside, as by an address, comes into sight.
  const show = useEffectEvent(() => {
    if (selectedPlace >= 0 && !follow) virtual.scrollToIndex(selectedPlace, { align: 'auto' });
  });
  const isThere = selectedPlace >= 0;
  useEffect(() => show(), [selected, isThere]);

  const goTo = (place: number) => {
    const row = rows[place];
    if (row === undefined) return;
    setIsAtHeadings(false);
    onSelect(row.id);
    virtual.scrollToIndex(place, { align: 'auto' });
  };
  const jump = (key: string) => {
    if (document.querySelector('[role="menu"]') !== null) return;
    scroller.current?.focus({ preventScroll: true });
    const place = jumped(key, cursor, rows);
    if (place === null) {
      if (key === 'e' || key === 'E') setSaid(`No ${key === 'e' ? 'further' : 'earlier'} error among the rows that are loaded.`);
      return;
    }
    setSaid('');
    goTo(place);
    if (key === 'G') onFollow?.(true);
  };
  useHotkey('j', () => jump('j'));
  useHotkey('k', () => jump('k'));
  useHotkey('g', () => jump('g'));
  useHotkey('G', () => jump('G'));
  useHotkey('e', () => jump('e'));
  useHotkey('E', () => jump('E'));

  const activeId = activeIdOf(id, cursor);
  const openMenu = () => {
    const element = activeId === undefined ? null : document.getElementById(activeId);
    if (element === null || column === null) return;
    const { left, bottom } = element.getBoundingClientRect();
    const name = columns[column]?.name;
    const row = rows[selectedPlace];
    if (name === undefined) return;
    if (isAtHeadings) setColumnAt({ name, left, top: bottom });
    else if (row !== undefined) setValueAt({ row, field: name, left, top: bottom });
  };
  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (event.altKey || event.metaKey || event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const bounds = { rows, columns: columns.length, page, hasHeadings: !isCard };
    const moved = movedCursor(event.key, event.ctrlKey, cursor, bounds);
    if (moved !== null) {
      event.preventDefault();
      setColumn(moved.column);
      if (moved.place === -1) setIsAtHeadings(true);
      else if (moved.place !== null && moved.place !== cursor.place) goTo(moved.place);
    } else if (event.key === ' ') {
      event.preventDefault();
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault();
      openMenu();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (isAtHeadings) openMenu();
      else if (selected !== null && selectedPlace >= 0) onOpen(selected);
    }
  };
  // Not before the blank goes up: it would go up over the menu, and choose what is first there.
  const release = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === ' ' && event.target === event.currentTarget) openMenu();
  };
  const click = (event: MouseEvent<HTMLElement>) => {
    const target = event.target instanceof Element ? event.target : null;
    const row = rows[Number(target?.closest<HTMLElement>('[data-index]')?.dataset['index'] ?? Number.NaN)];
    // Who has marked a text with the pointer wants the text.
    if (row === undefined || document.getSelection()?.isCollapsed === false) return;
    setIsAtHeadings(false);
    onSelect(row.id);
    const cell = target?.closest<HTMLElement>('[data-column]') ?? null;
    const field = cell?.dataset['column'];
    if (cell === null || field === undefined || target?.closest('.value') == null) {
      setColumn(null);
      onOpen(row.id);
      return;
    }
    const { left, bottom } = cell.getBoundingClientRect();
    setColumn(columns.findIndex(({ name }) => name === field));
    setValueAt({ row, field, left: Math.max(left, 0), top: bottom });
  };

  const style: CSSProperties & Record<`--${string}`, string> = {
    '--columns': templateOf(columns, wrap),
    '--least': `${isCard ? 0 : leastOf(columns, wrap)}px`,
  };
  return (
    <>
      <Box
        ref={attach}
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={activeId}
        data-wrap={wrap}
        data-card={isCard}
        onKeyDown={press}
        onKeyUp={release}
        onClick={click}
        style={style}
        sx={gridStyle}
      >
        <GridHeader
          columns={columns}
          onColumns={props.onColumns}
          zone={look.clock.zone}
          isCard={isCard}
          id={`${id}head`}
          activeColumn={isAtHeadings ? column : null}
          onMenu={(name, element) => {
            const { left, bottom } = element.getBoundingClientRect();
            setColumnAt({ name, left, top: bottom });
          }}
        />
        <div role="rowgroup" className="body" style={{ height }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <GridRow
                key={row.id}
                row={row}
                place={index}
                top={start - (isCard ? 0 : HEADER_PX)}
                height={rowHeight}
                look={look}
                id={rowId(id, index)}
                isSelected={index === selectedPlace}
                activeColumn={isAtHeadings ? null : column}
                measure={isMeasured ? measure : undefined}
              />
            );
          })}
        </div>
      </Box>
      <Box role="status" sx={unseen}>
        {said}
      </Box>
      <ValueMenu at={valueAt} onFilter={props.onFilter} onOpen={onOpen} onClose={() => setValueAt(null)} />
      <ColumnMenu at={columnAt} columns={props.columns} onColumns={props.onColumns} onClose={() => setColumnAt(null)} />
    </>
  );
}

function rowId(id: string, place: number): string {
  return `${id}row${place}`;
}

function activeIdOf(id: string, { place, column }: Cursor): string | undefined {
  if (place === null) return undefined;
  const row = place === -1 ? `${id}head` : rowId(id, place);
  return column === null ? row : `${row}-${column}`;
}
