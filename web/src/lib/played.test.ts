import { expect, it } from 'vitest';
import type { Played } from './api/types';
import { days, daysAgo, localDay } from './played';

const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
const play = (id: number, video: string, started: string, position = 10) => ({ id, video: { id: video }, started, position }) as unknown as Played;

it('plays are told by the day of the reader, the newest first', () => {
  const told = days([play(3, 'a', at(21, 20)), play(2, 'b', at(21, 1)), play(1, 'c', at(20, 23))]);
  expect(told.map(({ day, plays }) => [day, plays.map((one) => one.id)])).toEqual([['2026-11-21', [3, 2]], ['2026-11-20', [1]]]);
});
it('what was gone on with on the same day is one, with the furthest place', () => {
  const told = days([play(4, 'a', at(21, 20), 5), play(3, 'a', at(21, 19), 400), play(2, 'b', at(21, 18)), play(1, 'a', at(21, 10))]);
  expect(told[0]?.plays.map((one) => [one.id, one.position])).toEqual([[4, 400], [2, 10], [1, 10]]);
});
it('over midnight it is two', () => {
  expect(days([play(2, 'a', at(21, 0)), play(1, 'a', at(20, 23))])).toHaveLength(2);
});
it('days are counted by the calendar, not by hours', () => {
  expect(daysAgo('2026-11-21', new Date(2026, 10, 21, 23))).toBe(0);
  expect(daysAgo('2026-11-20', new Date(2026, 10, 21, 0))).toBe(1);
  expect(daysAgo('2026-03-28', new Date(2026, 2, 30, 1))).toBe(2);
  expect(localDay(new Date('nonsense'))).toBe('');
});
