import { expect, it } from 'vitest';
import { clock, seconds } from './clock';

it('a time code always has hours, minutes and seconds', () => {
  expect([0, 7.9, 754, 3723, 360_000].map(clock)).toEqual(['0:00:00', '0:00:07', '0:12:34', '1:02:03', '100:00:00']);
});
it('what is no time is the beginning', () => {
  expect([NaN, Infinity, -3].map(clock)).toEqual(['0:00:00', '0:00:00', '0:00:00']);
});
it('a time in an address is read in all the ways that people write it', () => {
  expect(['90', '90s', '1m30s', '1:30', '0:01:30', '1h', '1:02:03.5'].map(seconds)).toEqual([90, 90, 90, 90, 90, 3600, 3723.5]);
  expect(['', 'x', '1:3', '-5', '1h2', ':30'].map(seconds)).toEqual([undefined, undefined, undefined, undefined, 3602, undefined]);
});
it('a time code is read as the time that it was written for', () => {
  for (const time of [0, 59, 60, 3599, 3600, 86_399]) expect(seconds(clock(time))).toBe(time);
});
