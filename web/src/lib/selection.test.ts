import { expect, it } from 'vitest';
import { addStretch, countOf, everything, isSelected, nothing, stretchTo, toggleOne } from './selection';

it('a click adds and a second click removes', () => {
  const one = toggleOne(nothing, 'a', 3);
  expect(isSelected(one, 'a')).toBe(true);
  expect(countOf(toggleOne(one, 'a', 3), 10)).toBe(0);
});
it('a stretch runs from the last single click, either way', () => {
  const one = toggleOne(nothing, 'd', 3);
  expect(stretchTo(one, 6)).toEqual([3, 7]);
  expect(stretchTo(one, 1)).toEqual([1, 4]);
  expect(stretchTo(nothing, 5)).toEqual([5, 6]);
});
it('a stretch is added to what was there', () => {
  expect(countOf(addStretch(toggleOne(nothing, 'a', 0), ['b', 'c']), 10)).toBe(3);
});
it('everything is as many as the list has', () => {
  expect(countOf(everything(), 98_412)).toBe(98_412);
  expect(isSelected(everything(), 'x')).toBe(true);
  expect(countOf(toggleOne(everything(), 'x', 0), 98_412)).toBe(1);
});
