// Real films behind the mock: MEDIA=http://127.0.0.1:9000 is a Vidicon that serves the folder MEDIA_DIR. Their media
// routes are passed on to it; they come first in the library, with pictures by ffmpeg.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const media = process.env.MEDIA;
const folder = process.env.MEDIA_DIR ?? '';
const cache = join(tmpdir(), 'vidicon-mock-films');
const films = new Map();

/** Whether the request is for media, and was passed on; films that were made up are not. */
export function passed(request, response, isMadeUp) {
  if (!media || !/^\/(video|hls|hls-ts|dash|clip|playback)\//.test(request.url) || isMadeUp(request.url)) return false;
  const { method, headers } = request;
  const onward = ask(new URL(request.url, media), { method, headers: { ...headers, host: new URL(media).host } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
  return true;
}

/** Adds the films of the folder to the library. */
export async function addFilms({ videos, byId }) {
  if (!media || !folder) return;
  mkdirSync(cache, { recursive: true });
  for (const file of readdirSync(folder).filter((name) => /\.(mp4|mkv|webm|mov|ts|mts|avi|3gp|flv|ogg)$/.test(name))) {
    const path = encodeURIComponent(file);
    const answer = await fetch(`${media}/playback/${path}`);
    const playback = answer.ok ? await answer.json() : undefined;
    const id = playback?.id ?? [...file].map((c) => 'abcdefghijklmnopqrstuvwxyz'[c.charCodeAt(0) % 26]).join('').padEnd(26, 'a').slice(0, 26);
    const probe = await probed(join(folder, file));
    const picture = probe.streams.find((s) => s.codec_type === 'video') ?? {};
    const { size, mtime } = statSync(join(folder, file));
    const of = (kind) => probe.streams.filter((s) => s.codec_type === kind);
    const kinds = { video: 'video', audio: 'audio', subtitle: 'text' };
    const turned = Math.abs(picture.side_data_list?.find((d) => 'rotation' in d)?.rotation ?? 0) === 90;
    const video = {
      id, n: videos.length, title: file.replace(/\.\w+$/, '').replaceAll('_', ' '), folder: 'Test%20films', file, path,
      duration: Number(probe.format.duration) || 0, width: (turned ? picture.height : picture.width) ?? 0, height: (turned ? picture.width : picture.height) ?? 0,
      container: playback?.container ?? file.split('.').at(-1), video_codec: picture.codec_name, audio_codecs: of('audio').map((s) => s.codec_name),
      audio_languages: of('audio').flatMap((s) => s.tags?.language ?? []), text_languages: of('subtitle').flatMap((s) => s.tags?.language ?? []).concat(file.startsWith('film_sintel') ? ['en', 'es'] : []),
      frame_rate: 25, bit_rate: Number(probe.format.bit_rate) || undefined, size, added: mtime.toISOString(), made: mtime.toISOString(), views: 3, hidden: false, present: true, copies: 1,
      tags: [], favourite: false, watched: false, version: 1,
      tracks: probe.streams.map((s, i) => ({ kind: kinds[s.codec_type] ?? 'other', number: i + 1, codec: s.codec_name ?? '?', language: s.tags?.language, title: s.tags?.title, channels: s.channels, default: !!s.disposition?.default, forced: !!s.disposition?.forced })),
      chapters: probe.chapters.map((c) => ({ start: Number(c.start_time), end: Number(c.end_time), title: c.tags?.title ?? '' })),
      source: join(folder, file),
    };
    if (file.startsWith('long_bbb')) video.chapters = [[0, 'Out of the burrow'], [0.11, 'Three rascals'], [0.31, 'The butterfly'], [0.52, 'A plan is made'], [0.7, 'Revenge'], [0.9, 'Credits']].map(([s, title]) => ({ start: s * video.duration, title }));
    if (video.width && video.duration) {
      video.poster = { url: `/api/v1/videos/${id}/poster.jpg?v=1`, width: video.width, height: video.height, colour: '#3b3027' };
      video.storyboard = `/api/v1/videos/${id}/storyboard.vtt?v=1`;
    }
    videos.unshift(video);
    byId.set(id, video);
    films.set(id, video);
  }
}

async function probed(path) {
  const kept = join(cache, `${encodeURIComponent(path)}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const found = await probe(path);
  writeFileSync(kept, JSON.stringify(found));
  return found;
}

async function probe(path) {
  try {
    const { stdout } = await run('ffprobe', ['-v', 'error', '-show_streams', '-show_format', '-show_chapters', '-of', 'json', path], { maxBuffer: 1 << 26 });
    const found = JSON.parse(stdout);
    return { streams: found.streams ?? [], format: found.format ?? {}, chapters: found.chapters ?? [] };
  } catch {
    return { streams: [], format: {}, chapters: [] };
  }
}

const columns = 10;
const tile = (v) => [160, Math.max(2, Math.round((160 * v.height) / v.width / 2) * 2)];
const every = (v) => Math.max(1, v.duration / 100);
const clock = (s) => new Date(Math.round(s * 1000)).toISOString().slice(11, 23);

/** Answers for pictures of films; false if it is none of them. */
export async function picture(id, what, response) {
  const video = films.get(id);
  if (!video || !/^(poster\.jpg|storyboard\.vtt|storyboard-0\.jpg)$/.test(what ?? '')) return false;
  if (what === 'storyboard.vtt') {
    const [w, h] = tile(video);
    let text = 'WEBVTT\n';
    for (let i = 0, at = 0; at < video.duration; i += 1, at = i * every(video)) {
      text += `\n${clock(at)} --> ${clock(Math.min(video.duration, at + every(video)))}\nstoryboard-0.jpg?v=1#xywh=${(i % columns) * w},${Math.floor(i / columns) * h},${w},${h}\n`;
    }
    response.writeHead(200, { 'Content-Type': 'text/vtt' }).end(text);
    return true;
  }
  const file = join(cache, `${id}-${what}`);
  if (!existsSync(file)) {
    const [w, h] = tile(video);
    const how = what === 'poster.jpg'
      ? ['-ss', String((video.posterAt ?? video.duration * 0.2)), '-i', video.source, '-frames:v', '1', '-vf', 'scale=960:-2']
      : ['-skip_frame', video.duration > 120 ? 'nokey' : 'default', '-i', video.source, '-vf', `fps=1/${every(video)},scale=${w}:${h},tile=${columns}x${Math.ceil(video.duration / every(video) / columns)}`, '-frames:v', '1'];
    await run('ffmpeg', ['-v', 'error', ...how, '-q:v', '4', '-y', file]).catch(() => undefined);
  }
  if (!existsSync(file)) {
    response.writeHead(404).end();
    return true;
  }
  response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Cache-Control': 'max-age=60' }).end(readFileSync(file));
  return true;
}
