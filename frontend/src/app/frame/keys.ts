/** What the keyboard does, for the help. A key stands here only once it does something. */

export interface KeyGroup {
  name: string;
  keys: readonly (readonly [pressed: string, words: string])[];
}

const EVERYWHERE: KeyGroup = {
  name: 'Everywhere',
  keys: [
    ['?', 'This help'],
    ['Esc', 'Close what is open'],
    ['Tab', 'To the next thing; the first one skips to the page'],
  ],
};

const WITH_SEARCH: readonly KeyGroup[] = [
  {
    name: 'Everywhere',
    keys: [
      ['/', 'To the query: of this page, else of Search'],
      ['Ctrl+K ⌘K', 'The same, also while you type'],
      ['t', 'Live tail of the present query'],
      ...EVERYWHERE.keys,
    ],
  },
  {
    name: 'Rows',
    keys: [
      ['j k', 'To the next row, to the one before'],
      ['g G', 'To the first row, to the last that is loaded'],
      ['e E', 'To the next error, to the one before'],
      ['Enter', 'Open the row'],
      ['Esc', 'Close it'],
      ['← → ↑ ↓', 'From value to value; above the rows, the headings'],
      ['Space', 'What can be done with the value'],
    ],
  },
  {
    name: 'Query',
    keys: [
      ['Enter', 'Run it'],
      ['Shift+Enter', 'Begin a line'],
      ['↑ ↓', 'Choose what could stand there'],
      ['Tab', 'Take it'],
      ['Ctrl+Space', 'Show what could stand there'],
      ['Esc', 'Close the choice; then leave the query'],
    ],
  },
  {
    name: 'Chart of rows over time',
    keys: [
      ['← →', 'From bar to bar'],
      ['Shift+← Shift+→', 'Select'],
      ['Enter', 'Zoom to it'],
      ['Esc', 'Back'],
    ],
  },
];

export function keysFor(maySearch: boolean): readonly KeyGroup[] {
  return maySearch ? WITH_SEARCH : [EVERYWHERE];
}
