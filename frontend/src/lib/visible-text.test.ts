import { expect, test } from 'vitest';

import { visibleText } from './visible-text';

test.each([
  ['plain text, with ümlauts and 漢字 and 🙂', 'plain text, with ümlauts and 漢字 and 🙂'],
  ['a\tb\nc\rd', 'a\\tb\\nc\\rd'],
  ['\u001b[31mred\u001b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
  ['nul\u0000del\u007fc1\u0085', 'nul\\u{0}del\\u{7f}c1\\u{85}'],
  ['user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
  ['a\u2066b\u2069c\u200bd\ufeff', 'a\\u{2066}b\\u{2069}c\\u{200b}d\\u{feff}'],
  ['soft\u00adhyphen line\u2028end', 'soft\\u{ad}hyphen line\\u{2028}end'],
  ['half \ud800 pair', 'half \\u{d800} pair'],
  ['tag \u{e0041} filler \u3164', 'tag \\u{e0041} filler \\u{3164}'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test('nothing that is shown has anything left to be made visible', () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join('x');
  const shown = visibleText(all);
  expect(visibleText(shown)).toBe(shown);
});
