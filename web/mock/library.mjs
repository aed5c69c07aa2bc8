// A library that was made up: titles, folders, tags, ratings, and the questions that pages ask.
import { colourOf, random } from './pictures.mjs';

const adjectives = 'Quiet Amber Northern Last Hidden Slow Golden Paper Distant Silver Broken Winter Salt Electric Wooden Blue Second Open Glass Early'.split(' ');
const nouns = 'River Harbour Orchard Signal Mountain Letters Kitchen Lighthouse Station Garden Border Workshop Island Morning Forest Machine Window Bridge Summer Archive'.split(' ');
const tails = ['', '', '', ' of the Valley', ' at Night', ' in Colour', ' (1968)', ' (2021)', ': The Long Way Round', ' — Director’s Cut', ' S01E04', ' revisited'];
const folders = ['Films', 'Films/Documentary', 'Films/Silent', 'Shows/Harbour%20Nights', 'Shows/The%20Workshop', 'Home/2019%20Norway', 'Home/2023%20Birthday', 'Home', 'Concerts', 'Courses/Woodwork', 'Clips', ''];
const odd = ['<b>Bold</b> & "quoted"', 'مدينة الضوء', '東京の夜 🎬', 'A\nline\nbreak', `Supercalifragilistic${'x'.repeat(120)}`];
const colours = ['#c2702a', '#3f7d58', '#4d6fb3', '#9a4f86', '#8c7a2e', undefined];
const codecs = ['h264', 'h264', 'hevc', 'av1', 'vp9'];
const sizes = [[1920, 1080], [1920, 1080], [1280, 720], [3840, 2160], [1920, 800], [720, 576], [1080, 1920]];
const letters = 'abcdefghijklmnopqrstuvwxyz234567';

export const tags = ['holiday', 'family', 'documentary', 'black and white', 'to watch', 'children', 'music', 'nature', 'short', 'archive', 'favourites of Ada', '日本', '<script>alert(1)</script>', 'cooking']
  .map((name, i) => ({ id: i + 1, name, colour: colours[i % colours.length], version: 1 }));

const day = 86_400_000;
const now = Date.now();

function make(n) {
  const r = random(n + 1);
  const pick = (list) => list[Math.floor(r() * list.length)];
  const [width, height] = pick(sizes);
  const duration = Math.round((r() < 0.3 ? 20 + r() * 600 : 1200 + r() * 7200) * 1000) / 1000;
  const name = n % 997 === 3 ? odd[Math.floor(n / 997) % odd.length] : `${pick(adjectives)} ${pick(nouns)}${pick(tails)}`;
  const folder = pick(folders);
  const file = `${name.replace(/[\n/]/g, '_')}.${pick(['mp4', 'mkv', 'webm'])}`;
  let id = '';
  for (let i = 0; i < 26; i += 1) id += letters[Math.floor(r() * 32)];
  const begun = r() < 0.06;
  const watched = !begun && r() < 0.3;
  const seen = begun || watched;
  const video = {
    id, n, title: name, folder, file, path: `${folder ? `${folder}/` : ''}${encodeURIComponent(file)}`, duration, width, height,
    container: file.split('.').at(-1), video_codec: pick(codecs), audio_codecs: [pick(['aac', 'opus', 'ac-3'])],
    audio_languages: [pick(['en', 'de', 'fr', 'ja'])], text_languages: r() < 0.4 ? ['en'] : [],
    frame_rate: 25, bit_rate: Math.round(2e6 + r() * 8e6), size: Math.round(duration * 6e5),
    added: new Date(now - Math.floor(r() ** 2 * 900 * day)).toISOString(), views: Math.floor(r() ** 4 * 900),
    hidden: false, present: r() > 0.01, copies: r() < 0.01 ? 2 : 1,
    tags: tags.filter(() => r() < 0.08).slice(0, 4).map(({ id, name, colour }) => ({ id, name, colour })),
    favourite: r() < 0.04, watched, version: 1,
  };
  if (r() < 0.35) video.rating = 1 + Math.floor(r() * 5);
  if (begun) video.resume = Math.round(duration * (0.1 + r() * 0.75));
  if (seen) video.played = new Date(now - Math.floor(r() * 90 * day)).toISOString();
  if (r() < 0.1) video.hdr = 'HDR10';
  if (r() > 0.02) {
    const small = height > width ? [270, 480] : [480, Math.round((480 * height) / width)];
    video.poster = { url: `/api/v1/videos/${id}/poster.jpg?v=1`, width: small[0], height: small[1], colour: colourOf(n) };
    video.preview = `/api/v1/videos/${id}/preview.mp4?v=1`;
  }
  return video;
}

export function library(count) {
  const videos = Array.from({ length: count }, (_, n) => make(n));
  const natural = new Intl.Collator('en', { numeric: true });
  [...videos].sort((a, b) => natural.compare(a.title, b.title)).forEach((v, rank) => (v.rank = rank));
  const byId = new Map(videos.map((v) => [v.id, v]));
  return { videos, byId };
}

const inRange = (text, value) => {
  const [from, to] = text.split('..');
  return (from === '' || value >= Number(from)) && (!to || value <= Number(to));
};
const list = (text) => (text.match(/(?:\\.|[^,\\])+/gs) ?? []).map((value) => value.replace(/\\([\\,])/g, '$1'));
const escaped = (name) => name.replace(/[\\,]/g, '\\$&');
const side = (v) => Math.min(v.width, v.height);
const state = (v) => (v.watched ? 'yes' : v.resume ? 'begun' : 'no');
const within = (v, text) => {
  const days = /^(\d+)d$/.exec(text);
  if (days) return Date.parse(v.added) >= now - Number(days[1]) * day;
  const [from, to] = text.split('..');
  return (!from || v.added >= from) && (!to || v.added <= to);
};

const tests = {
  q: (v, t) => t.toLowerCase().split(/\s+/).filter(Boolean).every((w) => v.title.toLowerCase().includes(w) || v.tags.some((x) => x.name.toLowerCase().includes(w))),
  tags: (v, t) => list(t).every((x) => v.tags.some((g) => g.name === x)),
  any_tags: (v, t) => list(t).some((x) => v.tags.some((g) => g.name === x)),
  not_tags: (v, t) => !list(t).some((x) => v.tags.some((g) => g.name === x)),
  rating: (v, t) => inRange(t, v.rating ?? 0),
  duration: (v, t) => inRange(t, v.duration),
  height: (v, t) => inRange(t, side(v)),
  codec: (v, t) => list(t).includes(v.video_codec),
  audio: (v, t) => list(t).some((x) => v.audio_codecs.includes(x)),
  language: (v, t) => list(t).some((x) => v.audio_languages.includes(x)),
  subtitles: (v, t) => list(t).some((x) => v.text_languages.includes(x)),
  container: (v, t) => list(t).includes(v.container),
  folder: (v, t) => v.folder === t || v.folder.startsWith(`${t}/`),
  watched: (v, t) => state(v) === t,
  favourite: (v, t) => v.favourite === (t === 'yes'),
  added: within,
};

const orders = {
  title: (a, b) => a.rank - b.rank,
  rating: (a, b) => (a.rating ?? 0) - (b.rating ?? 0),
  views: (a, b) => a.views - b.views,
  added: (a, b) => (a.added < b.added ? -1 : 1),
  duration: (a, b) => a.duration - b.duration,
  played: (a, b) => ((a.played ?? '') < (b.played ?? '') ? -1 : 1),
  made: (a, b) => a.n - b.n,
  size: (a, b) => a.size - b.size,
  relevance: (a, b) => b.views - a.views,
};

export function select(videos, params, but) {
  let found = videos.filter((v) => (params.get('hidden') === 'yes') === v.hidden && v.present !== (params.get('away') === 'yes'));
  for (const [key, test] of Object.entries(tests)) {
    const text = params.get(key);
    if (text && key !== but) found = found.filter((v) => test(v, text));
  }
  return found;
}

const kept = new Map();
export function sorted(videos, params, revision) {
  const key = `${revision} ${[...params].filter(([k]) => !['limit', 'offset', 'cursor'].includes(k)).join('&')}`;
  const before = kept.get(key);
  if (before) return before;
  const found = select(videos, params);
  const sort = params.get('sort') ?? (params.get('q') ? 'relevance' : 'title');
  if (sort === 'random') {
    const seed = Number(params.get('seed') ?? 1);
    const rank = (v) => Math.imul(v.n + 1, 2654435761 ^ seed) >>> 0;
    found.sort((a, b) => rank(a) - rank(b));
  } else {
    found.sort(orders[sort] ?? orders.title);
    if (params.get('order') === 'desc' && sort !== 'relevance') found.reverse();
  }
  kept.set(key, found);
  if (kept.size > 12) kept.delete(kept.keys().next().value);
  return found;
}

/** Counted in a sample of many and multiplied: a mock may be a little wrong, but not slow. */
export function facets(all, params) {
  const each = Math.max(1, Math.floor(all.length / 10_000));
  const videos = all.filter((v) => v.n % each === 0);
  const count = (key, valuesOf, label = (v) => v) => {
    const counts = new Map();
    for (const video of select(videos, params, ['rating', 'duration', 'height', 'watched', 'added', 'codec', 'container'].includes(key) ? key : undefined)) {
      for (const value of valuesOf(video)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts].map(([value, n]) => ({ value: String(value), label: label(String(value)), count: n * each })).sort((a, b) => b.count - a.count);
  };
  const ranges = (texts, of) => (v) => texts.filter((t) => inRange(t, of(v)));
  return {
    total: select(all, params).length,
    facets: {
      tags: count('tags', (v) => v.tags.map((t) => escaped(t.name))),
      rating: count('rating', (v) => [v.rating ?? 0]),
      duration: count('duration', ranges(['..600', '600..1800', '1800..3600', '3600..7200', '7200..'], (v) => v.duration)),
      height: count('height', ranges(['..479', '480..719', '720..1079', '1080..1439', '1440..2159', '2160..'], side)),
      codec: count('codec', (v) => [v.video_codec]),
      audio: count('audio', (v) => v.audio_codecs),
      language: count('language', (v) => v.audio_languages),
      subtitles: count('subtitles', (v) => v.text_languages),
      folder: count('folder', (v) => (v.folder ? [v.folder.split('/')[0]] : [])),
      container: count('container', (v) => [v.container]),
      watched: count('watched', (v) => [state(v)]),
      added: count('added', (v) => ['1d', '7d', '30d', '365d'].filter((t) => within(v, t))),
    },
  };
}

export function folderItems(videos, parent) {
  const found = new Map();
  for (const v of videos) {
    if (!v.folder || (parent && !v.folder.startsWith(`${parent}/`))) continue;
    const rest = parent ? v.folder.slice(parent.length + 1) : v.folder;
    const folder = parent ? `${parent}/${rest.split('/')[0]}` : rest.split('/')[0];
    const item = found.get(folder) ?? { folder, name: decodeURIComponent(folder.split('/').at(-1)), videos: 0, posters: [] };
    item.videos += 1;
    if (item.posters.length < 4 && v.poster) item.posters.push(v.poster.url);
    found.set(folder, item);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
