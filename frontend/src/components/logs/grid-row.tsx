import { memo, type ReactNode } from 'react';

import { Severity } from '@/components/ui/severity';
import { count } from '@/lib/format';
import { LINE, SEVERITY, TIME, type LogColumn } from '@/lib/log-columns';
import type { LogRow } from '@/lib/log-row';
import { cut, lineOf, MOST_SHOWN } from '@/lib/line-of';
import type { Marker } from '@/lib/marked';
import { severityOf } from '@/lib/severity';
import type { Clock } from '@/lib/zone-time';

import { faceOf } from './grid-styles';

export interface RowLook {
  columns: readonly LogColumn[];
  clock: Clock;
  marker: Marker;
  isWrapped: boolean;
  isCard: boolean;
}

interface Props {
  row: LogRow;
  place: number;
  top: number;
  height: number;
  look: RowLook;
  /** The id of its element. */
  id: string;
  isSelected: boolean;
  /** The column with the cursor; null: the row as a whole. */
  activeColumn: number | null;
  /** Where heights are not known beforehand. */
  measure: ((element: HTMLElement | null) => void) | undefined;
}

/** Plain elements: there are many, and they come and go with every turn of the wheel. */
export function GridRow({ row, place, top, height, look, id, isSelected, activeColumn, measure }: Props) {
  const isActive = isSelected && activeColumn === null;
  return (
    <div
      role="row"
      id={id}
      ref={measure}
      data-index={place}
      aria-rowindex={place + 2}
      aria-selected={isSelected}
      className={isActive ? 'active' : undefined}
      style={{ transform: `translateY(${top}px)`, ...(measure === undefined ? { height } : { minHeight: height }) }}
    >
      <Cells row={row} look={look} id={isSelected ? id : null} activeColumn={isSelected ? activeColumn : null} />
    </div>
  );
}

interface CellsProps {
  row: LogRow;
  look: RowLook;
  /** Only of the row with the cursor: something has to point at its cells. */
  id: string | null;
  activeColumn: number | null;
}

const Cells = memo(function Cells({ row, look, id, activeColumn }: CellsProps) {
  return look.columns.map(({ name }, place) => (
    <div
      key={name}
      role="gridcell"
      aria-colindex={place + 1}
      data-column={name}
      data-face={faceOf(name)}
      {...(id === null ? {} : { id: `${id}-${place}` })}
      className={classOf(name, place === activeColumn)}
    >
      {contentOf(row, name, look)}
    </div>
  ));
});

function classOf(name: string, isActive: boolean): string | undefined {
  const names = [isActive ? 'active' : '', name === LINE ? 'line' : ''].filter((each) => each !== '');
  return names.length === 0 ? undefined : names.join(' ');
}

function contentOf(row: LogRow, name: string, look: RowLook): ReactNode {
  if (name === TIME) return <Time words={look.clock.at(row.receivedAt)} />;
  if (name === SEVERITY) {
    return (
      <span className="value">
        <Severity code={severityOf(row.values[SEVERITY])} />
      </span>
    );
  }
  if (name === LINE) return <Text text={look.isCard ? lineOf(row) : String(row.values[LINE] ?? '')} name={name} look={look} />;
  const value = row.values[name];
  if (value === undefined || value === null || value === '') return null;
  return (
    <span className="value">
      <Text text={String(value)} name={name} look={look} />
    </span>
  );
}

/** The date is the same in most rows, and stands back. */
function Time({ words }: { words: string }) {
  return (
    <>
      <span className="quiet">{words.slice(0, 11)}</span>
      {words.slice(11)}
    </>
  );
}

function Text({ text, name, look }: { text: string; name: string; look: RowLook }) {
  const shown = cut(text, look.isWrapped ? MOST_SHOWN.wrapped : MOST_SHOWN.line);
  return (
    <>
      {look.marker(name, shown.text).map((piece, place) => (piece.isHit ? <mark key={place}>{piece.text}</mark> : piece.text))}
      {shown.more === 0 ? null : <span className="quiet"> … {count(shown.more)} more characters</span>}
    </>
  );
}
