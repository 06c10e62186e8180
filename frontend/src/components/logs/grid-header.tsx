import Box from '@mui/material/Box';
import { useRef, useState, type PointerEvent } from 'react';

import { Icon } from '@/components/ui/icon';
import { unseen } from '@/components/ui/unseen';
import { movedTo, namesOf, resized, TIME, type LogColumn } from '@/lib/log-columns';


interface Props {
  columns: readonly LogColumn[];
  onColumns: (columns: LogColumn[]) => void;
  /** Stands beside the time, once. */
  zone: string;
  isCard: boolean;
  /** The id of its row's element. */
  id: string;
  activeColumn: number | null;
  onMenu: (name: string, element: HTMLElement) => void;
}

/** The names of the columns: drawn to another place, wider or narrower; a click has the same as a menu. */
export function GridHeader({ columns, onColumns, zone, isCard, id, activeColumn, onMenu }: Props) {
  const [target, setTarget] = useState<number | null>(null);
  const names = namesOf(columns);
  return (
    <Box role="rowgroup" className={isCard ? undefined : 'head'} sx={isCard ? unseen : {}}>
      <div role="row" aria-rowindex={1} id={id}>
        {columns.map((column, place) => (
          <Heading
            key={column.name}
            column={column}
            place={place}
            zone={zone}
            id={`${id}-${place}`}
            isActive={activeColumn === place}
            isTarget={target === place}
            isLast={place === columns.length - 1}
            onMenu={onMenu}
            onWidth={(width) => onColumns(resized(columns, column.name, width))}
            onAim={(at) => setTarget(at === null || at === place ? null : at)}
            onDrop={(at) => {
              setTarget(null);
              if (at !== names.indexOf(column.name)) onColumns(movedTo(columns, column.name, at));
            }}
          />
        ))}
      </div>
    </Box>
  );
}

interface HeadingProps {
  column: LogColumn;
  place: number;
  zone: string;
  id: string;
  isActive: boolean;
  /** Something is being drawn to here. */
  isTarget: boolean;
  isLast: boolean;
  onMenu: (name: string, element: HTMLElement) => void;
  onWidth: (width: number) => void;
  onAim: (place: number | null) => void;
  onDrop: (place: number) => void;
}

/** A click becomes drawing after so many px. */
const DRAG_PX = 6;

function Heading({ column, place, zone, id, isActive, isTarget, isLast, onMenu, onWidth, onAim, onDrop }: HeadingProps) {
  const drag = useRef<{ from: number; isDrawn: boolean } | null>(null);
  return (
    <Box
      role="columnheader"
      aria-colindex={place + 1}
      id={id}
      className={isActive ? 'active' : undefined}
      data-place={place}
      sx={{
        position: 'relative',
        minWidth: 0,
        display: 'flex',
        alignItems: 'stretch',
        ...(isTarget ? { boxShadow: (theme) => `inset 2px 0 0 ${theme.palette.primary.main}` } : {}),
      }}
    >
      <Box
        component="button"
        type="button"
        // The grid has the focus; its keys come here, too.
        tabIndex={-1}
        aria-haspopup="menu"
        title={`${column.name}: click for a menu, or draw it to another place`}
        onPointerDown={(event: PointerEvent<HTMLElement>) => {
          if (event.button !== 0) return;
          drag.current = { from: event.clientX, isDrawn: false };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event: PointerEvent<HTMLElement>) => {
          if (drag.current === null) return;
          drag.current.isDrawn ||= Math.abs(event.clientX - drag.current.from) > DRAG_PX;
          if (drag.current.isDrawn) onAim(placeAt(event.currentTarget, event.clientX));
        }}
        onPointerUp={(event: PointerEvent<HTMLElement>) => {
          const isDrawn = drag.current?.isDrawn === true;
          const to = placeAt(event.currentTarget, event.clientX);
          onAim(null);
          if (isDrawn && to !== null) onDrop(to);
        }}
        onPointerCancel={() => {
          drag.current = null;
          onAim(null);
        }}
        onClick={(event) => {
          const wasDrawn = drag.current?.isDrawn === true;
          drag.current = null;
          if (!wasDrawn) onMenu(column.name, event.currentTarget);
        }}
        sx={{
          flex: 1,
          minWidth: 0,
          display: 'flex',
          alignItems: 'center',
          gap: 1,
          px: 2,
          border: 0,
          background: 'none',
          font: 'inherit',
          fontWeight: 500,
          color: 'text.secondary',
          textAlign: 'left',
          cursor: 'pointer',
          touchAction: 'none',
          '&:hover': { color: 'text.primary' },
          '& svg': { flex: 'none', opacity: 0.6 },
        }}
      >
        <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          {column.name}
          {column.name === TIME ? ` (${zone})` : ''}
        </Box>
        <Icon name="down" size={12} />
      </Box>
      {isLast ? null : <Handle onWidth={onWidth} />}
    </Box>
  );
}

/** At the right of a heading; the menu has the same for the keyboard. */
function Handle({ onWidth }: { onWidth: (width: number) => void }) {
  const drag = useRef<{ from: number; width: number } | null>(null);
  return (
    <Box
      aria-hidden="true"
      onPointerDown={(event: PointerEvent<HTMLElement>) => {
        const width = event.currentTarget.parentElement?.getBoundingClientRect().width ?? 0;
        drag.current = { from: event.clientX, width };
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
      }}
      onPointerMove={(event: PointerEvent<HTMLElement>) => {
        if (drag.current !== null) onWidth(drag.current.width + event.clientX - drag.current.from);
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
      sx={{
        flex: 'none',
        width: 9,
        mr: '-4px',
        zIndex: 1,
        cursor: 'col-resize',
        touchAction: 'none',
        '&::after': { content: '""', display: 'block', width: '1px', height: 16, mx: 'auto', mt: '7px', bgcolor: 'divider' },
        '&:hover::after': { bgcolor: 'primary.main' },
      }}
    />
  );
}

/** The heading that a pointer is over. */
function placeAt(element: HTMLElement, x: number): number | null {
  const headings = [...(element.closest('[role=row]')?.querySelectorAll<HTMLElement>('[role=columnheader]') ?? [])];
  const found = headings.find((each) => x < each.getBoundingClientRect().right) ?? headings.at(-1);
  return found === undefined ? null : Number(found.dataset['place']);
}
