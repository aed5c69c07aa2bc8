// Where the cells of a virtual grid are. Pure: widths and positions in, numbers out.

/** Heights above this are not drawn reliably by every browser. */
const tallest = 15_000_000;

export interface Shape {
  columns: number;
  /** Width of a cell, without the gap; a whole number of pixels. */
  cell: number;
  /** Height of a row with the gap below it. */
  row: number;
  rows: number;
  /** Height of all rows. */
  height: number;
  /** Height that the page gets: at most what browsers can draw. */
  drawn: number;
}

/** More, not larger, cells: as many columns as fit when none is narrower than `least`. */
export function columnsFor(width: number, least: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (least + gap)));
}

/** The least width of a card on a screen this wide. */
export function leastCard(width: number): number {
  if (width < 600) return 138;
  if (width < 1000) return 176;
  return 236;
}

export function shape(input: { width: number; count: number; columns: number; gapX: number; gapY: number; height: (cell: number) => number }): Shape {
  const { width, count, columns, gapX, gapY } = input;
  const cell = Math.max(1, Math.floor((width - gapX * (columns - 1)) / columns));
  const row = Math.ceil(input.height(cell)) + gapY;
  const rows = Math.ceil(count / columns);
  const height = Math.max(0, rows * row - gapY);
  return { columns, cell, row, rows, height, drawn: Math.min(height, tallest) };
}

export interface Window {
  /** Rows to draw, half-open. */
  firstRow: number;
  endRow: number;
  /** Items to draw, half-open. */
  first: number;
  end: number;
  /** Where the first of these rows is in the drawn page. */
  top: number;
}

/**
 * The rows that are seen when the page is scrolled by `scroll` within the grid, and `overscan` rows
 * around. In a grid taller than browsers can draw, the page moves faster than the scroll bar.
 */
export function windowAt(s: Shape, count: number, scroll: number, viewport: number, overscan: number): Window {
  if (count === 0 || s.row <= 0) return { firstRow: 0, endRow: 0, first: 0, end: 0, top: 0 };
  const at = clamp(scroll, 0, Math.max(0, s.drawn - viewport));
  const ratio = s.drawn > viewport ? (s.height - viewport) / (s.drawn - viewport) : 1;
  const real = at * ratio;
  const firstRow = clamp(Math.floor(real / s.row) - overscan, 0, s.rows - 1);
  const endRow = clamp(Math.ceil((real + viewport) / s.row) + overscan, firstRow + 1, s.rows);
  return {
    firstRow,
    endRow,
    first: firstRow * s.columns,
    end: Math.min(count, endRow * s.columns),
    top: firstRow * s.row - real + at,
  };
}

/** How far the page must be scrolled for the item's row to be whole in view; undefined: it is. */
export function scrollFor(s: Shape, index: number, scroll: number, viewport: number, margin: number): number | undefined {
  const ratio = s.drawn > viewport ? (s.height - viewport) / (s.drawn - viewport) : 1;
  const real = scroll * ratio;
  const top = Math.floor(index / s.columns) * s.row;
  let to: number | undefined;
  if (top - margin < real) to = top - margin;
  else if (top + s.row + margin > real + viewport) to = top + s.row + margin - viewport;
  return to === undefined ? undefined : Math.round(to / ratio);
}

export type Step = 'left' | 'right' | 'up' | 'down' | 'home' | 'end' | 'first' | 'last' | 'pageup' | 'pagedown';

/** Where the focus goes from an item; the same item at an edge. */
export function step(from: number, way: Step, columns: number, count: number, page = 3): number {
  if (count === 0) return 0;
  const last = count - 1;
  const column = from % columns;
  const lastRow = Math.floor(last / columns);
  const down = (rows: number) => {
    const row = Math.min(Math.floor(from / columns) + rows, lastRow);
    return Math.min(row * columns + column, last);
  };
  const up = (rows: number) => Math.max(Math.floor(from / columns) - rows, 0) * columns + column;
  switch (way) {
    case 'left': return Math.max(0, from - 1);
    case 'right': return Math.min(last, from + 1);
    case 'up': return Math.min(last, up(1));
    case 'down': return down(1);
    case 'pageup': return Math.min(last, up(page));
    case 'pagedown': return down(page);
    case 'home': return from - column;
    case 'end': return Math.min(last, from - column + columns - 1);
    case 'first': return 0;
    case 'last': return last;
  }
}

/** The pages of a list that hold the items `first..end`. */
export function pagesOf(first: number, end: number, size: number): number[] {
  if (end <= first) return [];
  const from = Math.floor(first / size);
  const to = Math.floor((end - 1) / size);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
