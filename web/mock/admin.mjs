// What administrators are told by the server that pretends. SESSION: local (no password yet), local-set, out, none.
const started = new Date(Date.now() - 93 * 3600_000).toISOString();
const iso = (ms) => new Date(ms).toISOString();
let session = process.env.SESSION ?? 'local-set';
let load;
let report;
let scanning;
let reports = [{ folder: '/srv/videos', files: ['ratings.json', 'views.json', 'favorites.json'], known: true, matched: 1204, ratings: 0, favourites: 0, views: 0, tags: 0, unmatched: [{ name: 'old/holiday.avi', reason: 'no file has this name' }, { name: 'clip.mp4', reason: '3 files are called so: Clips/clip.mp4, Home/clip.mp4, Concerts/clip.mp4' }], unmatched_count: 2, malformed: [{ file: 'ratings.json', entry: '"x.mp4": 9', reason: 'a rating is 1 to 5' }] }];
const sessions = [
  { id: '1f', role: 'admin', created: iso(Date.now() - 3_600_000), used: iso(Date.now() - 20_000), ends: iso(Date.now() + 6e8), address: '192.168.1.23', agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', current: true },
  { id: '2e', role: 'admin', created: iso(Date.now() - 86_400_000 * 3), used: iso(Date.now() - 86_400_000), ends: iso(Date.now() + 3e8), address: '192.168.1.40', agent: 'Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile Safari/604.1', current: false },
];

const wave = (at, length, low, high, rough = 0.3) => {
  const noise = Math.abs(Math.sin(at * 12.9898) * 43758.5453) % 1;
  return low + (high - low) * Math.max(0, (0.5 + 0.5 * Math.sin(at / length)) * (1 - rough) + noise * rough);
};
const sample = (second, whole) => {
  const evening = Math.max(0.06, Math.sin(((second / 3600) % 24) / 24 * Math.PI * 2 - 2.4) * 0.5 + 0.5);
  return {
    at: iso(second * 1000), requests_per_second: Math.round(wave(second, 37, 6, 46) * evening), failed: 0,
    bytes_per_second: Math.round(wave(second, 53, 8e6, 42e6) * evening), p95_us: Math.round(wave(second, 29, 600, 4200, 0.6)),
    cpu_process_permille: Math.round(wave(second, 41, 90, 520) * evening), cpu_machine_permille: Math.round(wave(second, 61, 120, 430)),
    memory_resident: Math.round(wave(second, 900, 66e6, 78e6, 0.02)), streams: Math.round(wave(second, 120, 1, 6) * evening), connections: Math.round(wave(second, 90, 9, 34) * evening) * (whole ? 1 : 1),
  };
};
const window = (seconds, each) => {
  const requests = Math.round(each * seconds);
  return { seconds, requests, failed: 0, bytes: Math.round(requests * 180_000), requests_per_second: each, bytes_per_second: Math.round(each * 180_000), p50_us: 420 + Math.round(each * 9), p95_us: 1800 + Math.round(each * 60), p99_us: 5200 + Math.round(each * 160), max_us: 61_000 };
};
const routes = [['files', 9.2], ['hls', 6.4], ['api_videos', 3.1], ['api_poster', 12.8], ['page', 0.2], ['playback', 0.1], ['dash', 0], ['api_batch', 0.01]];

function status(since, videos) {
  const now = Math.floor(Date.now() / 1000);
  const after = since ? Math.floor(Date.parse(since) / 1000) : 0;
  const seconds = [];
  for (let s = Math.max(after + 1, now - 299); s <= now; s += 1) seconds.push(sample(s));
  const minutes = [];
  for (let m = Math.ceil(Math.max(after + 1, now - 86_340) / 60) * 60; m <= now; m += 60) minutes.push(sample(m, true));
  const film = (n) => videos[n % videos.length];
  return {
    at: iso(now * 1000), started, version: '0.4.0', connections: 17, requests: { ...window(60, 31.9), p95_us: sample(now).p95_us },
    routes: routes.map(([route, each]) => ({ route, last_minute: window(60, each), last_5_minutes: { ...window(300, each * 0.8), failed: route === 'files' ? 2 : 0 }, last_hour: window(3600, each * 0.5) })),
    streams: [
      { address: '192.168.1.23', agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36', what: film(20).id, route: 'hls', since: iso(Date.now() - 41 * 60_000), last: iso(Date.now()), requests: 412, open: 1, bytes: 1_832_000_000, bytes_per_second: 742_000 },
      { address: '192.168.1.31', agent: 'Mozilla/5.0 (SMART-TV; Linux; Tizen 9.0) Version/9.0 TV Safari/537.36', what: decodeURIComponent(film(7).path), route: 'files', since: iso(Date.now() - 12 * 60_000), last: iso(Date.now()), requests: 9, open: 1, bytes: 2_410_000_000, bytes_per_second: 3_120_000 },
      { address: '192.168.1.50', agent: 'VLC/3.0.24 LibVLC/3.0.24', what: 'Concerts/Live at the Harbour <b>.mkv', route: 'files', since: iso(Date.now() - 3 * 60_000), last: iso(Date.now() - 30_000), requests: 3, open: 0, bytes: 204_000_000, bytes_per_second: 0 },
    ],
    cpu: { cores: 4, process_permille: sample(now).cpu_process_permille, machine_permille: sample(now).cpu_machine_permille },
    memory: { resident: sample(now).memory_resident, machine_total: 8.2e9, machine_available: 5.1e9 },
    disks: [{ purpose: 'media', path: '/srv/videos', total: 8e12, available: 1.2e12 }, { purpose: 'media', path: '/mnt/nas/films', total: 24e12, available: 0.4e12 }, { purpose: 'data', path: '/var/lib/vidicon', total: 256e9, available: 96e9 }],
    caches: [{ name: 'lists', entries: 214, hits: 91_204, misses: 4820 }, { name: 'open films', entries: 38, hits: 18_022, misses: 391 }, { name: 'segments laid out', entries: 802, hits: 2212, misses: 1904 }],
    troubles: [
      { at: iso(Date.now() - 240_000), status: 503, reason: 'its drive is away', method: 'GET', path: '/video/Films/Heat.mkv', address: '192.168.1.31' },
      { at: iso(Date.now() - 3_900_000), status: 401, reason: 'password_wrong', method: 'POST', path: '/api/v1/session', address: '192.168.1.77' },
      { at: iso(Date.now() - 8_100_000), reason: 'handshake', method: '', path: '', address: '192.168.1.77' },
    ],
    history: { seconds, minutes },
  };
}

const words = [
  ['info', 'vidicon_library::scans', 'media folders looked through', { unchanged: 98397, read: 12, gone: 3, took_ms: 1840 }],
  ['warn', 'vidicon_library::scans', 'a media folder is looked through at intervals', { folder: '/mnt/nas/films', reason: 'it is on a drive of kind nfs, which does not tell of changes made elsewhere' }],
  ['info', 'vidicon::access', 'an administrator signed in', { remote: '192.168.1.23:50122' }],
  ['error', 'delivery::films', 'a film could not be read', { path: 'Clips/broken.mp4', error: 'the file ends before its index' }],
  ['debug', 'artwork::studio', 'a storyboard was made', { video: '7mzv0chnfn2eksb307ge0st6vh', sheets: 2, took_ms: 913 }],
  ['warn', 'api::access', 'request refused', { remote: '192.168.1.77:40122', path: '/api/v1/admin/status', reason: 'session_missing' }],
];
const order = ['error', 'warn', 'info', 'debug', 'trace'];
const first = Date.now() - 200_000;
const line = (number) => {
  const [level, target, message, fields] = words[(number * 7) % words.length];
  return { number, at: iso(first + number * 1000), level, target, message, fields: Object.entries(fields).map(([name, value]) => ({ name, value: String(value) })) };
};

function latencies(scale) {
  return { p50_us: 400 * scale, p95_us: 2100 * scale, p99_us: 6400 * scale, max_us: 24_000 * scale };
}

function loaded() {
  if (!load) return { ...(report ? { report } : {}) };
  const elapsed = Date.now() - load.at;
  if (elapsed >= load.seconds * 1000) {
    const kinds = [['list', 820, 1], ['video', 640, 1], ['poster', 2310, 0.6], ['playlist', 310, 2], ['segment', 1490, 4], ['range', 905, 5]];
    report = {
      target: 'http://127.0.0.1:9000', mode: load.mode, connections: load.connections, duration_ms: load.seconds * 1000, requests: 6475, errors: 2, bytes: 4.1e9, requests_per_second: 6475 / load.seconds, bytes_per_second: 4.1e9 / load.seconds, whole: latencies(2),
      kinds: kinds.map(([kind, requests, scale]) => ({ kind, requests, errors: kind === 'range' ? 2 : 0, bytes: requests * 300_000 * scale, requests_per_second: requests / load.seconds, first: latencies(scale / 2), whole: latencies(scale) })),
      failures: [{ what: 'range: status 503', count: 2 }],
    };
    load = undefined;
    return { report };
  }
  return { running: { elapsed_ms: elapsed, of_ms: load.seconds * 1000, requests: Math.round(elapsed * 0.65), errors: 0, bytes: elapsed * 4e5 } };
}

/** The answer, or undefined if it is somebody else's; `refuse(status, detail)` makes an error. */
export function answerAdmin(method, parts, params, body, { videos, tell, refuse }) {
  const at = parts.join('/');
  const may = session.startsWith('local') || session === 'in';
  if (at === 'session') {
    if (method === 'POST') {
      if (body.password !== 'correct horse') throw refuse(401, 'this is not the administrator’s password');
      session = 'in';
    }
    if (method === 'DELETE') session = 'out';
    return { role: may || session === 'in' ? 'admin' : 'viewer', name: may ? 'administrator' : 'household', local: session.startsWith('local'), password_set: session !== 'local' && session !== 'none' };
  }
  if (!['admin', 'sessions', 'scan', 'watcher', 'thumbnails', 'import'].includes(parts[0])) return undefined;
  if (!may && parts[0] !== 'watcher' && !(parts[0] === 'scan' && method === 'GET')) throw refuse(401, 'this is for administrators: sign in first');
  if (at === 'admin/status') return status(params.get('since'), videos);
  if (at === 'admin/password') {
    if (session === 'local') session = 'local-set';
    return {};
  }
  if (at === 'admin/logs') {
    const newest = Math.floor((Date.now() - first) / 1000);
    const after = params.has('after') ? Number(params.get('after')) : Math.max(0, newest - 200);
    const items = [];
    for (let n = after + 1; n <= newest && items.length < Number(params.get('limit') ?? 200); n += 1) {
      const one = line(n);
      if (n % 3 && order.indexOf(one.level) <= order.indexOf(params.get('level') ?? 'trace')) items.push(one);
    }
    return { items, next: newest, lost: false };
  }
  if (at === 'admin/loadtest') {
    if (method === 'POST') load = { at: Date.now(), ...body };
    if (method === 'DELETE') load = undefined;
    return loaded();
  }
  if (parts[0] === 'sessions') {
    if (method === 'DELETE') sessions.splice(sessions.findIndex((s) => s.id === parts[1]), 1);
    return { items: sessions, total: sessions.length };
  }
  if (at === 'scan') {
    if (method === 'POST' && !scanning) {
      scanning = { at: Date.now() };
      const step = setInterval(() => {
        const state = scanState(videos);
        // The event has its times in milliseconds.
        const { since, took, ...rest } = state;
        tell('scan', { ...rest, since_ms: Date.parse(since), took_ms: took === undefined ? null : took * 1000 });
        if (state.state === 'idle') clearInterval(step);
      }, 500);
    }
    if (method === 'DELETE') scanning = undefined;
    return scanState(videos);
  }
  if (at === 'watcher') return { roots: [{ root: '/srv/videos', mode: 'notified' }, { root: '/mnt/nas/films', mode: 'polled', reason: 'it is on a drive of kind nfs, which does not tell of changes made elsewhere' }] };
  if (at === 'thumbnails') return { videos: body.all ? videos.length : 12 };
  if (at === 'import') {
    if (method !== 'POST') return { items: reports, total: reports.length };
    if (!body.folder.startsWith('/')) throw refuse(422, `${body.folder} is no folder that can be read: write its whole path`);
    const made = { ...reports[0], folder: body.folder, known: false, ratings: 204, favourites: 31, views: 290, tags: 88 };
    reports = [made, ...reports.filter((one) => one.folder !== made.folder)];
    return made;
  }
  return undefined;
}

function scanState(videos) {
  const all = videos.length;
  if (!scanning) return { state: 'idle', seen: all, expected: all, read: 12, since: iso(Date.now() - 1_500_000), took: 1.84 };
  const share = (Date.now() - scanning.at) / 8000;
  if (share >= 1) {
    scanning = undefined;
    return scanState(videos);
  }
  return { state: 'running', seen: Math.round(all * share), expected: all, read: Math.round(share * 12), since: iso(scanning?.at ?? Date.now()) };
}

/** What /ready says. */
export const readiness = { status: 'degraded', conditions: [{ state: 'degraded', what: 'the certificate ends in 9 days', mend: 'renew it, or let Vidicon make one: tls: self-signed' }] };
