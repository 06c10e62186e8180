import { afterEach, expect, test } from 'vitest';

import { columnsOf } from './log-columns';
import { storeColumns, storedColumns } from './stored-columns';

afterEach(() => localStorage.clear());

test('columns come back as they were kept', () => {
  const columns = columnsOf(['time', 'user']).map((each) => ({ ...each, width: 222 }));
  storeColumns('search', columns);

  expect(storedColumns('search')).toEqual(columns);
  expect(storedColumns('tail')).toBeNull();
});

test.each(['', 'null', '{}', '[]', '[1,"a",{"name":1,"width":2},{"name":"a"}]', '[{"name":"","width":5}]', '{'])(
  'what makes no sense is passed over: %s',
  (text) => {
    localStorage.setItem('syslogger.columns.search', text);
    expect(storedColumns('search')).toBeNull();
  },
);

test('a width beyond reason is brought back', () => {
  localStorage.setItem('syslogger.columns.search', '[{"name":"a","width":-3}]');
  expect(storedColumns('search')).toEqual([{ name: 'a', width: 48 }]);
});
