import Box from '@mui/material/Box';

import { palettes, type Palette } from '@/config/tokens';
import { useMode } from '@/hooks/use-mode';

import { stateOf, stepsWords, type LedgerStep, type StepState } from '../ledger-steps';

const HEIGHT_PX = 24;
/** The worse, the higher: so colour says nothing alone. */
const HEIGHTS: Record<StepState, number> = { nothing: 3, balanced: 10, lost: 18, unexplained: 24 };

/** One bar a step: nothing there, all accounted for, losses, or a ledger that does not balance. */
export function LedgerStrip({ steps, stepWords }: { steps: readonly LedgerStep[] | null; stepWords: string }) {
  const { mode } = useMode();
  const places = steps?.length ?? 0;
  return (
    <Box sx={{ minHeight: HEIGHT_PX + 22 }}>
      <Box
        component="svg"
        aria-hidden="true"
        viewBox={`0 0 ${Math.max(1, places)} ${HEIGHT_PX}`}
        preserveAspectRatio="none"
        sx={{ width: '100%', height: HEIGHT_PX, display: 'block' }}
      >
        {(steps ?? []).map((step, place) => {
          const state = stateOf(step.balance);
          return (
            <rect
              key={step.at}
              x={place + 0.1}
              y={HEIGHT_PX - HEIGHTS[state]}
              width={0.8}
              height={HEIGHTS[state]}
              fill={colourOf(state, palettes[mode])}
            />
          );
        })}
      </Box>
      <Box component="p" sx={{ m: 0, fontSize: 13, lineHeight: '22px', color: 'text.secondary' }}>
        {steps === null ? '' : stepsWords(steps, stepWords)}
      </Box>
    </Box>
  );
}

function colourOf(state: StepState, palette: Palette): string {
  if (state === 'nothing') return palette.border;
  if (state === 'balanced') return palette.series.stored;
  return state === 'lost' ? palette.warning : palette.bad;
}
