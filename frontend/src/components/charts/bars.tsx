/** Stacked bars in steps of time, as SVG: at most some hundred steps, one path a series. */
import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import { useState, type KeyboardEvent, type PointerEvent } from 'react';

import { useWidth } from '@/hooks/use-width';
import { count, counted, short } from '@/lib/format';

import { endsOf, movedBy, type Mark } from './bars-mark';
import {
  endOf,
  indexAt,
  isClockChanged,
  scaleOf,
  spanWords,
  stackPaths,
  stepsKey,
  ticksOf,
  totalsOf,
  type BarSeries,
} from './bars-plan';
import { BarsTip } from './bars-tip';

export type { BarSeries } from './bars-plan';

const SCALE_PX = 44;
const AXIS_PX = 20;
const FIRST_WIDTH_PX = 600;
/** Less is the hand's trembling and no selection. */
const LEAST_DRAG_PX = 4;

interface Props {
  label: string;
  /** The beginning of each step, microseconds since 1970. */
  steps: readonly number[];
  /** The first one is at the bottom. */
  series: readonly BarSeries[];
  /** Somebody wants to see this span alone. */
  onSelect?: (from: number, until: number) => void;
  /** Escape, where nothing is selected. */
  onBack?: () => void;
  /** Where the cursor or the selection is; null: nowhere. */
  onMark?: (span: readonly [from: number, until: number] | null) => void;
  /** The end of the last step. */
  end?: number;
  zone?: string;
  height?: number;
}

export function StackedBars(props: Props) {
  const { label, steps, series, end, zone = 'UTC', height = 96 } = props;
  const colours = useTheme().palette;
  const [measure, measured] = useWidth();
  const [pointed, setPointed] = useState<number | null>(null);
  const [isFocused, setFocused] = useState(false);
  const selecting = useSelecting(props, setPointed);
  const { mark, drag } = selecting;

  const width = Math.max(40, (measured ?? FIRST_WIDTH_PX) - SCALE_PX);
  const totals = totalsOf(series, steps.length);
  const most = scaleOf(Math.max(0, ...totals));
  const room = { width, height, count: Math.max(1, steps.length), most };
  const stepWidth = width / room.count;
  const changed = isClockChanged(steps, zone);
  const words = (index: number) => spanWords(steps[index] ?? 0, endOf(steps, index, end), zone, changed);
  const shown = drag?.at ?? pointed ?? (isFocused ? (mark?.at ?? null) : null);
  const at = shown === null ? null : Math.min(shown, room.count - 1);
  const ends = mark === null || steps.length === 0 ? null : endsOf(mark, room.count);
  // While somebody selects, what is selected is told; over a bar, what is in it.
  const isSpan = ends !== null && ends[0] !== ends[1] && (drag !== null || pointed === null);

  return (
    <Box ref={measure} sx={{ position: 'relative', width: '100%', minWidth: 0 }}>
      <Box
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={room.count - 1}
        aria-valuenow={Math.min(mark?.at ?? 0, room.count - 1)}
        aria-valuetext={spokenOf(mark, ends, words, series, totals)}
        onKeyDown={selecting.press}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onPointerDown={(event) => selecting.begin(event, room)}
        onPointerMove={(event) => selecting.move(event, room)}
        onPointerUp={selecting.finish}
        onPointerCancel={selecting.clear}
        onPointerLeave={() => setPointed(null)}
        sx={{
          ml: `${SCALE_PX}px`,
          cursor: props.onSelect === undefined ? 'default' : 'crosshair',
          touchAction: 'pan-y',
          userSelect: 'none',
          borderRadius: '2px',
        }}
      >
        <Box
          component="svg"
          aria-hidden="true"
          width={width}
          height={height + AXIS_PX}
          sx={{ display: 'block', overflow: 'visible', fontSize: 11, fontVariantNumeric: 'tabular-nums' }}
        >
          <Scale room={room} colour={colours.divider} words={colours.text.secondary} />
          {at === null ? null : (
            <rect x={at * stepWidth} y={0} width={stepWidth} height={height} fill={colours.text.secondary} opacity={0.16} />
          )}
          {stackPaths(series, room).map((path, place) => (
            <path key={series[place]?.name} d={path} fill={series[place]?.colour} />
          ))}
          {ends === null ? null : <Selected ends={ends} stepWidth={stepWidth} height={height} colour={colours.primary.main} />}
          <Axis steps={steps} zone={zone} room={room} words={colours.text.secondary} line={colours.divider} />
        </Box>
      </Box>
      {at === null || steps.length === 0 ? null : (
        <BarsTip
          {...(isSpan
            ? { title: spanOfEnds(ends, words), lines: [], total: sumOf(totals, ends) }
            : { title: words(at), lines: linesAt(series, at), total: totals[at] ?? 0 })}
          x={SCALE_PX + (at + 0.5) * stepWidth}
          width={width + SCALE_PX}
          side={isSpan && at === ends[0] ? 'left' : 'right'}
        />
      )}
    </Box>
  );
}

interface Drag {
  from: number;
  at: number;
  x: number;
  isFar: boolean;
}

/** The cursor and what is selected, by pointer and by keys. */
function useSelecting({ steps, end, onSelect, onBack, onMark }: Props, setPointed: (index: number | null) => void) {
  const [mark, setMark] = useState<Mark | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  // What was selected in other steps means nothing in these.
  const key = stepsKey(steps);
  const [seen, setSeen] = useState(key);
  if (seen !== key) {
    setSeen(key);
    setMark(null);
    setDrag(null);
  }
  const spanOf = (next: Mark): readonly [number, number] => {
    const [first, last] = endsOf(next, steps.length);
    return [steps[first] ?? 0, endOf(steps, last, end)];
  };
  const put = (next: Mark | null) => {
    setMark(next);
    onMark?.(next === null || steps.length === 0 ? null : spanOf(next));
  };
  const zoom = (next: Mark) => {
    put(null);
    setPointed(null);
    onSelect?.(...spanOf(next));
  };
  const clear = () => {
    setDrag(null);
    put(null);
  };

  return {
    mark,
    drag,
    clear,
    begin: (event: PointerEvent<HTMLElement>, room: { width: number; count: number }) => {
      if (event.button !== 0 || steps.length === 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const at = indexAt(xOf(event), room);
      setDrag({ from: at, at, x: event.clientX, isFar: false });
      put({ at, anchor: null });
    },
    move: (event: PointerEvent<HTMLElement>, room: { width: number; count: number }) => {
      const at = indexAt(xOf(event), room);
      setPointed(at);
      if (drag === null) return;
      const isFar = drag.isFar || Math.abs(event.clientX - drag.x) >= LEAST_DRAG_PX;
      setDrag({ ...drag, at, isFar });
      if (isFar) put({ at, anchor: drag.from });
    },
    finish: () => {
      if (drag === null) return;
      setDrag(null);
      if (drag.isFar && onSelect !== undefined) zoom({ at: drag.at, anchor: drag.from });
    },
    press: (event: KeyboardEvent<HTMLElement>) => {
      if (event.ctrlKey || event.altKey || event.metaKey || steps.length === 0) return;
      const moved = movedBy(event.key, event.shiftKey, mark, steps.length);
      if (moved !== null) put(moved);
      else if (event.key === 'Enter' && mark !== null) zoom(mark);
      else if (event.key === 'Escape' && (mark !== null || drag !== null)) clear();
      else if (event.key === 'Escape' && onBack !== undefined) onBack();
      else return;
      event.preventDefault();
    },
  };
}

function xOf(event: PointerEvent<HTMLElement>): number {
  return event.clientX - event.currentTarget.getBoundingClientRect().left;
}

/** What a screen reader says at the cursor. */
function spokenOf(
  mark: Mark | null,
  ends: readonly [number, number] | null,
  words: (index: number) => string,
  series: readonly BarSeries[],
  totals: readonly number[],
): string {
  if (mark === null || ends === null) return `${counted(totals.length, 'step')}; arrow keys move, Shift selects, Enter zooms`;
  const rows = (index: number) => count(totals[index] ?? 0);
  if (ends[0] !== ends[1]) {
    return `selected: ${spanOfEnds(ends, words)}, ${count(sumOf(totals, ends))} rows`;
  }
  const parts = series.flatMap(({ name, values }) => {
    const value = values[ends[0]] ?? 0;
    return value > 0 && series.length > 1 ? [`${name} ${count(value)}`] : [];
  });
  return [`${words(ends[0])}: ${rows(ends[0])} rows`, ...parts].join(', ');
}

function sumOf(totals: readonly number[], ends: readonly [number, number]): number {
  return totals.slice(ends[0], ends[1] + 1).reduce((all, each) => all + each, 0);
}

function linesAt(series: readonly BarSeries[], index: number) {
  return series.map(({ name, colour, values }) => ({ name, colour, value: values[index] ?? 0 }));
}

function spanOfEnds(ends: readonly [number, number], words: (index: number) => string): string {
  return `${words(ends[0]).split(' to ')[0] ?? ''} to ${words(ends[1]).split(' to ').at(-1) ?? ''}`;
}

interface ScaleProps {
  room: { width: number; height: number; most: number };
  colour: string;
  words: string;
}

const SCALE_TOP_PX = 6;

function Scale({ room, colour, words }: ScaleProps) {
  return (
    <>
      <line x1={0} x2={room.width} y1={SCALE_TOP_PX} y2={SCALE_TOP_PX} stroke={colour} />
      <text x={-6} y={SCALE_TOP_PX + 4} textAnchor="end" fill={words}>
        {short(room.most)}
      </text>
      <text x={-6} y={room.height} textAnchor="end" fill={words}>
        0
      </text>
    </>
  );
}

interface AxisProps {
  steps: readonly number[];
  zone: string;
  room: { width: number; height: number; count: number };
  words: string;
  line: string;
}

const DATE_PX = 64;
/** Nearer to the end its words would run into those before it. */
const LAST_TICK_PX = 40;

function Axis({ steps, zone, room, words, line }: AxisProps) {
  const stepWidth = room.width / room.count;
  return (
    <>
      <line x1={0} x2={room.width} y1={room.height + 0.5} y2={room.height + 0.5} stroke={line} />
      {ticksOf(steps, zone, room.width).map((tick) => {
        const x = tick.index * stepWidth;
        if (x > room.width - LAST_TICK_PX) return null;
        const isAtEnd = x > room.width - DATE_PX;
        return (
          <g key={tick.index}>
            <line x1={x} x2={x} y1={room.height} y2={room.height + 4} stroke={words} />
            <text x={isAtEnd ? room.width : x} y={room.height + 16} textAnchor={isAtEnd ? 'end' : 'start'} fill={words}>
              {tick.words}
            </text>
          </g>
        );
      })}
    </>
  );
}

interface SelectedProps {
  ends: readonly [number, number];
  stepWidth: number;
  height: number;
  colour: string;
}

function Selected({ ends, stepWidth, height, colour }: SelectedProps) {
  const x = ends[0] * stepWidth;
  const wide = (ends[1] - ends[0] + 1) * stepWidth;
  return <rect x={x} y={0} width={wide} height={height} fill={colour} fillOpacity={0.2} stroke={colour} strokeWidth={1.5} />;
}
