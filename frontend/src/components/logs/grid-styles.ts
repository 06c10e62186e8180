/** How rows look. One style for the whole grid: hundreds of cells with styles of their own would cost every frame. */
import type { SystemStyleObject } from '@mui/system';
import { alpha, type Theme } from '@mui/material/styles';

import { fonts, palettes, ROW_PX } from '@/config/tokens';
import { LINE, SEVERITY, type Density, type LogColumn } from '@/lib/log-columns';

export const HEADER_PX = 32;
/** A row where there is no room for columns: its time and severity, and two lines of its text. */
export const CARD_PX = 72;
/** Below this a row is a card, px. */
export const NARROW_PX = 560;
/** What a wrapped line has at least, px. */
const LEAST_WRAPPED_PX = 320;

export function rowPx(density: Density, isCard: boolean): number {
  return isCard ? CARD_PX : ROW_PX[density];
}

/** Widths of columns for CSS: the last one has what is left. */
export function templateOf(columns: readonly LogColumn[], isWrapped: boolean): string {
  const widths = leastWidths(columns, isWrapped);
  return widths.map((width, place) => (place < widths.length - 1 ? `${width}px` : `minmax(${width}px, 1fr)`)).join(' ');
}

/** What all columns take together, px. */
export function leastOf(columns: readonly LogColumn[], isWrapped: boolean): number {
  return leastWidths(columns, isWrapped).reduce((sum, each) => sum + each, 0);
}

/** A wrapped line that is the last column goes down before it goes to the right. */
function leastWidths(columns: readonly LogColumn[], isWrapped: boolean): number[] {
  return columns.map(({ name, width }, place) =>
    isWrapped && name === LINE && place === columns.length - 1 ? Math.min(width, LEAST_WRAPPED_PX) : width,
  );
}

/** In what face a column is set. */
export function faceOf(name: string): 'plain' | 'mono' {
  return name === SEVERITY ? 'plain' : 'mono';
}

export function gridStyle(theme: Theme): SystemStyleObject<Theme> {
  const colours = palettes[theme.palette.mode];
  return {
    flex: '1 1 0',
    minHeight: 0,
    minWidth: 0,
    position: 'relative',
    overflow: 'auto',
    // What arrives must not move what is read.
    overflowAnchor: 'none',
    bgcolor: 'background.paper',
    fontSize: 13,
    '&:focus-visible': { outlineOffset: -2 },
    '& .head': {
      position: 'sticky',
      top: 0,
      zIndex: 2,
      minWidth: 'var(--least)',
      bgcolor: 'background.paper',
      borderBottom: `1px solid ${colours.border}`,
      // Headings are drawn with the pointer.
      userSelect: 'none',
    },
    '& .head > [role=row]': { display: 'grid', gridTemplateColumns: 'var(--columns)', height: HEADER_PX - 1 },
    '& .body': { position: 'relative', minWidth: 'var(--least)' },
    '& .body > [role=row]': {
      position: 'absolute',
      top: 0,
      left: 0,
      width: '100%',
      display: 'grid',
      gridTemplateColumns: 'var(--columns)',
      alignItems: 'center',
      borderBottom: `1px solid ${theme.palette.action.hover}`,
      cursor: 'default',
    },
    '& .body > [role=row]:hover': { backgroundColor: theme.palette.action.hover },
    '& .body > [role=row][aria-selected=true]': {
      // Not the theme's grey: words in the severities' colours have to be read on it.
      backgroundColor: alpha(colours.accent, 0.12),
      boxShadow: `inset 3px 0 0 ${colours.accent}`,
    },
    '& .body [role=gridcell]': {
      px: 2,
      minWidth: 0,
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      whiteSpace: 'pre',
      lineHeight: '20px',
    },
    '& [data-face=mono]': { fontFamily: fonts.lines, fontSize: 12.5, fontVariantLigatures: 'none' },
    '& .active': { outline: `2px solid ${colours.accent}`, outlineOffset: -2, borderRadius: '3px' },
    '& .value': { cursor: 'pointer' },
    '& .value:hover': { textDecoration: 'underline', textUnderlineOffset: '3px' },
    '& .quiet': { color: 'text.secondary' },
    '& mark': { backgroundColor: colours.mark, color: colours.onMark, borderRadius: '2px' },
    '&[data-wrap=true] .body > [role=row]': { alignItems: 'start', py: 1 },
    '&[data-wrap=true] .body [role=gridcell]': { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', overflow: 'visible' },
    '&[data-card=true] .body > [role=row]': {
      gridTemplateColumns: 'auto minmax(0, 1fr)',
      gridTemplateRows: '20px auto',
      alignContent: 'center',
      columnGap: 2,
      py: 1,
    },
    '&[data-card=true] .body .line': { gridColumn: '1 / 3', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
    '&[data-card=true]:not([data-wrap=true]) .body .line': { maxHeight: 40 },
  };
}
