// Numbers, lengths and times as text, in the language of the page. Time codes are the same in all.

/** Intl's formats are dear to make and cheap to use: there is one of each kind for each language. */
function kept<T>(make: (language: string, options: object) => T): (language: string, options?: object) => T {
  const all = new Map<string, T>();
  return (language, options = {}) => {
    const key = language + JSON.stringify(options);
    const before = all.get(key);
    if (before !== undefined) return before;
    const made = make(language, options);
    all.set(key, made);
    return made;
  };
}

const numbers = kept((language, options) => new Intl.NumberFormat(language, options));
const dates = kept((language, options) => new Intl.DateTimeFormat(language, options));
const relative = kept((language, options) => new Intl.RelativeTimeFormat(language, options));
const names = kept((language) => new Intl.DisplayNames(language, { type: 'language' }));
const plurals = kept((language, options) => new Intl.PluralRules(language, options));

/** `one`, `other` and so on: the form that goes with a number. */
export function pluralForm(n: number, language: string): string {
  return plurals(language).select(n);
}

/** `0:00:07`, `1:02:03`: always with hours, so that they can be compared and nothing moves while they count. Seconds. */
export function timeCode(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const two = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** `2 hr 3 min`, for sentences and screen readers. */
export function longDuration(seconds: number, language: string): string {
  const whole = Math.max(0, Math.round(seconds));
  const h = Math.floor(whole / 3600);
  const m = Math.round((whole % 3600) / 60);
  const unit = (n: number, unit: string) =>
    numbers(language, { style: 'unit', unit, unitDisplay: 'short' }).format(n);
  if (whole < 60) return unit(whole, 'second');
  if (!h) return unit(m, 'minute');
  return m ? `${unit(h, 'hour')} ${unit(m, 'minute')}` : unit(h, 'hour');
}

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** `1.4 GB`: powers of a thousand, as discs are sold. */
export function bytes(count: number, language: string): string {
  const power = count < 1000 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return numbers(language, {
    style: 'unit', unit: sizes[power] ?? 'byte', unitDisplay: 'short',
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value);
}

/** `8.2 Mb/s` of bits per second. */
export function bitRate(bits: number, language: string): string {
  const unit = bits >= 1e6 ? 'megabit-per-second' : 'kilobit-per-second';
  return numbers(language, { style: 'unit', unit, maximumFractionDigits: bits >= 1e6 ? 1 : 0 })
    .format(bits / (bits >= 1e6 ? 1e6 : 1e3));
}

export function number(value: number, language: string): string {
  return numbers(language).format(value);
}

/** `12K`, `1.3M` where there is little room. */
export function compact(value: number, language: string): string {
  return numbers(language, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

export function date(time: string, language: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? '' : dates(language, { dateStyle: 'medium' }).format(at);
}

export function dateTime(time: string, language: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return '';
  return dates(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** `21:40`. */
export function time(time: string, language: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? '' : dates(language, { timeStyle: 'short' }).format(at);
}

/** `Friday, 20 November`, with the year where it is another. */
export function longDay(time: string, now: Date, language: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return '';
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
  return dates(language, { weekday: 'long', day: 'numeric', month: 'long', ...year }).format(at);
}

/** `today`, `yesterday`, as a heading. */
export function dayAgo(days: number, language: string): string {
  const text = relative(language, { numeric: 'auto' }).format(-days, 'day');
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600], ['month', 2_629_800], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60],
];

/** `3 days ago`, seen from `now` (milliseconds since 1970). */
export function ago(time: string, now: number, language: string): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return '';
  const format = relative(language, { numeric: 'auto' });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, 'second');
}

/** The name of a resolution by its smaller side, or nothing below DVD's. */
export function resolution(width: number, height: number): string | undefined {
  const side = Math.min(width, height) || height;
  // A wide film that was cut at top and bottom is as sharp as its width says.
  const lines = Math.max(side, Math.round((Math.max(width, height) * 9) / 16 / 10) * 10);
  if (side === 0) return undefined;
  if (lines >= 4000) return '8K';
  if (lines >= 2000) return '4K';
  if (lines >= 1400) return '1440p';
  if (lines >= 1000) return 'HD';
  if (lines >= 700) return '720p';
  return undefined;
}

/** How much was seen, 0 to 1. */
export function progress(position: number | undefined, duration: number): number {
  if (!position || duration <= 0) return 0;
  return Math.min(1, Math.max(0, position / duration));
}

/** The name of a language by its tag, the tag itself where nobody knows it. */
export function languageName(tag: string, language: string): string {
  try {
    return names(language).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A folder's path, which is in the form of a URL, as text for people. */
export function folderText(folder: string): string {
  return folder.split('/').map(decoded).join(' / ');
}

/** Its last component. */
export function folderName(folder: string): string {
  return decoded(folder.split('/').at(-1) ?? '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
