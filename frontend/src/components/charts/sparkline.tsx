import Box from '@mui/material/Box';

import { useColour, type SeriesColour } from './colour';
import { sparkPath } from './spark-path';

interface Props {
  /** Oldest first, of equal steps; null: not known then. */
  values: readonly (number | null)[];
  colour: SeriesColour;
  /** Read aloud instead of the picture. */
  label: string;
  width?: number;
  height?: number;
}

/** A line as small as a word. It begins at 0, so that two of them can be compared by their form. */
export function Sparkline({ values, colour, label, width = 96, height = 24 }: Props) {
  const stroke = useColour(colour);
  return (
    <Box
      component="svg"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      sx={{ width, height, flex: 'none', display: 'block' }}
    >
      <path d={sparkPath(values, width, height)} fill="none" stroke={stroke} strokeWidth="1.5" strokeLinejoin="round" />
    </Box>
  );
}
