// Texts of the pages. English is always there; another language is loaded before the first page.
import * as format from '../format';
import { settings } from '../settings.svelte';
import en from './en.json';
import { fill, type Entry } from './fill';

export type Key = keyof typeof en;
export type Params = Record<string, string | number>;

const others = { de: () => import('./de.json') } as const;
type Texts = Record<string, Entry>;

let texts = $state.raw<Texts>(en);
let tag = $state('en');

/** The tag of the language that is shown, for Intl. */
export function language(): string {
  return tag;
}

/** The text of a key. `n` among the parameters picks the plural form. */
export function t(key: Key, params: Params = {}): string {
  return fill(texts[key] ?? en[key], params, tag, key);
}

/** Loads what the settings ask for. A language that cannot be loaded leaves English. */
export async function loadLanguage(): Promise<void> {
  const wanted = settings.language === 'system' ? preferred() : settings.language;
  if (wanted === 'de') {
    try {
      const german = (await others.de()).default;
      // Another one may have been chosen meanwhile.
      if ((settings.language === 'system' ? preferred() : settings.language) !== 'de') return;
      texts = german;
      tag = region('de');
    } catch {
      texts = en;
      tag = region('en');
    }
  } else {
    texts = en;
    tag = region('en');
  }
  document.documentElement.lang = tag;
}

/** Formats in the language of the page. */
export const f = {
  number: (value: number) => format.number(value, tag),
  compact: (value: number) => format.compact(value, tag),
  bytes: (value: number) => format.bytes(value, tag),
  bitRate: (value: number) => format.bitRate(value, tag),
  date: (time: string) => format.date(time, tag),
  dateTime: (time: string) => format.dateTime(time, tag),
  time: (time: string) => format.time(time, tag),
  longDay: (time: string) => format.longDay(time, new Date(), tag),
  day: (ago: number) => format.dayAgo(ago, tag),
  ago: (time: string) => format.ago(time, Date.now(), tag),
  duration: (seconds: number) => format.longDuration(seconds, tag),
  language: (value: string) => format.languageName(value, tag),
};

function preferred(): 'en' | 'de' {
  for (const wanted of navigator.languages) {
    const base = wanted.slice(0, 2).toLowerCase();
    if (base === 'de' || base === 'en') return base;
  }
  return 'en';
}

/** The reader's own region of the language, so that numbers and dates look as at home. */
function region(base: string): string {
  return navigator.languages.find((wanted) => wanted.toLowerCase().startsWith(base)) ?? base;
}
