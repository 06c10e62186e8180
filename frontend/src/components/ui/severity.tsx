import { useTheme } from '@mui/material/styles';

import { palettes } from '@/config/tokens';
import { severityName } from '@/lib/severity';

const BAR = { width: 4, height: 14, borderRadius: 2, flex: 'none' } as const;
// Of one height whatever the bar's is, so that the words of all rows stand in line.
const WHOLE = { display: 'inline-flex', alignItems: 'center', gap: 6, height: 20, verticalAlign: 'top', whiteSpace: 'nowrap' } as const;

/** A severity as a bar and a word: the bar is longer the worse it is, so that colour says nothing alone. */
export function Severity({ code }: { code: number | null }) {
  // Plain elements: rows have hundreds of these.
  const { palette } = useTheme();
  const scale: readonly string[] = palettes[palette.mode].severity;
  const colour = code === null ? undefined : scale[code];
  const isBad = code !== null && code <= 3;
  return (
    <span style={WHOLE}>
      <span
        aria-hidden="true"
        style={{ ...BAR, background: colour ?? 'transparent', height: colour === undefined ? BAR.height : heightOf(code) }}
      />
      <span style={{ color: code === null ? palette.text.secondary : colour, fontWeight: isBad ? 600 : 400 }}>
        {severityName(code)}
      </span>
    </span>
  );
}

/** From 18 px of an emergency down to 4 px of debugging. */
function heightOf(code: number | null): number {
  return 18 - 2 * Math.min(7, code ?? 7);
}
