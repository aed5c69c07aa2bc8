import { describe, expect, it } from 'vitest';
import { ago, bytes, folderText, languageName, longDuration, progress, resolution, timeCode } from './format';

describe('time codes', () => {
  it('always have hours, minutes and seconds', () => {
    expect([0, 7.9, 754, 3723, 360_000].map(timeCode)).toEqual(['0:00:00', '0:00:07', '0:12:34', '1:02:03', '100:00:00']);
  });
  it('are the beginning for what is no time', () => {
    expect([NaN, Infinity, -3].map(timeCode)).toEqual(['0:00:00', '0:00:00', '0:00:00']);
  });
});

it('lengths are read as words', () => {
  expect(longDuration(7380, 'en')).toBe('2 hr 3 min');
  expect(longDuration(7200, 'de')).toContain('2');
});
it('sizes are powers of a thousand', () => {
  expect(bytes(1_437_000_000, 'en')).toBe('1.4 GB');
  expect(bytes(999, 'en')).toMatch(/999/);
});
it('the past is told by its largest unit', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  expect(ago('2026-11-20T11:00:00Z', now, 'en')).toBe('yesterday');
  expect(ago('2026-11-21T11:59:40Z', now, 'en')).toBe('now');
  expect(ago('nonsense', now, 'en')).toBe('');
});
it('resolutions go by the smaller side, and by the width of cut films', () => {
  expect(resolution(3840, 2160)).toBe('4K');
  expect(resolution(1920, 800)).toBe('HD');
  expect(resolution(1080, 1920)).toBe('HD');
  expect(resolution(640, 480)).toBeUndefined();
  expect(resolution(0, 0)).toBeUndefined();
});
it('progress stays within the film', () => {
  expect(progress(50, 100)).toBe(0.5);
  expect(progress(150, 100)).toBe(1);
  expect(progress(undefined, 100)).toBe(0);
  expect(progress(5, 0)).toBe(0);
});
it('folders are text for people, broken escapes as they are', () => {
  expect(folderText('Shows/S%20%231')).toBe('Shows / S #1');
  expect(folderText('50%')).toBe('50%');
});
it('a language nobody knows keeps its tag', () => {
  expect(languageName('de', 'en')).toBe('German');
  expect(languageName('!', 'en')).toBe('!');
});
