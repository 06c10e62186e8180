import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';

import { columnsOf, namesOf, type LogColumn } from '@/lib/log-columns';
import type { LogRow } from '@/lib/log-row';
import { renderRoutes } from '@/testing/render';
import { answers } from '@/testing/server';

import { LogGrid, type LogGridProps } from './log-grid';

const WINDOW_PX = 800;

beforeEach(() => {
  // jsdom lays nothing out.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(WINDOW_PX);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1_200);
  HTMLElement.prototype.scrollTo = function scrollTo(this: HTMLElement, to?: ScrollToOptions | number) {
    if (typeof to === 'object') this.scrollTop = to.top ?? 0;
    // Browsers tell of it a little later.
    setTimeout(() => this.dispatchEvent(new Event('scroll')));
  };
  answers('get', '/system/about', { name: 'Syslogger', version: '1', time_zone: 'Asia/Dhaka', now: 0 });
});

function rowsOf(count: number): LogRow[] {
  return Array.from({ length: count }, (_, place) => ({
    id: `c.e.2026-11-20.${place + 1}`,
    receivedAt: (1_763_600_000 + place) * 1_000_000,
    values: { severity: place % 100 === 50 ? 3 : 6, user: `user${place}`, original_log: `<134> line ${place} failed` },
  }));
}

const told = { onOpen: vi.fn(), onFilter: vi.fn(), onNearEnd: vi.fn(), onFollow: vi.fn() };

function Shown(props: Partial<LogGridProps>) {
  const [selected, setSelected] = useState<string | null>(null);
  const [columns, setColumns] = useState<readonly LogColumn[]>(columnsOf(['time', 'severity', 'user', 'original_log']));
  return (
    <>
      <LogGrid
        label="Found rows"
        rows={[]}
        columns={columns}
        onColumns={setColumns}
        wrap={false}
        density="dense"
        selected={selected}
        onSelect={setSelected}
        {...told}
        {...props}
      />
      <p>columns {namesOf(columns).join(' ')}</p>
      <p>widths {columns.map(({ width }) => width).join(' ')}</p>
    </>
  );
}

async function show(props: Partial<LogGridProps>) {
  vi.clearAllMocks();
  renderRoutes([{ path: '/', element: <Shown {...props} /> }]);
  return await screen.findByRole('grid', { name: 'Found rows' });
}

const selectedRow = () => screen.queryAllByRole('row').find((row) => row.getAttribute('aria-selected') === 'true');

test('of 100,000 rows at most 200 are in the page, wherever one is', async () => {
  const grid = await show({ rows: rowsOf(100_000) });
  expect(grid).toHaveAttribute('aria-rowcount', '100001');
  const shown = within(grid).getAllByRole('row');
  expect(shown.length).toBeGreaterThan(20);
  expect(shown.length).toBeLessThanOrEqual(200);
  expect(shown[1]).toHaveAttribute('aria-rowindex', '2');

  await userEvent.keyboard('G');
  await waitFor(() => expect(screen.getByText('user99999')).toBeInTheDocument());
  expect(within(grid).getAllByRole('row').length).toBeLessThanOrEqual(200);
  expect(selectedRow()).toHaveAttribute('aria-rowindex', '100001');
  expect(told.onNearEnd).toHaveBeenCalled();
});

test('the row with the cursor stays in the page when it is out of sight', async () => {
  const grid = await show({ rows: rowsOf(10_000) });
  await userEvent.keyboard('jj');
  grid.scrollTop = 100_000;
  grid.dispatchEvent(new Event('scroll'));

  await waitFor(() => expect(screen.getByText(/^user36\d\d$/, { selector: '[aria-rowindex="3602"] *' })).toBeInTheDocument());
  expect(document.getElementById(grid.getAttribute('aria-activedescendant') ?? '')).toHaveAttribute('aria-rowindex', '3');
});

test('j, k, g, e move, Enter opens', async () => {
  const grid = await show({ rows: rowsOf(1_000) });
  await userEvent.keyboard('jjjk');
  expect(selectedRow()).toHaveAttribute('aria-rowindex', '3');
  expect(grid).toHaveFocus();
  await userEvent.keyboard('e');
  await waitFor(() => expect(selectedRow()).toHaveAttribute('aria-rowindex', '52'));
  await userEvent.keyboard('{Enter}');
  expect(told.onOpen).toHaveBeenCalledWith('c.e.2026-11-20.51');
  await userEvent.keyboard('E');
  expect(await screen.findByText('No earlier error among the rows that are loaded.')).toBeInTheDocument();
  await userEvent.keyboard('g');
  expect(selectedRow()).toHaveAttribute('aria-rowindex', '2');
});

test('arrows go through cells; a blank opens what can be done with a value', async () => {
  await show({ rows: rowsOf(10) });
  await userEvent.keyboard('j{ArrowDown}{ArrowRight}{ArrowRight}{ArrowRight} ');
  const menu = await screen.findByRole('menu', { name: 'user: user1' });
  await userEvent.click(within(menu).getByRole('menuitem', { name: 'Filter it out' }));

  expect(told.onFilter).toHaveBeenCalledWith('user', 'user1', 'out');
});

test('a click on a value has the same; a click on the line opens the row', async () => {
  await show({ rows: rowsOf(10) });
  await userEvent.click(screen.getByText('user3'));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Filter for it' }));
  expect(told.onFilter).toHaveBeenCalledWith('user', 'user3', 'for');
  expect(told.onOpen).not.toHaveBeenCalled();

  await userEvent.click(screen.getByText('<134> line 5 failed'));
  expect(told.onOpen).toHaveBeenCalledWith('c.e.2026-11-20.6');
});

test('columns are moved, sized and hidden without a pointer', async () => {
  await show({ rows: rowsOf(10) });
  await userEvent.keyboard('j{ArrowUp}{ArrowRight}{ArrowRight}{Enter}');
  const menu = await screen.findByRole('menu', { name: 'Column user' });
  await userEvent.click(within(menu).getByRole('menuitem', { name: 'Move left' }));
  expect(screen.getByText('columns time user severity original_log')).toBeInTheDocument();
  await userEvent.click(within(menu).getByRole('menuitem', { name: 'Wider' }));
  expect(screen.getByText('widths 200 192 96 720')).toBeInTheDocument();
  await userEvent.click(within(menu).getByRole('menuitem', { name: 'Hide' }));
  expect(screen.getByText('columns time severity original_log')).toBeInTheDocument();
});

test('what was looked for is marked, what is unseen is written out, HTML is text', async () => {
  const row = { id: 'a', receivedAt: 0, values: { severity: 3, original_log: '<b>login</b> failed \u001b[31m\u202e' } };
  const grid = await show({ rows: [row], marks: { '*': ['LOGIN'] } });

  expect(within(grid).getByText('login').tagName).toBe('MARK');
  expect(grid).toHaveTextContent('<b>login</b> failed \\u{1b}[31m\\u{202e}');
  expect(within(grid).getByText('err')).toBeInTheDocument();
  await waitFor(() => expect(grid).toHaveTextContent('time (Asia/Dhaka)'));
  expect(grid).toHaveTextContent('1970-01-01 06:00:00.000');
});

test('of a line that is too long the rest is counted', async () => {
  const grid = await show({ rows: [{ id: 'a', receivedAt: 0, values: { original_log: 'x'.repeat(10_000) } }] });

  expect(grid).toHaveTextContent('8,000 more characters');
});

test('who follows has the last rows at once; the wheel or a press on a row ends it, the end begins it again', async () => {
  vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockReturnValue(140_000);
  const grid = await show({ rows: rowsOf(5_000), follow: true });
  expect(screen.getByText('user4999')).toBeInTheDocument();
  expect(screen.getAllByRole('row').length).toBeLessThanOrEqual(200);
  fireEvent.wheel(grid, { deltaY: 100 });
  expect(told.onFollow).not.toHaveBeenCalled();
  fireEvent.wheel(grid, { deltaY: -100 });
  expect(told.onFollow).toHaveBeenLastCalledWith(false);
  fireEvent.pointerDown(screen.getByText('user4999'));
  expect(told.onFollow).toHaveBeenCalledTimes(2);
  cleanup();

  const read = await show({ rows: rowsOf(5_000), follow: false });
  read.scrollTop = 140_000 - WINDOW_PX;
  fireEvent.scroll(read);
  expect(told.onFollow).not.toHaveBeenCalled();
  fireEvent.wheel(read, { deltaY: -100 });
  fireEvent.scroll(read);
  expect(told.onFollow).not.toHaveBeenCalled();
  fireEvent.wheel(read, { deltaY: 100 });
  fireEvent.scroll(read);
  expect(told.onFollow).toHaveBeenLastCalledWith(true);
});
