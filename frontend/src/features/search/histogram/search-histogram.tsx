import Box from '@mui/material/Box';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useTheme } from '@mui/material/styles';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { StackedBars } from '@/components/charts/bars';
import { BarsLegend } from '@/components/charts/bars-legend';
import { stepsKey } from '@/components/charts/bars-plan';
import { BarsTable } from '@/components/charts/bars-table';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { palettes } from '@/config/tokens';
import { useWidth } from '@/hooks/use-width';
import { useZone } from '@/hooks/use-zone';
import { askedParams, type SearchState } from '@/lib/search-address';
import type { TimeRange } from '@/lib/time-range';

import { partWords } from '../searched-words';
import { histogramQuery, type HistogramSeen } from './api/get-histogram';
import { barsOf, PLAIN, topOf } from './bars-of';
import { HistogramBar } from './histogram-bar';
import { mostBars, reachesNow, stepFor, stepWords } from './step';
import { storedLook, storeLook, type Look } from './stored-look';
import { isZoomed, within, withZoom } from './zooms';

interface Props {
  search: SearchState;
  /** Microseconds since 1970. */
  onRange: (from: number, until: number) => void;
  onBack: () => void;
}

/** On a phone the rows come first. */
const BARS_PX = { phone: 48, desk: 96 };
/** Bars, their axis and the legend, one line or two: kept free, so that nothing below jumps when they come. */
const ROOM_PX = { phone: 126, desk: 148 };

/** When the rows came: bars by step, which zoom by dragging. */
export function SearchHistogram({ search, onRange, onBack }: Props) {
  const [look, setLook] = useState(storedLook);
  const [zooms, setZooms] = useState<readonly TimeRange[]>([]);
  const [isTable, setTable] = useState(false);
  const [marked, setMarked] = useState<{ key: string; span: readonly [number, number] } | null>(null);
  const [measure, width] = useWidth();
  const screen = useScreen();
  const asked = useQuery({ ...histogramQuery(paramsOf(search, look, width)), enabled: look.isShown });
  const change = (next: Partial<Look>) => {
    const whole = { ...look, ...next };
    setLook(whole);
    storeLook(whole);
  };

  const seen = look.isShown ? asked.data : undefined;
  const steps = seen?.found.starts ?? [];
  const span = marked !== null && marked.key === stepsKey(steps) ? marked.span : null;
  const canGoBack = isZoomed(zooms, search.range);
  const zoom = (from: number, until: number) => {
    const ends = within(from, until, seen?.found.searched ?? {});
    setZooms((before) => withZoom(before, ...ends));
    setMarked(null);
    onRange(...ends);
  };

  return (
    <Box component="section" aria-label="Rows over time" sx={{ display: 'grid', gap: 2, minWidth: 0 }}>
      <HistogramBar
        search={search}
        seen={seen}
        isOld={asked.isPlaceholderData || asked.isFetching}
        by={look.by}
        isShown={look.isShown}
        isTable={isTable}
        onBy={(by) => change({ by })}
        onShow={(isShown) => change({ isShown })}
        onTable={setTable}
        onZoom={span === null ? null : () => zoom(...span)}
        onBack={canGoBack ? onBack : null}
      />
      {look.isShown ? (
        <Box ref={measure} sx={{ minHeight: ROOM_PX[screen], minWidth: 0 }}>
          {asked.error === null ? null : (
            <Box sx={{ mb: 2 }}>
              <ErrorNotice error={asked.error} />
            </Box>
          )}
          {seen === undefined ? null : (
            <Bars
              seen={seen}
              by={look.by}
              isOld={asked.isPlaceholderData}
              isTable={isTable}
              height={BARS_PX[screen]}
              onSelect={zoom}
              onMark={(next) => setMarked(next === null ? null : { key: stepsKey(steps), span: next })}
              {...(canGoBack ? { onBack } : {})}
            />
          )}
        </Box>
      ) : null}
    </Box>
  );
}

function useScreen(): keyof typeof BARS_PX {
  const theme = useTheme();
  return useMediaQuery(theme.breakpoints.down('sm'), { noSsr: true }) ? 'phone' : 'desk';
}

function paramsOf(search: SearchState, { by }: Look, width: number | null): URLSearchParams {
  const params = askedParams(search);
  const step = stepFor(search.range, mostBars(width));
  if (step !== null) params.set('step', step);
  if (reachesNow(search.range)) params.set('until', 'now');
  if (by !== PLAIN) {
    params.set('by', by);
    params.set('top', String(topOf(by)));
  }
  return params;
}

interface BarsProps {
  seen: HistogramSeen;
  by: string;
  /** Bars of the question before: the answer to this one is on its way. */
  isOld: boolean;
  isTable: boolean;
  height: number;
  onSelect: (from: number, until: number) => void;
  onMark: (span: readonly [number, number] | null) => void;
  onBack?: () => void;
}

function Bars({ seen, by, isOld, isTable, height, onSelect, onMark, onBack }: BarsProps) {
  const mode = useTheme().palette.mode;
  const zone = useZone() ?? 'UTC';
  const { found } = seen;
  const series = barsOf(found, by, palettes[mode]);
  const part = partWords(found.searched);
  const end = lastEnd(found.starts, found.searched.until ?? null);
  const times = { steps: found.starts, series, zone, ...(end === null ? {} : { end }) };
  const label = `Rows in each ${stepWords(found.step)}`;
  if (found.starts.length === 0) return <Empty />;
  return (
    <Box sx={{ display: 'grid', gap: 2, minWidth: 0 }}>
      {part === null ? null : <Notice kind="warning" title={part} />}
      <Box aria-busy={isOld} sx={{ opacity: isOld ? 0.55 : 1, minWidth: 0 }}>
        <StackedBars
          label={label}
          height={height}
          {...times}
          onSelect={onSelect}
          onMark={onMark}
          {...(onBack === undefined ? {} : { onBack })}
        />
        {series.length > 1 ? <BarsLegend label="Colours" series={series} /> : null}
      </Box>
      {isTable ? <BarsTable label={label} {...times} /> : null}
    </Box>
  );
}

function Empty() {
  return (
    <Box sx={{ py: 4, color: 'text.secondary', fontSize: 13 }}>No row matches in this time range, so there are no bars.</Box>
  );
}

/** The last step ends behind what was asked for; where that is open, it is as long as the others. */
function lastEnd(starts: readonly number[], until: number | null): number | null {
  const last = starts.at(-1);
  return last === undefined || until === null || until <= last ? null : until;
}
