import { describe, expect, it } from 'vitest';
import de from './de.json';
import en from './en.json';
import { fill, type Entry } from './fill';

const names = (entry: Entry) => {
  const texts = typeof entry === 'string' ? [entry] : Object.values(entry);
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1])))].sort();
};

describe('German', () => {
  it('has every text that English has, and no other', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });
  it.each(Object.keys(en) as (keyof typeof en)[])('has the parameters and forms of %s', (key) => {
    expect(names(de[key])).toEqual(names(en[key]));
    expect(typeof de[key]).toBe(typeof en[key]);
  });
});

it('numbers are written as the language writes them', () => {
  expect(fill({ one: '{n} video', other: '{n} videos' }, { n: 98412 }, 'en', 'k')).toBe('98,412 videos');
  expect(fill({ one: '{n} Video', other: '{n} Videos' }, { n: 1 }, 'de', 'k')).toBe('1 Video');
});
it('what a title holds is never taken for a parameter', () => {
  expect(fill('“{title}” by {n}', { title: '{n}', n: 3 }, 'en', 'k')).toBe('“{n}” by 3');
});
