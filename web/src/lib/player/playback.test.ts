import { describe, expect, it } from 'vitest';
import { Trouble } from '../api/client';
import { capabilities, type Capabilities, type Probe } from './capabilities';
import { obstacle, plan, type Playback } from './playback';

const chromium: Probe = {
  file: (type) => !/hvc1|ac-3|ec-3|alac|quicktime|mp2t|theora|ogg/.test(type),
  segments: (type) => !/hvc1|ac-3|ec-3|alac|quicktime|matroska/.test(type),
  nativeHls: false,
};
const iphone: Probe = { file: (type) => /mp4|mpeg|quicktime/.test(type) && !/vp09|opus/.test(type), segments: () => false, nativeHls: true };

describe('what a browser says of itself', () => {
  it('are the codings that it decodes, and the containers that it opens', () => {
    const said = capabilities(chromium);
    expect(said.video).toEqual(['avc1', 'av01', 'vp09', 'vp8']);
    expect(said.audio).toContain('opus');
    expect(said.audio).not.toContain('ac-3');
    expect(said.containers).toEqual(['mp4', 'webm', 'hls', 'dash']);
  });
  it('is less where only segments are asked for: some codings come in files and in nothing else', () => {
    expect(capabilities(chromium, 'hls')).toMatchObject({ video: ['avc1', 'av01', 'vp09'], containers: ['hls'] });
    expect(capabilities(chromium, 'hls').audio).not.toContain('vorbis');
    expect(capabilities(iphone, 'hls').video).toContain('hvc1');
  });
  it('has no DASH where scripts cannot hand over segments', () => {
    expect(capabilities(iphone).containers).toEqual(['mp4', 'hls']);
    expect(capabilities(iphone).video).toContain('hvc1');
  });
});

const urls = { file: '/video/a.mkv', hls: '/hls/x/master.m3u8', dash: '/dash/x/manifest.mpd' };
const answer = (method: Playback['method'], delivery: Playback['delivery'], container = 'mp4'): Playback => ({
  id: 'x', path: 'a.mkv', container, duration_seconds: 10, method, delivery, tracks: [1, 2], reasons: [], urls, notes: [],
});

/** A server that sends the file to whoever opens its container, else segments if `copy`. */
function server(container: string, copy: boolean) {
  const asked: Capabilities[] = [];
  const ask = (wanted: Capabilities) => {
    asked.push(wanted);
    if (wanted.containers.includes(container)) return Promise.resolve(answer('direct', 'file', container));
    const by = copy && (['hls', 'dash'] as const).find((name) => wanted.containers.includes(name));
    return Promise.resolve(by ? answer('copy', by, container) : answer('needs-transcoding', null, container));
  };
  return { asked, ask };
}
const nothing = { texts: 0, sounds: 1 };

describe('what is played', () => {
  it('is the file where the browser opens it', async () => {
    const { ask, asked } = server('mp4', true);
    expect((await plan(ask, chromium, nothing)).sources).toEqual([{ delivery: 'file', url: urls.file, type: 'video/mp4' }]);
    expect(asked).toHaveLength(1);
  });
  it('is in segments where it does not', async () => {
    const { ask, asked } = server('matroska', true);
    expect((await plan(ask, chromium, nothing)).sources.map((s) => s.delivery)).toEqual(['hls']);
    expect(asked).toHaveLength(1);
  });
  it('is in segments where there are subtitles or languages to choose from, and the file if that fails', async () => {
    const { ask } = server('mp4', true);
    expect((await plan(ask, chromium, { texts: 1, sounds: 1 })).sources.map((s) => s.delivery)).toEqual(['hls', 'file']);
    expect((await plan(ask, chromium, { texts: 0, sounds: 2 })).sources.map((s) => s.delivery)).toEqual(['hls', 'file']);
  });
  it('stays the file where segments cannot be had', async () => {
    const { ask } = server('webm', false);
    expect((await plan(ask, chromium, { texts: 2, sounds: 2 })).sources).toEqual([{ delivery: 'file', url: urls.file, type: 'video/webm' }]);
  });
  it('is what the browser opens by luck when nothing else is left', async () => {
    const { ask } = server('matroska', false);
    const { sources } = await plan(ask, chromium, nothing);
    expect(sources.map((s) => s.delivery)).toEqual(['file']);
  });
  it('is nothing when pictures or sound would have to be coded anew', async () => {
    const { ask } = server('rm', false);
    const made = await plan(ask, chromium, nothing);
    expect(made.sources).toEqual([]);
    expect(made.playback.method).toBe('needs-transcoding');
  });
  it('is what somebody wishes', async () => {
    const { ask, asked } = server('mp4', true);
    expect((await plan(ask, chromium, nothing, 'dash')).sources.map((s) => s.delivery)).toEqual(['dash']);
    expect(asked[0]?.containers).toEqual(['dash']);
  });
});

it('what goes wrong is told apart', () => {
  expect(obstacle(new Trouble(503, 'half is read', '', 3))).toEqual({ kind: 'reading', detail: 'half is read', retry: 3 });
  expect(obstacle(new Trouble(503, 'its drive is away')).kind).toBe('away');
  expect(obstacle(new Trouble(404, '')).kind).toBe('missing');
  expect(obstacle(new Trouble(422, 'it needs transcoding: no key picture')).kind).toBe('broken');
  expect(obstacle(new Trouble(401, '')).kind).toBe('refused');
  expect(obstacle(new Trouble(0, '')).retry).toBe(5);
});
