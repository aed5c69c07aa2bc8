// A server that pretends, for work on the pages: `npm run mock`, then `npm run dev`. It also serves
// dist/ under the policy that the real server has, so what the policy forbids shows here first.
// COUNT videos (100000), PORT (8787), SLOW milliseconds before each answer, FAIL share of writes that fail.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { answerAdmin, readiness } from './admin.mjs';
import { facets, folderItems, library, select, sorted, tags } from './library.mjs';
import { poster } from './pictures.mjs';
import { addFilms, passed, picture } from './real.mjs';

const env = (name, otherwise) => Number(process.env[name] ?? otherwise);
const { videos, byId } = library(env('COUNT', 100_000));
await addFilms({ videos, byId });
const dist = new URL('../dist/', import.meta.url).pathname;
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const paths = new Set(videos.filter((v) => !v.source).map((v) => `/video/${v.path}`));
const madeUp = (url) => paths.has(url.split('?')[0]) || (url.startsWith('/playback/') && !!byId.get(url.slice(10)) && !byId.get(url.slice(10)).source);
let revision = 1;
let sequence = 0;
let nextId = 100;
let undo;
const streams = new Set();
const playlists = [
  { id: 1, name: 'Rainy Sundays', version: 1, items: videos.slice(40, 58).map((v, i) => ({ item: i + 1, video: v })) },
  { id: 2, name: 'For the train', version: 1, items: videos.slice(100, 106).map((v, i) => ({ item: i + 50, video: v })) },
  { id: 3, name: 'Concert night', version: 1, items: [] },
];

class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

function clip() {
  const folder = join(tmpdir(), 'vidicon-mock');
  const file = join(folder, 'clip.mp4');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'gradients=s=640x360:r=25:d=6:speed=0.05,format=yuv420p', '-c:v', 'libx264', '-g', '25', '-movflags', '+faststart', '-y', file]);
  }
  return file;
}

function tell(type, data) {
  sequence += 1;
  for (const stream of streams) stream.write(`id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}

const shown = ({ n, rank, source, tracks, chapters, posterAt, ...video }) => video;
const personal = (v) => ({ rating: v.rating, favourite: v.favourite, watched: v.watched, resume: v.resume });
const video = (id) => {
  const found = byId.get(id);
  if (!found) throw new Problem(404, `There is no video ${id}.`);
  return found;
};
const list = (items) => ({ items, total: items.length });
const playlist = (id) => {
  const found = playlists.find((p) => p.id === Number(id));
  if (!found) throw new Problem(404, `There is no playlist ${id}.`);
  return found;
};
const brief = (p) => ({ id: p.id, name: p.name, version: p.version, count: p.items.length, duration: p.items.reduce((s, i) => s + i.video.duration, 0), posters: p.items.slice(0, 4).map((i) => i.video.poster?.url).filter(Boolean) });
const tagCounts = () => {
  const counts = new Map();
  for (const v of videos) for (const t of v.tags) counts.set(t.id, (counts.get(t.id) ?? 0) + 1);
  return tags.map((t) => ({ ...t, count: counts.get(t.id) ?? 0 }));
};
const tagNamed = (name) => {
  let tag = tags.find((t) => t.name.toLowerCase() === name.toLowerCase());
  if (!tag) tags.push((tag = { id: (nextId += 1), name, version: 1 }));
  return { id: tag.id, name: tag.name, colour: tag.colour };
};

function act(v, action) {
  if ('tag' in action && !v.tags.some((t) => t.name === action.tag)) v.tags.push(tagNamed(action.tag));
  if ('untag' in action) v.tags = v.tags.filter((t) => t.name !== action.untag);
  if ('rate' in action) v.rating = action.rate ?? undefined;
  if ('favourite' in action) v.favourite = action.favourite;
  if ('watched' in action) v.watched = action.watched;
  if ('hide' in action) v.hidden = action.hide;
  if ('playlist' in action) playlist(action.playlist).items.push({ item: (nextId += 1), video: v });
}

const get = {
  '/videos': (p) => {
    const found = sorted(videos, p, revision);
    const offset = Number(p.get('offset') ?? 0);
    return { items: found.slice(offset, offset + Math.min(200, Number(p.get('limit') ?? 50))).map(shown), total: found.length };
  },
  '/videos/facets': (p) => facets(videos, p),
  '/videos/random': (p) => shown(select(videos, p)[Math.floor(Math.random() * 1000)]),
  '/suggest': (p) => {
    const q = (p.get('q') ?? '').toLowerCase();
    return {
      titles: videos.filter((v) => v.title.toLowerCase().includes(q)).slice(0, 6).map(({ id, title }) => ({ id, title })),
      tags: tags.filter((t) => t.name.toLowerCase().includes(q)).slice(0, 4),
      folders: folderItems(videos, '').filter((f) => f.name.toLowerCase().includes(q)).slice(0, 3),
    };
  },
  '/home': () => ({
    continue: videos.filter((v) => v.resume).slice(0, 14).map(shown),
    added: [...videos.slice(0, 3000)].sort((a, b) => (a.added < b.added ? 1 : -1)).slice(0, 20).map(shown),
    favourites: videos.filter((v) => v.favourite).slice(0, 20).map(shown),
    collections: folderItems(videos, ''),
    random: videos.slice(500, 512).map(shown),
  }),
  '/folders': (p) => list(folderItems(videos, p.get('parent') ?? '')),
  '/tags': () => list(tagCounts()),
  '/playlists': () => list(playlists.map(brief)),
  '/history': () => ({ items: videos.slice(0, 60).map((v, i) => ({ id: 60 - i, video: shown(v), started: new Date(Date.now() - i * 7_500_000).toISOString(), position: v.duration * ((i * 37) % 100) / 100 })) }),
  '/duplicates': () => ({ items: videos.filter((v) => v.copies > 1).slice(0, 60).map((v) => ({ video: shown(v), files: [v.path, `Backup/${v.path}`].map((path) => ({ path, root: 'videos', size: v.size, modified: v.added, state: 'present' })) })) }),
  '/problems': () => ({ items: [
    { path: 'Clips/broken.mp4', root: 'videos', found: '2026-10-02T08:00:00Z', problem: 'The file ends before its index: it was probably not copied whole. Copy it again.' },
    { path: 'Home/old%20tape.avi', root: 'videos', found: '2026-09-14T18:20:00Z', problem: 'No picture could be read: coding "dvsd" is not known.', video: videos[7].id },
  ] }),
  '/undo': () => (undo ? { undo: { id: undo.id, label: undo.label } } : {}),
  '/scan': () => ({ state: 'idle', seen: videos.length, expected: videos.length, read: 0, since: new Date().toISOString(), took: 12.5 }),
  '/watcher': () => ({ roots: [{ root: 'videos', mode: 'notified' }] }),
  '/session': () => ({ role: 'viewer', name: 'Household', local: true, password_set: false }),
};

function answer(method, parts, params, body, request) {
  const [noun, id, what, name] = parts;
  const told = answerAdmin(method, parts, params, body, { videos, tell, refuse: (status, detail) => new Problem(status, detail) });
  if (told !== undefined) return told;
  if (method === 'GET' && get[`/${parts.join('/')}`]) return get[`/${parts.join('/')}`](params);
  if (method !== 'GET' && Math.random() < env('FAIL', 0)) throw new Problem(503, 'The mock fails on purpose.');
  if (method !== 'GET') revision += ['rating', 'progress', 'view', 'favourite'].includes(what) ? 0 : 1;
  if (noun === 'videos' && id) {
    const v = video(id);
    if (method === 'GET' && !what) return { ...shown(v), description: 'A film that was made up.', files: [{ path: v.path, root: 'videos', size: v.size, modified: v.added, state: 'present' }], tracks: v.tracks ?? [], chapters: v.chapters ?? [{ start: 0, title: 'One' }, { start: v.duration / 2, title: 'Two' }], playlists: playlists.filter((p) => p.items.some((i) => i.video === v)).map(({ id, name }) => ({ id, name })), urls: { file: `/video/${v.path}`, hls: `/hls/${v.id}/master.m3u8`, dash: `/dash/${v.id}/manifest.mpd`, clip: `/clip/${v.id}.mp4`, watch: `/watch/${v.id}` } };
    if (method === 'PATCH') {
      if (request.headers['if-match'] !== `"v${v.version}"`) throw new Problem(412, 'Somebody else changed this video meanwhile.');
      Object.assign(v, body, { version: v.version + 1 });
      tell('videos', { added: [], changed: [v.id], removed: [] });
      return shown(v);
    }
    if (what === 'tags') {
      if (method === 'PUT' && !name) v.tags = body.map(tagNamed);
      else act(v, method === 'PUT' ? { tag: name } : { untag: name });
      tell('videos', { added: [], changed: [v.id], removed: [] });
      return { items: v.tags };
    }
    if (what === 'rating') v.rating = body.rating ?? undefined;
    if (what === 'favourite') v.favourite = body.favourite;
    if (what === 'watched') Object.assign(v, { watched: body.watched, resume: undefined });
    if (what === 'progress') v.resume = body.position;
    if (what === 'view') v.views += 1;
    if (what === 'rating') tell('rating', { id: v.id, rating: v.rating ?? null });
    if (what === 'favourite') tell('favourite', { id: v.id, favourite: v.favourite });
    if (what === 'view') tell('views', { id: v.id, views: v.views });
    if (what === 'poster') return shown(v);
    if (what === 'view') return { views: v.views };
    return personal(v);
  }
  if (noun === 'tags') {
    if (method === 'POST' && !id) return tagNamed(body.name);
    const tag = tags.find((t) => t.id === Number(id));
    if (!tag) throw new Problem(404, 'There is no such tag.');
    if (method === 'PATCH') {
      if (body.name && tags.some((t) => t !== tag && t.name.toLowerCase() === body.name.toLowerCase())) throw new Problem(409, `There is a tag “${body.name}” already. Merge the two instead.`);
      Object.assign(tag, body, { version: tag.version + 1 });
    } else tags.splice(tags.indexOf(tag), 1);
    const into = what === 'merge' ? tags.find((t) => t.id === body.into) : tag;
    for (const v of videos) {
      if (!v.tags.some((t) => t.id === tag.id)) continue;
      v.tags = v.tags.filter((t) => t.id !== tag.id && t.id !== into.id);
      if (method !== 'DELETE') v.tags.push({ id: into.id, name: into.name, colour: into.colour });
    }
    tell('tags', {});
    return tag;
  }
  if (noun === 'playlists') {
    if (method === 'POST' && !id) {
      const made = { id: (nextId += 1), name: body.name, version: 1, items: [] };
      playlists.push(made);
      return brief(made);
    }
    const p = playlist(id);
    if (method === 'GET') return { ...brief(p), items: p.items.map((i) => ({ item: i.item, video: shown(i.video) })) };
    p.version += 1;
    if (method === 'PATCH') p.name = body.name;
    if (method === 'DELETE' && !what) playlists.splice(playlists.indexOf(p), 1);
    if (method === 'DELETE' && what) p.items = p.items.filter((i) => i.item !== Number(name));
    if (method === 'POST' && !name) p.items.splice(body.at ?? p.items.length, 0, ...body.videos.map((v) => ({ item: (nextId += 1), video: video(v) })));
    if (method === 'POST' && name) {
      const [moved] = p.items.splice(p.items.findIndex((i) => i.item === Number(name)), 1);
      const before = p.items.findIndex((i) => i.item === body.before);
      p.items.splice(before < 0 ? p.items.length : before, 0, moved);
    }
    tell('playlists', { id: p.id });
    return { ...brief(p), items: p.items.map((i) => ({ item: i.item, video: shown(i.video) })) };
  }
  if (noun === 'batch') {
    const meant = body.select.ids?.map(video) ?? select(videos, new URLSearchParams(body.select.query));
    const before = meant.map((v) => [v, { ...v, tags: [...v.tags] }]);
    for (const v of meant) act(v, body.action);
    undo = { id: (nextId += 1), label: `${Object.keys(body.action)[0]} ${meant.length}`, before };
    tell('videos', { added: [], changed: meant.slice(0, 200).map((v) => v.id), removed: [] });
    return { changed: meant.length, undo: { id: undo.id, label: undo.label } };
  }
  if (noun === 'undo') {
    if (!undo) throw new Problem(404, 'There is nothing to take back.');
    for (const [v, old] of undo.before) Object.assign(v, { rating: undefined }, old);
    tell('videos', { added: [], changed: undo.before.slice(0, 200).map(([v]) => v.id), removed: [] });
    const { id: number, label } = undo;
    undo = undefined;
    return { undo: { id: number, label } };
  }
  throw new Problem(404, `Nothing is at ${parts.join('/')}.`);
}

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

function page(pathname, request, response) {
  const wanted = normalize(join(dist, pathname));
  const file = wanted.startsWith(dist) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(dist, 'index.html');
  const br = (request.headers['accept-encoding'] ?? '').includes('br') && existsSync(`${file}.br`);
  response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': policy, ...(br ? { 'Content-Encoding': 'br' } : {}), 'Cache-Control': file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache' });
  response.end(readFileSync(br ? `${file}.br` : file));
}

function film(request, response) {
  const file = clip();
  const { size } = statSync(file);
  const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '');
  const from = range ? Number(range[1]) : 0;
  const to = range?.[2] ? Number(range[2]) : size - 1;
  response.writeHead(range ? 206 : 200, { 'Content-Type': 'video/mp4', 'Accept-Ranges': 'bytes', 'Content-Length': to - from + 1, ...(range ? { 'Content-Range': `bytes ${from}-${to}/${size}` } : {}) });
  createReadStream(file, { start: from, end: to }).pipe(response);
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://mock');
  if (passed(request, response, madeUp)) return;
  if (url.pathname === '/admin/cache/refresh') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    return response.end('{}');
  }
  if (url.pathname === '/ready') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    return response.end(JSON.stringify(process.env.WELL ? { status: 'ready', conditions: [] } : readiness));
  }
  if (url.pathname === '/admin/cache/refresh') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    return response.end(JSON.stringify({ entries: 0, hits: 0, misses: 0, hit_rate: 0, ttl_seconds: 60 }));
  }
  const played = /^\/playback\/(\w+)$/.exec(url.pathname) && byId.get(url.pathname.slice(10));
  if (played) {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    return response.end(JSON.stringify({ id: played.id, path: played.path, container: 'mp4', duration_seconds: played.duration, method: 'direct', delivery: 'file', tracks: [1], reasons: ['track 1: the client decodes avc1.64001f', 'the client opens mp4 files, so it gets the file as it is'], urls: { file: `/video/${played.path}` }, notes: [] }));
  }
  if (!url.pathname.startsWith('/api/v1/')) {
    if (/^\/(video|clip)\//.test(url.pathname)) return film(request, response);
    return page(url.pathname, request, response);
  }
  const parts = url.pathname.slice(8).split('/').map(decodeURIComponent);
  if (parts[0] === 'events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('retry: 2000\n\n');
    streams.add(response);
    response.on('close', () => streams.delete(response));
    return;
  }
  if (parts[0] === 'videos' && (await picture(parts[1], parts[2], response))) return;
  const poses = /^poster\.|^preview/.test(parts[2] ?? '') && byId.get(parts[1]);
  if (poses && parts[2] === 'preview.mp4') return film(request, response);
  if (poses) {
    response.writeHead(200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'public, max-age=31536000, immutable' });
    return response.end(poster(poses.n + 1, poses.poster.width, poses.poster.height));
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let status = 200;
  let answered;
  try {
    answered = answer(request.method, parts, url.searchParams, chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {}, request);
  } catch (error) {
    status = error instanceof Problem ? error.status : 500;
    answered = { type: 'about:blank', title: 'Problem', status, detail: String(error.message) };
  }
  setTimeout(() => {
    response.writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' });
    response.end(JSON.stringify(answered));
  }, env('SLOW', 0));
}).listen(env('PORT', 8787), '127.0.0.1', () => console.log(`http://127.0.0.1:${env('PORT', 8787)}, ${videos.length} videos`));
