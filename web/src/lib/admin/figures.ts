// Numbers as operators read them: three digits and a unit.

/** `870 µs`, `4.2 ms`, `1.3 s` of microseconds. */
export function latency(us: number, language: string): string {
  const [value, unit] = us < 1000 ? [us, 'microsecond'] : us < 1_000_000 ? [us / 1000, 'millisecond'] : [us / 1_000_000, 'second'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 && us >= 1000 ? 1 : 0 }).format(value);
}

/** `12 %` of thousandths. */
export function percent(permille: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: permille < 100 ? 1 : 0 }).format(permille / 1000);
}

/** `0.4`, `12`, `1,240`. */
export function rate(value: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

/** The share of hits, in thousandths; undefined before anything was asked for. */
export function hitRate(hits: number, misses: number): number | undefined {
  const all = hits + misses;
  return all > 0 ? Math.round((hits / all) * 1000) : undefined;
}

/** The name of a program out of what it says of itself. */
export function program(agent: string): string {
  const known: [RegExp, string][] = [
    [/\bVLC\/([\d.]+)/, 'VLC'], [/\bmpv[ /]([\d.]+)?/i, 'mpv'], [/\bKodi\/([\d.]+)/, 'Kodi'], [/\bLavf\/([\d.]+)/, 'ffmpeg'], [/\bAppleCoreMedia\/([\d.]+)/, 'Apple player'],
    [/\bcurl\/([\d.]+)/, 'curl'], [/\bEdg\/(\d+)/, 'Edge'], [/\bFirefox\/(\d+)/, 'Firefox'], [/\b(?:Headless)?Chrom(?:e|ium)\/(\d+)/, 'Chromium'], [/\bVersion\/(\d+).*Safari/, 'Safari'],
  ];
  for (const [pattern, name] of known) {
    const found = pattern.exec(agent);
    if (found) return [name, found[1]].filter(Boolean).join(' ');
  }
  return agent.split(/[\s/]/)[0]?.slice(0, 40) ?? '';
}

/** The path of a line through values, in a box; the highest value touches its top. */
export function sparkline(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const most = Math.max(...values, 1e-9);
  const step = width / (values.length - 1);
  return values.map((value, i) => `${i ? 'L' : 'M'}${(i * step).toFixed(1)} ${(height - 1 - (Math.max(0, value) / most) * (height - 2)).toFixed(1)}`).join('');
}
