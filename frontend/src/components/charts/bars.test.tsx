import { fireEvent, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';

import { StackedBars } from './bars';

const MINUTE = 60_000_000;
const START = Date.parse('2026-11-21T14:00:00Z') * 1_000;
const STEPS = [0, 1, 2, 3].map((each) => START + each * MINUTE);
const SERIES = [
  { name: 'err', colour: '#a00', values: [0, 1, 0, 0] },
  { name: 'info', colour: '#00a', values: [5, 10, 0, 2] },
];
/** What is left of 600 px beside the scale. */
const WIDTH = 556;

// jsdom has no pointer capture.
beforeEach(() => {
  Element.prototype.setPointerCapture = vi.fn();
});

/** jsdom's pointer events have no place. */
function point(kind: 'down' | 'move' | 'up', chart: Element, clientX: number): void {
  fireEvent(chart, new MouseEvent(`pointer${kind}`, { bubbles: true, button: 0, clientX }));
}

function shown(props: Partial<Parameters<typeof StackedBars>[0]> = {}) {
  const onSelect = vi.fn();
  const onBack = vi.fn();
  render(<StackedBars label="Rows in each minute" steps={STEPS} series={SERIES} onSelect={onSelect} onBack={onBack} {...props} />);
  return { onSelect, onBack, chart: screen.getByRole('slider', { name: 'Rows in each minute' }) };
}

test('arrow keys move a cursor, which says what is there', async () => {
  const { chart } = shown();
  chart.focus();

  await userEvent.keyboard('{ArrowRight}{ArrowRight}');

  expect(chart).toHaveAttribute('aria-valuenow', '1');
  expect(chart).toHaveAttribute('aria-valuetext', '2026-11-21 14:01 to 14:02: 11 rows, err 1, info 10');
});

test('Shift selects, Enter zooms to it, Escape lets go first and then leads back', async () => {
  const { chart, onSelect, onBack } = shown();
  chart.focus();

  await userEvent.keyboard('{ArrowRight}{Shift>}{ArrowRight}{ArrowRight}{/Shift}');
  expect(chart).toHaveAttribute('aria-valuetext', 'selected: 2026-11-21 14:00 to 14:03, 16 rows');
  await userEvent.keyboard('{Enter}');
  expect(onSelect).toHaveBeenCalledExactlyOnceWith(START, START + 3 * MINUTE);

  await userEvent.keyboard('{ArrowRight}{Escape}');
  expect(onBack).not.toHaveBeenCalled();
  await userEvent.keyboard('{Escape}');
  expect(onBack).toHaveBeenCalledOnce();
});

test('dragging zooms, a click alone only puts the cursor', () => {
  const { chart, onSelect } = shown({ end: START + 3.5 * MINUTE });

  point('down', chart, 10);
  point('up', chart, 11);
  expect(onSelect).not.toHaveBeenCalled();
  expect(chart).toHaveAttribute('aria-valuetext', expect.stringContaining('14:00 to 14:01'));

  point('down', chart, WIDTH - 10);
  point('move', chart, WIDTH / 2 + 10);
  point('up', chart, WIDTH / 2 + 10);
  expect(onSelect).toHaveBeenCalledExactlyOnceWith(START + 2 * MINUTE, START + 3.5 * MINUTE);
});

test('what is under the pointer is shown, and nothing of what is not there', () => {
  const { chart } = shown();

  point('move', chart, 10);

  expect(screen.getByText('2026-11-21 14:00 to 14:01')).toBeVisible();
  expect(screen.getByText('info')).toBeVisible();
  expect(screen.queryByText('err')).toBeNull();
});

test('other steps begin without a cursor', async () => {
  const onMark = vi.fn();
  const { rerender } = render(<StackedBars label="Rows" steps={STEPS} series={SERIES} onMark={onMark} />);
  const chart = screen.getByRole('slider', { name: 'Rows' });
  chart.focus();
  await userEvent.keyboard('{End}');
  expect(onMark).toHaveBeenLastCalledWith([START + 3 * MINUTE, START + 4 * MINUTE]);

  rerender(<StackedBars label="Rows" steps={[START]} series={SERIES} onMark={onMark} />);

  expect(chart).toHaveFocus();
  expect(chart).toHaveAttribute('aria-valuetext', '1 step; arrow keys move, Shift selects, Enter zooms');
});
