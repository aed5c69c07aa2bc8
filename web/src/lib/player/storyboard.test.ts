import { describe, expect, it } from 'vitest';
import { parseStoryboard, tileAt, timestamp } from './storyboard';

const base = 'http://tv.local:9000/api/v1/videos/abc/storyboard.vtt?v=3';
const text = `WEBVTT

00:00:00.000 --> 00:00:02.000
storyboard-0.jpg?v=1#xywh=0,0,160,90

00:00:02.000 --> 00:30:01.500
storyboard-0.jpg?v=1#xywh=160,0,160,90

00:30:01.500 --> 01:00:05.250
storyboard-1.jpg?v=1#xywh=0,0,160,90
`;

describe('a storyboard', () => {
  it('names a part of a sheet for each stretch', () => {
    const tiles = parseStoryboard(text, base);
    expect(tiles).toHaveLength(3);
    expect(tiles[1]).toEqual({
      start: 2, end: 1801.5, url: 'http://tv.local:9000/api/v1/videos/abc/storyboard-0.jpg?v=1', x: 160, y: 0, width: 160, height: 90,
    });
  });
  it('is read whatever ends its lines', () => {
    expect(parseStoryboard(text.replaceAll('\n', '\r\n'), base)).toEqual(parseStoryboard(text, base));
  });
  it('leaves out what makes no sense', () => {
    const broken = `WEBVTT

NOTE a --> comment

x --> 00:02.000
a.jpg#xywh=0,0,1,1

00:04.000 --> 00:02.000
a.jpg#xywh=0,0,1,1

00:00.000 --> 00:02.000
a.jpg

00:00.000 --> 00:02.000
http://elsewhere.example/a.jpg#xywh=0,0,1,1

00:00.000 --> 00:02.000 align:start
a.jpg#xywh=pixel:0,0,1,1`;
    expect(parseStoryboard(broken, base).map((tile) => tile.end)).toEqual([2]);
    expect(parseStoryboard('', base)).toEqual([]);
  });
  it('has a picture for every moment', () => {
    const tiles = parseStoryboard(text, base);
    expect([-1, 0, 1.99, 2, 1801.4, 1801.5, 9999].map((time) => tileAt(tiles, time)?.start)).toEqual([0, 0, 0, 2, 2, 1801.5, 1801.5]);
    expect(tileAt([], 1)).toBeUndefined();
  });
});

it('timestamps are those of WebVTT and nothing else', () => {
  expect(timestamp('01:00:05.250')).toBe(3605.25);
  expect(timestamp('00:05.250')).toBe(5.25);
  expect(timestamp('5.250')).toBeUndefined();
  expect(timestamp('00:61.000')).toBeUndefined();
});
