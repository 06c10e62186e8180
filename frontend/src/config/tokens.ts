/** Every colour, size and face there is. MUI's theme is built from these, and charts read the same values. */

export type Mode = 'light' | 'dark';

export interface Palette {
  page: string;
  surface: string;
  raised: string;
  border: string;
  text: string;
  secondary: string;
  accent: string;
  onAccent: string;
  good: string;
  warning: string;
  bad: string;
  /** What the ledger counts has the same colour in every chart. */
  series: { received: string; stored: string; refused: string; dropped: string; kernel: string };
  /** By number, emerg to debug: hue and lightness both change, and a word stands beside it. */
  severity: readonly [string, string, string, string, string, string, string, string];
  /** Behind what was looked for, and the text on it. */
  mark: string;
  onMark: string;
  /** Values of any field side by side in a chart, the most frequent first; `rest` is all others, or none. */
  values: readonly string[];
  rest: string;
}

export const palettes: Record<Mode, Palette> = {
  light: {
    page: '#f5f6f7',
    surface: '#ffffff',
    raised: '#ffffff',
    border: '#d3d8dd',
    text: '#16191d',
    secondary: '#535c66',
    accent: '#0b6e69',
    onAccent: '#ffffff',
    good: '#1a6b34',
    warning: '#875000',
    bad: '#b3261e',
    series: { received: '#3d6fb4', stored: '#0b7f79', refused: '#a36b00', dropped: '#b3261e', kernel: '#8a3fa0' },
    severity: ['#6d1a78', '#8e1656', '#a3131c', '#b8400f', '#875000', '#2a5fa5', '#3f6a7d', '#5c6670'],
    mark: '#ffe08a',
    onMark: '#16191d',
    values: ['#0b7f79', '#3d6fb4', '#a36b00', '#8a3fa0', '#4d7c0f', '#b3261e', '#2f4b7c', '#9c4668'],
    rest: '#8b949e',
  },
  dark: {
    page: '#101214',
    surface: '#16191c',
    raised: '#1e2226',
    border: '#30363c',
    text: '#e6e9ec',
    secondary: '#a4adb6',
    accent: '#4cc2bb',
    onAccent: '#06211f',
    good: '#6fcf8b',
    warning: '#e5b45a',
    bad: '#ff8a80',
    series: { received: '#7ea8e0', stored: '#4cc2bb', refused: '#e5b45a', dropped: '#ff8a80', kernel: '#cf9be0' },
    severity: ['#e9b3ff', '#ff9fcf', '#ff8a80', '#ffa06a', '#e5b45a', '#8fb8f2', '#86b0bd', '#98a1aa'],
    mark: '#f2c94c',
    onMark: '#101214',
    values: ['#4cc2bb', '#7ea8e0', '#e5b45a', '#cf9be0', '#a3cf6b', '#ff8a80', '#5b7fc4', '#e59bb8'],
    rest: '#6f7983',
  },
};

export const fonts = {
  frame: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  lines: '"JetBrains Mono", ui-monospace, "DejaVu Sans Mono", Consolas, monospace',
};

export const RADIUS_PX = 6;
export const SPACE_PX = 4;
export const MOTION_MS = 120;
export const ROW_PX = { dense: 28, comfortable: 36 };
export const WIDTHS_PX = { phone: 600, collapsed: 1100 };
