/** Colours of charts: the ledger's words have the same one everywhere, whatever the theme. */
import { palettes, type Mode, type Palette } from '@/config/tokens';
import { useMode } from '@/hooks/use-mode';

/** What the ledger counts, by its word; or any other colour. */
export type SeriesColour = keyof Palette['series'] | (string & {});

export function useColour(colour: SeriesColour): string {
  return colourOf(colour, useMode().mode);
}

export function colourOf(colour: SeriesColour, mode: Mode): string {
  const series: Record<string, string> = palettes[mode].series;
  return series[colour] ?? colour;
}

/** `#rrggbb` made as thin as an area needs it; a colour in another form gets no area. */
export function areaOf(colour: string, opacity: number): string {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return 'transparent';
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
