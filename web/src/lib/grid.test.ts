import { describe, expect, it } from 'vitest';
import { columnsFor, leastCard, pagesOf, scrollFor, shape, step, windowAt } from './grid';

const grid = (count: number, columns = 5) =>
  shape({ width: 1400, count, columns, gapX: 16, gapY: 24, height: (cell) => cell * 0.5625 + 80 });

describe('columns', () => {
  const at = (width: number) => columnsFor(width, leastCard(width), 12);
  it('are more, not larger, on wider screens', () => {
    expect(at(296)).toBe(2);
    expect(at(366)).toBe(2);
    expect(at(780)).toBe(4);
    expect(at(1392)).toBe(5);
    expect(at(3760)).toBeGreaterThan(12);
  });
});

describe('the window', () => {
  it('holds a few rows of a hundred thousand', () => {
    const s = grid(100_000);
    const w = windowAt(s, 100_000, 500_000, 900, 2);
    expect(w.end - w.first).toBeLessThan(60);
    expect(w.top + (w.endRow - w.firstRow) * s.row).toBeGreaterThan(500_900);
    expect(w.top).toBeLessThan(500_000);
  });
  it('reaches first and last of a million', () => {
    const s = grid(1_000_000);
    expect(s.drawn).toBeLessThan(s.height);
    expect(windowAt(s, 1_000_000, 0, 900, 1).first).toBe(0);
    const last = windowAt(s, 1_000_000, s.drawn - 900, 900, 1);
    expect(last.end).toBe(1_000_000);
    expect(last.top + (last.endRow - last.firstRow) * s.row - 24).toBeCloseTo(s.drawn, 0);
  });
  it('of nothing is empty', () => {
    expect(windowAt(grid(0), 0, 0, 900, 2).end).toBe(0);
  });
  it('never shows items that there are not', () => {
    expect(windowAt(grid(7), 7, 0, 900, 3).end).toBe(7);
  });
  it('follows the focus', () => {
    const s = grid(1000);
    expect(scrollFor(s, 2, 0, 900, 0)).toBeUndefined();
    const to = scrollFor(s, 500, 0, 900, 0);
    expect(to).toBe(101 * s.row - 900);
    expect(scrollFor(s, 500, to ?? 0, 900, 0)).toBeUndefined();
  });
});

describe('arrow keys', () => {
  it('move in two dimensions', () => {
    expect(step(6, 'down', 5, 100)).toBe(11);
    expect(step(6, 'up', 5, 100)).toBe(1);
    expect(step(6, 'right', 5, 100)).toBe(7);
    expect(step(6, 'home', 5, 100)).toBe(5);
    expect(step(6, 'end', 5, 100)).toBe(9);
  });
  it('stay at the edges', () => {
    expect(step(0, 'left', 5, 12)).toBe(0);
    expect(step(2, 'up', 5, 12)).toBe(2);
    expect(step(11, 'right', 5, 12)).toBe(11);
    expect(step(11, 'down', 5, 12)).toBe(11);
  });
  it('go to the last item where the last row is short', () => {
    expect(step(8, 'down', 5, 12)).toBe(11);
  });
});

it('pages cover what is seen', () => {
  expect(pagesOf(95, 130, 100)).toEqual([0, 1]);
  expect(pagesOf(100, 200, 100)).toEqual([1]);
  expect(pagesOf(5, 5, 100)).toEqual([]);
});
