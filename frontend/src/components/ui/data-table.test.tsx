import { render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import { DataTable, type DataColumn } from './data-table';

interface Row {
  name: string;
  size: number | null;
}

const COLUMNS: DataColumn<Row>[] = [
  { key: 'name', title: 'Name', isHeading: true, sort: ({ name }) => name, cell: ({ name }) => name },
  { key: 'size', title: 'Size', isDescending: true, sort: ({ size }) => size, cell: ({ size }) => size ?? '–' },
  { key: 'more', title: 'Actions', isTitleHidden: true, cell: () => null },
];
const ROWS = [
  { name: 'b', size: 1 },
  { name: 'a', size: null },
  { name: 'c', size: 3 },
];

function names(): (string | null)[] {
  return screen.getAllByRole('rowheader').map((cell) => cell.textContent);
}

test('rows stay in their order until a head is pressed, and turn when it is pressed again', async () => {
  render(<DataTable caption="Things" columns={COLUMNS} rows={ROWS} rowKey={({ name }) => name} />);
  expect(names()).toEqual(['b', 'a', 'c']);

  const size = screen.getByRole('columnheader', { name: 'Size' });
  await userEvent.click(within(size).getByRole('button'));
  expect(names()).toEqual(['c', 'b', 'a']);
  expect(size).toHaveAttribute('aria-sort', 'descending');

  await userEvent.click(within(size).getByRole('button'));
  expect(names()).toEqual(['b', 'c', 'a']);
  expect(size).toHaveAttribute('aria-sort', 'ascending');
});

test('a table has a name, and a column of buttons a title for who does not see it', () => {
  render(<DataTable caption="Things" columns={COLUMNS} rows={ROWS} rowKey={({ name }) => name} />);
  expect(screen.getByRole('table', { name: 'Things' })).toBeVisible();
  expect(screen.getByRole('columnheader', { name: 'Actions' })).toBeInTheDocument();
});

test('without rows there are words', () => {
  render(<DataTable caption="Things" columns={COLUMNS} rows={[]} rowKey={({ name }) => name} empty="Nothing here." />);
  expect(screen.getByText('Nothing here.')).toBeVisible();
  expect(screen.queryByRole('table')).toBeNull();
});
