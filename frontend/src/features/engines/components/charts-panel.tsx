import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { TimeChart } from '@/components/charts/time-chart';
import { useRates } from '@/hooks/use-live';
import { rate } from '@/lib/format';

import { chartsOf } from '../engine-charts';

const CHART_PX = 132;

/** Received, stored, refused and lost, of the last ten minutes. */
export function ChartsPanel({ name }: { name: string }) {
  const { times, values, span } = useRates(name);
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 4,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', lg: 'repeat(4, minmax(0, 1fr))' },
      }}
    >
      {chartsOf(values).map((chart) => (
        <Box
          key={chart.title}
          component="section"
          aria-label={chart.title}
          sx={{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper', p: 3, minWidth: 0 }}
        >
          <Typography variant="h2" sx={{ fontSize: 14, mb: 1 }}>
            {chart.title}
          </Typography>
          <TimeChart
            label={`${chart.title}, messages a second in the last ten minutes`}
            series={chart.series}
            times={times}
            span={span}
            height={CHART_PX}
            stacked={chart.series.length > 1}
            format={rate}
            together="engine"
          />
        </Box>
      ))}
    </Box>
  );
}
