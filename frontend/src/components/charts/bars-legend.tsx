import Box from '@mui/material/Box';

import { count } from '@/lib/format';

import type { BarSeries } from './bars-plan';

/** What the colours are, in words, with how much there is of each. */
export function BarsLegend({ label, series }: { label: string; series: readonly BarSeries[] }) {
  return (
    <Box
      component="ul"
      aria-label={label}
      sx={{ m: 0, p: 0, display: 'flex', flexWrap: 'wrap', columnGap: 4, rowGap: 1, listStyle: 'none', fontSize: 13 }}
    >
      {series.map(({ name, colour, values }) => (
        <Box component="li" key={name} sx={{ display: 'flex', alignItems: 'center', gap: 1.5, minWidth: 0 }}>
          <Swatch colour={colour} />
          <Box component="span" sx={{ maxWidth: 240, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
            {name}
          </Box>
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {count(values.reduce((sum, each) => sum + each, 0))}
          </Box>
        </Box>
      ))}
    </Box>
  );
}

export function Swatch({ colour }: { colour: string }) {
  return <Box component="span" sx={{ width: 10, height: 10, flex: 'none', borderRadius: '2px' }} style={{ backgroundColor: colour }} />;
}
