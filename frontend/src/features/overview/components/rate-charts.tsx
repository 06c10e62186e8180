import Box from '@mui/material/Box';

import { TimeChart, type ChartSeries } from '@/components/charts/time-chart';
import { Panel } from '@/components/ui/panel';
import { useRates } from '@/hooks/use-live';
import type { Measure } from '@/lib/chart-history';
import { rate } from '@/lib/format';

import { mostOf } from '../most-of';

interface Tile {
  title: string;
  lines: readonly (readonly [measure: Measure, name: string])[];
}

const TILES: readonly Tile[] = [
  { title: 'Received', lines: [['received', 'Received']] },
  { title: 'Stored', lines: [['stored', 'Stored']] },
  { title: 'Refused', lines: [['refused', 'Refused']] },
  {
    title: 'Lost',
    lines: [
      ['kernel', 'Kernel'],
      ['dropped', 'Dropped'],
    ],
  },
];

const HEIGHT_PX = 112;

/** Ten minutes of all engines; the four charts point at the same moment. */
export function RateCharts() {
  const { times, values, span } = useRates();
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 4,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', lg: 'repeat(4, minmax(0, 1fr))' },
      }}
    >
      {TILES.map(({ title, lines }) => {
        const series: ChartSeries[] = lines.map(([measure, name]) => ({ name, colour: measure, values: values[measure] }));
        return (
          <Panel key={title} title={title} aside={`most ${rate(mostOf(series))}`}>
            <Box sx={{ px: 3, py: 2 }}>
              <TimeChart
                label={`${title}: messages a second of all engines, last 10 minutes`}
                series={series}
                times={times}
                span={span}
                height={HEIGHT_PX}
                format={rate}
                together="rates"
              />
            </Box>
          </Panel>
        );
      })}
    </Box>
  );
}
