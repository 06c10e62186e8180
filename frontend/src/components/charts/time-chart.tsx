import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect, useEffectEvent, useRef, useState, type RefObject } from 'react';

import { unseen } from '@/components/ui/unseen';
import { palettes } from '@/config/tokens';
import { useMode } from '@/hooks/use-mode';
import { useZone } from '@/hooks/use-zone';

import { readingsOf, stackedValues, summaryOf, whenWords, type ChartSeries, type Reading } from './chart-series';
import { areaOf, colourOf, useColour, type SeriesColour } from './colour';
import type { Plot, PlotData, PlotLook } from './plot';

export type { ChartSeries, SeriesColour };

export interface TimeChartProps {
  /** What the chart is of; read aloud, and shown nowhere. */
  label: string;
  series: readonly ChartSeries[];
  /** ms since the epoch, ascending: one for each value. */
  times: readonly number[];
  /** Of the drawing, px; a line of words stands above it. */
  height: number;
  /** Series stand on one another, the first at the bottom. */
  stacked?: boolean;
  format: (value: number) => string;
  /** The time that is shown, ms; without it that of the data. */
  span?: readonly [from: number, to: number];
  /** Dragging chooses a time, ms. */
  onRange?: (from: number, to: number) => void;
  /** Charts with the same word point at the same moment. */
  together?: string;
}

const WORDS_PX = 22;

/** Series by time: lines or a stack, with the values at the pointer, or at the arrow keys, in words above it. */
export function TimeChart(props: TimeChartProps) {
  const { label, series, times, height, format } = props;
  const zone = useZone() ?? 'UTC';
  const [place, setPlace] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const plot = usePlot(box, props, zone, setPlace);
  const shown = place !== null && place < times.length ? place : null;
  const readings = readingsOf(series, shown, format);
  const when = whenWords(times, shown, zone);
  const look = useLook();
  return (
    <Box
      role="group"
      aria-label={label}
      sx={{ position: 'relative', minWidth: 0, '&:has(input:focus-visible)': { outline: `2px solid ${look.accent}`, outlineOffset: 2 } }}
    >
      <Readings readings={readings} when={when} />
      <Box ref={box} aria-hidden="true" sx={{ height, minWidth: 0, overflow: 'hidden', touchAction: 'pan-y', ...look.plot }} />
      <Box component="p" sx={unseen}>
        {summaryOf(series, format)}
      </Box>
      <Box
        component="input"
        type="range"
        aria-label={`${label}: moment`}
        aria-valuetext={spoken(readings, when)}
        min={0}
        max={Math.max(0, times.length - 1)}
        step={1}
        value={shown ?? Math.max(0, times.length - 1)}
        onChange={(event) => plot.current?.point(Number(event.currentTarget.value))}
        onBlur={() => plot.current?.point(null)}
        sx={{ position: 'absolute', inset: 0, width: '100%', height: '100%', m: 0, opacity: 0, pointerEvents: 'none' }}
      />
    </Box>
  );
}

/** The legend and the values in one: it never grows or shrinks with what it says. */
function Readings({ readings, when }: { readings: readonly Reading[]; when: string }) {
  return (
    <Box sx={{ display: 'flex', gap: 3, height: WORDS_PX, alignItems: 'center', fontSize: 12, overflow: 'hidden' }}>
      {readings.map((each) => (
        <Box key={each.name} component="span" sx={{ display: 'inline-flex', gap: 1, alignItems: 'center', whiteSpace: 'nowrap' }}>
          <Swatch colour={each.colour} />
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {each.name}
          </Box>
          {each.words}
        </Box>
      ))}
      <Typography component="span" sx={{ ml: 'auto', fontSize: 12, color: 'text.secondary', whiteSpace: 'nowrap' }}>
        {when}
      </Typography>
    </Box>
  );
}

export function Swatch({ colour }: { colour: SeriesColour }) {
  const bgcolor = useColour(colour);
  return <Box component="span" aria-hidden="true" sx={{ width: 8, height: 8, borderRadius: '2px', flex: 'none', bgcolor }} />;
}

function spoken(readings: readonly Reading[], when: string): string {
  const words = readings.map((each) => `${each.name} ${each.words}`).join(', ');
  return when === '' ? words : `${when}: ${words}`;
}

function useLook() {
  const { mode } = useMode();
  const colours = palettes[mode];
  return {
    accent: colours.accent,
    plot: {
      '& .u-select': { bgcolor: areaOf(colours.accent, 0.25) },
      '& .u-hz .u-cursor-x': { borderRight: `1px solid ${colours.secondary}` },
    },
  };
}

/** The drawing in its box: made anew only for another look, given data as it comes. */
function usePlot(box: RefObject<HTMLDivElement | null>, props: TimeChartProps, zone: string, onPlace: (place: number | null) => void) {
  const { series, times, height, stacked = false, span = null, onRange, together = null } = props;
  const { mode } = useMode();
  const plot = useRef<Plot | null>(null);
  const colours = series.map((each) => colourOf(each.colour, mode)).join('|');
  const canSelect = onRange !== undefined;
  const range = useEffectEvent((from: number, to: number) => onRange?.(from, to));
  const data: PlotData = { times, span, values: stacked ? stackedValues(series) : series.map((each) => each.values) };
  const fill = useEffectEvent(() => plot.current?.show(data));
  useEffect(() => {
    const target = box.current;
    if (target === null || !canDraw()) return undefined;
    const look: PlotLook = { colours: colours.split('|'), isStacked: stacked, height, mode, zone, together, canSelect };
    let isOver = false;
    void import('./plot').then((module) => {
      if (isOver) return;
      plot.current = new module.Plot(target, look, { onPlace, onRange: (from, to) => range(from, to) });
      fill();
    });
    return () => {
      isOver = true;
      plot.current?.end();
      plot.current = null;
    };
  }, [box, colours, stacked, height, mode, zone, together, canSelect, onPlace]);
  useEffect(() => fill(), [series, times, span]);
  return plot;
}

/** Where nothing can be drawn, the words are there all the same. */
function canDraw(): boolean {
  return 'Path2D' in window && 'ResizeObserver' in window;
}
