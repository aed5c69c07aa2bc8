import { describe, expect, it } from 'vitest';
import type { PlaylistItems, Video } from '../api/types';
import { inFolder, nextOf, ofList, ofPlaylist, originOf, previousOf, urlOf } from './queue';

const video = (id: string, folder = 'Films') => ({ id, folder, tags: [] }) as unknown as Video;
const playlist = (ids: string[]) =>
  ({ id: 3, name: 'Rainy days', items: ids.map((id, i) => ({ item: i + 10, video: video(id) })) }) as unknown as PlaylistItems;

describe('where somebody comes from', () => {
  it('is in the address', () => {
    expect(originOf('?playlist=3&item=11')).toEqual({ kind: 'playlist', playlist: 3, item: 11 });
    expect(originOf('?list=tags%3D1%26sort%3Dviews&at=7')).toEqual({ kind: 'list', list: 'tags=1&sort=views', at: 7 });
    expect(originOf('?t=90')).toEqual({ kind: 'alone' });
    expect(originOf('?playlist=x')).toEqual({ kind: 'alone' });
  });
  it('comes back out of the address that it was written into', () => {
    for (const origin of [{ kind: 'playlist', playlist: 3, item: 11 }, { kind: 'list', list: 'q=a+b&sort=title', at: 0 }, { kind: 'alone' }] as const) {
      expect(originOf(new URL(urlOf('abc', origin), 'http://x').search)).toEqual(origin);
    }
  });
});

describe('what comes next', () => {
  it('is the next of the playlist, also where a video is in it twice', () => {
    const second = ofPlaylist(playlist(['a', 'b', 'a', 'c']), 'a', 12);
    expect([previousOf(second)?.video.id, nextOf(second)?.video.id]).toEqual(['b', 'c']);
    expect(nextOf(second)?.url).toBe('/watch/c?playlist=3&item=13');
    const first = ofPlaylist(playlist(['a', 'b', 'a', 'c']), 'a', undefined);
    expect([previousOf(first), nextOf(first)?.video.id]).toEqual([undefined, 'b']);
  });
  it('is the next of the folder, and nothing at its end', () => {
    const all = ['a', 'b'].map((id) => video(id));
    expect(nextOf(inFolder(all, video('a')))?.video.id).toBe('b');
    expect(nextOf(inFolder(all, video('b')))).toBeUndefined();
    expect(inFolder([video('a')], video('a'))).toBeUndefined();
  });
  it('is the first of what is related', () => {
    expect(nextOf({ kind: 'related', entries: [{ video: video('z'), url: '' }], current: -1 })?.video.id).toBe('z');
    expect(nextOf(undefined)).toBeUndefined();
  });
  it('of a list knows its place there', () => {
    const queue = ofList(['a', 'b', 'c'].map((id) => video(id)), 40, 'b', 'sort=views');
    expect(nextOf(queue)?.url).toBe('/watch/c?list=sort%3Dviews&at=42');
  });
  it('of a long playlist shows what is around the video', () => {
    const queue = ofPlaylist(playlist(Array.from({ length: 1000 }, (_, i) => `v${i}`)), 'v700', undefined);
    expect([queue.entries.length, nextOf(queue)?.video.id]).toEqual([200, 'v701']);
  });
});
