import { describe, expect, it } from 'vitest';
import { filled, neighbour, stretchAt, stretches } from './chapters';

const three = [{ start: 0, title: 'One' }, { start: 60, end: 90, title: 'Two' }, { start: 100, title: 'Three' }];

describe('chapters', () => {
  it('tile the whole video, whatever their ends say', () => {
    expect(stretches(three, 200)).toEqual([
      { start: 0, end: 60, title: 'One' }, { start: 60, end: 100, title: 'Two' }, { start: 100, end: 200, title: 'Three' },
    ]);
  });
  it('that begin late have something before them', () => {
    expect(stretches([{ start: 10, title: 'A' }], 20)).toEqual([{ start: 0, end: 10, title: '' }, { start: 10, end: 20, title: 'A' }]);
  });
  it('that make no sense are left out', () => {
    expect(stretches([{ start: 0, title: 'A' }], 20)).toEqual([]);
    expect(stretches([{ start: 0, title: 'A' }, { start: 30, title: 'B' }, { start: NaN, title: 'C' }], 20)).toEqual([]);
    expect(stretches(three, NaN)).toEqual([]);
  });
  it('may come in any order', () => {
    expect(stretches([...three].reverse(), 200)).toEqual(stretches(three, 200));
  });
});

it('every moment is in one chapter', () => {
  const all = stretches(three, 200);
  expect([0, 59.9, 60, 150, 500].map((time) => stretchAt(all, time)?.title)).toEqual(['One', 'One', 'Two', 'Three', 'Three']);
});
it('going back within a chapter goes to its beginning, and then to the one before', () => {
  const all = stretches(three, 200);
  expect(neighbour(all, 80, -1)).toBe(60);
  expect(neighbour(all, 61, -1)).toBe(0);
  expect(neighbour(all, 0, 1)).toBe(60);
  expect(neighbour(all, 150, 1)).toBeUndefined();
  expect(neighbour([], 5, -1)).toBeUndefined();
});
it('a stretch fills from its beginning to its end', () => {
  const [one] = stretches(three, 200);
  expect([-5, 0, 30, 60, 99].map((time) => filled(one!, time))).toEqual([0, 0, 0.5, 1, 1]);
});
