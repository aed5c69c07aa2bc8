import { expect, it } from 'vitest';
import { nearest, type Box } from './spatial';

const box = (left: number, top: number, width = 100, height = 60): Box => ({ left, top, right: left + width, bottom: top + height });

it('down leads to what lies below, not to what is nearer but aside', () => {
  expect(nearest(box(400, 0), [box(0, 70), box(400, 200), box(560, 190)], 'down')).toBe(1);
});
it('of two that lie below it is the one that is closer to the middle', () => {
  expect(nearest(box(100, 0, 220), [box(0, 100, 140), box(150, 100, 140)], 'down')).toBe(1);
});
it('to the side one stays in the row', () => {
  expect(nearest(box(0, 0), [box(120, 300), box(300, 4)], 'right')).toBe(1);
  expect(nearest(box(0, 0), [box(120, 300)], 'right')).toBe(-1);
});
it('rings that touch are no obstacle', () => {
  expect(nearest(box(0, 0), [box(97, 0)], 'right')).toBe(0);
  expect(nearest(box(0, 100), [box(0, 42)], 'up')).toBe(0);
});
it('at the edge it leads nowhere', () => {
  expect(nearest(box(0, 0), [box(0, 100), box(200, 0)], 'left')).toBe(-1);
  expect(nearest(box(0, 0), [], 'up')).toBe(-1);
});
it('a heading far to the left is no obstacle between two shelves', () => {
  expect(nearest(box(800, 0), [box(0, 90, 160, 24), box(820, 130)], 'down')).toBe(1);
});
it('a short row is not jumped over', () => {
  const short = [box(0, 110, 268, 200), box(284, 110, 268, 200)];
  const next = [box(0, 360, 268, 200), box(852, 360, 268, 200)];
  expect(nearest(box(852, -150, 268, 200), [...short, ...next], 'down')).toBe(1);
});
