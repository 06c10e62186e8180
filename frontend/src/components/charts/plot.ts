/** uPlot, as the charts here use it: made once, given data, told to point. Loaded only where a chart is shown. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

import { fonts, palettes, type Mode } from '@/config/tokens';
import { clockWords, dayWords, minuteWords } from '@/lib/zone';

import { axisEnd, axisWords } from './chart-series';
import { areaOf } from './colour';

export interface PlotLook {
  /** Of each series. */
  colours: readonly string[];
  isStacked: boolean;
  height: number;
  mode: Mode;
  zone: string;
  /** Charts with the same word point at the same moment. */
  together: string | null;
  canSelect: boolean;
}

export interface PlotEvents {
  /** The value that is pointed at; null: none. */
  onPlace: (place: number | null) => void;
  onRange: (from: number, to: number) => void;
}

export interface PlotData {
  times: readonly number[];
  values: readonly (readonly (number | null)[])[];
  span: readonly [from: number, to: number] | null;
}

const FONT = `12px ${fonts.frame}`;
const AXIS_PX = { left: 44, bottom: 24 };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 7, 14, 30, 90, 365].map((days) => days * DAY_MS),
];

export class Plot {
  private readonly plot: uPlot;
  private readonly sizes: ResizeObserver;
  private data: PlotData = { times: [], values: [], span: null };

  constructor(
    box: HTMLElement,
    private readonly look: PlotLook,
    private readonly events: PlotEvents,
  ) {
    this.plot = new uPlot(this.options(Math.max(1, box.clientWidth)), [[], ...look.colours.map(() => [])], box);
    this.sizes = new ResizeObserver(() => this.fit(box));
    this.sizes.observe(box);
  }

  show(data: PlotData): void {
    this.data = data;
    this.plot.setData([[...data.times], ...data.values.map((values) => [...values])]);
  }

  /** Points at a value as the pointer does; null: at none. */
  point(place: number | null): void {
    const at = place === null ? undefined : this.data.times[place];
    const left = at === undefined ? -10 : this.plot.valToPos(at, 'x');
    this.plot.setCursor({ left, top: at === undefined ? -10 : 0 });
  }

  end(): void {
    this.sizes.disconnect();
    this.plot.destroy();
  }

  private fit(box: HTMLElement): void {
    if (box.clientWidth > 0 && box.clientWidth !== this.plot.width) {
      this.plot.setSize({ width: box.clientWidth, height: this.look.height });
    }
  }

  private options(width: number): uPlot.Options {
    const { look } = this;
    const sync = look.together === null ? {} : { sync: { key: look.together, setSeries: false } };
    return {
      width,
      height: look.height,
      ms: 1,
      tzDate: (at) => uPlot.tzDate(new Date(at), look.zone),
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: {
        y: false,
        drag: { x: look.canSelect, y: false, setScale: false },
        points: { size: 6 },
        move: (plot, left, top) => [snapped(plot, left), top],
        ...sync,
      },
      scales: {
        x: { time: true, range: (_, least, most) => this.rangeOf(least, most) },
        y: { range: (_, __, most) => [0, axisEnd(Number.isFinite(most) ? most : 0)] },
      },
      axes: this.axes(),
      series: [{}, ...look.colours.map((colour) => this.lineOf(colour))],
      ...(look.isStacked ? { bands: this.bands() } : {}),
      hooks: {
        setCursor: [(plot) => this.events.onPlace(plot.cursor.idx ?? null)],
        setSelect: [(plot) => this.select(plot)],
      },
    };
  }

  private rangeOf(least: number | null, most: number | null): [number, number] {
    if (this.data.span !== null) return [...this.data.span];
    return least === null || most === null || least === most ? [(least ?? 0) - MINUTE_MS, most ?? 0] : [least, most];
  }

  private axes(): uPlot.Axis[] {
    const colours = palettes[this.look.mode];
    const common = { stroke: colours.secondary, font: FONT, ticks: { show: false }, border: { show: false } };
    return [
      {
        ...common,
        size: AXIS_PX.bottom,
        space: 72,
        incrs: STEPS_MS,
        grid: { show: false },
        values: (_, splits, __, ___, step) => splits.map((at) => this.tickWords(at, step)),
      },
      {
        ...common,
        size: AXIS_PX.left,
        gap: 4,
        space: 28,
        grid: { stroke: colours.border, width: 1 },
        values: (_, splits) => splits.map(axisWords),
      },
    ];
  }

  /** Without data the time that is shown means nothing. */
  private tickWords(at: number, step: number): string {
    return this.data.times.length === 0 ? '' : tickWords(at, step, this.look.zone);
  }

  private lineOf(colour: string): uPlot.Series {
    const { isStacked, colours } = this.look;
    const opacity = isStacked ? 0.45 : colours.length === 1 ? 0.14 : 0;
    return { stroke: colour, width: 1.5, points: { show: false }, fill: areaOf(colour, opacity) };
  }

  /** Of a stack, each area ends where the one below begins. */
  private bands(): uPlot.Band[] {
    return this.look.colours.slice(1).map((_, place) => ({ series: [place + 2, place + 1] as [number, number] }));
  }

  private select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 1) return;
    const from = plot.posToVal(left, 'x');
    const to = plot.posToVal(left + width, 'x');
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.events.onRange(from, to);
  }
}

/** The line stands at the value that is told, and not beside it. */
function snapped(plot: uPlot, left: number): number {
  const times = plot.data[0];
  const at = left < 0 ? undefined : times[plot.posToIdx(left)];
  return at === undefined ? left : plot.valToPos(at, 'x');
}

/** Seconds where the steps are so short, the day at midnight, else hours and minutes. */
function tickWords(at: number, step: number, zone: string): string {
  if (step < MINUTE_MS) return clockWords(at, zone);
  const words = minuteWords(at, zone);
  return step >= DAY_MS || words === '00:00' ? dayWords(at, zone).slice(5) : words;
}
