import { expect, it } from 'vitest';
import { timeCode } from '../format';
import { seconds } from './clock';

it('a time in an address is read in all the ways that people write it', () => {
  expect(['90', '90s', '1m30s', '1:30', '0:01:30', '1h', '1:02:03.5'].map(seconds)).toEqual([90, 90, 90, 90, 90, 3600, 3723.5]);
  expect(['', 'x', '1:3', '-5', '1h2', ':30'].map(seconds)).toEqual([undefined, undefined, undefined, undefined, 3602, undefined]);
});
it('a time code is read as the time that it was written for', () => {
  for (const time of [0, 59, 60, 3599, 3600, 86_399]) expect(seconds(timeCode(time))).toBe(time);
});
