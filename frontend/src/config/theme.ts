/** MUI's theme, from the tokens. */
import { createTheme, type Theme } from '@mui/material/styles';

import { fonts, MOTION_MS, palettes, RADIUS_PX, SPACE_PX, WIDTHS_PX, type Mode } from './tokens';

export function themeOf(mode: Mode): Theme {
  const colours = palettes[mode];
  return createTheme({
    spacing: SPACE_PX,
    shape: { borderRadius: RADIUS_PX },
    breakpoints: { values: { xs: 0, sm: WIDTHS_PX.phone, md: 900, lg: WIDTHS_PX.collapsed, xl: 1600 } },
    palette: {
      mode,
      // How much darker a filled button is below the pointer: its words stay readable.
      tonalOffset: 0.15,
      background: { default: colours.page, paper: colours.surface },
      divider: colours.border,
      text: { primary: colours.text, secondary: colours.secondary },
      primary: { main: colours.accent, contrastText: colours.onAccent },
      success: { main: colours.good },
      warning: { main: colours.warning },
      error: { main: colours.bad },
    },
    typography: {
      fontFamily: fonts.frame,
      fontSize: 14,
      h1: { fontSize: 20, fontWeight: 600, lineHeight: 1.4 },
      h2: { fontSize: 16, fontWeight: 600, lineHeight: 1.4 },
      body1: { fontSize: 14, lineHeight: 1.5 },
      body2: { fontSize: 13, lineHeight: 1.5 },
      button: { fontSize: 14, fontWeight: 600, textTransform: 'none' },
    },
    transitions: { duration: { shortest: 0, shorter: 80, short: MOTION_MS, standard: MOTION_MS, complex: MOTION_MS } },
    components: {
      MuiCssBaseline: { styleOverrides: baseline(mode) },
      MuiButtonBase: { defaultProps: { disableRipple: true } },
      MuiButton: { defaultProps: { disableElevation: true } },
      MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' } } },
      MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
      MuiTableCell: { styleOverrides: { root: { borderColor: colours.border, fontSize: 13, padding: '4px 12px' } } },
      MuiDialog: { styleOverrides: { paper: { backgroundColor: colours.raised, border: `1px solid ${colours.border}` } } },
      MuiMenu: { styleOverrides: { paper: { backgroundColor: colours.raised, border: `1px solid ${colours.border}` } } },
      MuiTooltip: { defaultProps: { arrow: true, enterDelay: 400 } },
    },
  });
}

function baseline(mode: Mode) {
  const colours = palettes[mode];
  return {
    html: { colorScheme: mode },
    // MUI has every element inherit this, and a style that inherits so cannot be shared with the row above: a browser took
    // ten times as long over the styles of rows that are scrolled, most of a frame.
    '*, *::before, *::after': { boxSizing: 'border-box' },
    // Log lines and queries are shown sign by sign: `>=` is no ligature.
    body: { fontVariantNumeric: 'tabular-nums', fontVariantLigatures: 'none', overflowWrap: 'break-word' as const },
    // Browsers give controls a font of their own.
    'button, input, textarea, select': { fontVariantLigatures: 'inherit' },
    ':focus-visible': { outline: `2px solid ${colours.accent}`, outlineOffset: 2 },
    '@media (prefers-reduced-motion: reduce)': {
      '*, *::before, *::after': {
        animationDuration: '0.01ms !important',
        animationIterationCount: '1 !important',
        transitionDuration: '0.01ms !important',
        scrollBehavior: 'auto !important',
      },
    },
  };
}
