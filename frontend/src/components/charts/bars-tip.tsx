import Box from '@mui/material/Box';

import { count } from '@/lib/format';

import { Swatch } from './bars-legend';

interface Props {
  title: string;
  lines: readonly { name: string; colour: string; value: number }[];
  total: number;
  /** The middle of the step within the chart, px. */
  x: number;
  width: number;
  /** Where it stands, if there is room. */
  side: 'left' | 'right';
}

const GAP_PX = 14;
const ROOM_PX = 270;

/** What is in a step or in what is selected. It stands beside it, and takes no pointer. */
export function BarsTip({ title, lines, total, x, width, side }: Props) {
  const isLeft = side === 'left' ? x > ROOM_PX : width - x < Math.min(ROOM_PX, width / 2);
  const present = lines.filter(({ value }) => value > 0);
  return (
    <Box
      aria-hidden="true"
      sx={{
        position: 'absolute',
        top: 0,
        zIndex: 2,
        maxWidth: 'min(320px, 60%)',
        px: 3,
        py: 2,
        pointerEvents: 'none',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        bgcolor: 'background.paper',
        boxShadow: 2,
        fontSize: 13,
        lineHeight: 1.5,
        fontVariantNumeric: 'tabular-nums',
      }}
      style={isLeft ? { right: width - x + GAP_PX } : { left: x + GAP_PX }}
    >
      <Box sx={{ color: 'text.secondary' }}>{title}</Box>
      <Line name={total === 1 ? 'row' : 'rows'} value={total} strong />
      {present.length < 2 && lines.length < 2
        ? null
        : [...present].reverse().map(({ name, colour, value }) => <Line key={name} name={name} value={value} colour={colour} />)}
    </Box>
  );
}

function Line({ name, value, colour, strong = false }: { name: string; value: number; colour?: string; strong?: boolean }) {
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, fontWeight: strong ? 600 : 400 }}>
      {colour === undefined ? null : <Swatch colour={colour} />}
      <Box component="span" sx={{ flex: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
        {name}
      </Box>
      <span>{count(value)}</span>
    </Box>
  );
}
