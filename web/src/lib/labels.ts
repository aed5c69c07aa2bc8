// What a filter's value is called.
import type { Facet } from './api/types';
import { listName, parseRange, type FilterKey } from './filters';
import { folderText } from './format';
import { f, t } from './i18n/index.svelte';

/** The text of one value; `known`: what the server or the tags say it is called. */
export function valueLabel(key: FilterKey, value: string, known?: string): string {
  switch (key) {
    case 'rating': {
      const range = parseRange(value);
      if (range?.to === 0 || value === '0') return t('rating.none');
      const n = range?.from ?? Number(value);
      return n >= 5 || !range ? t('stars', { n }) : t('rating.orMore', { n });
    }
    case 'duration': {
      const range = parseRange(value);
      if (!range) return value;
      if (range.from === undefined) return t('range.below', { value: f.duration(range.to ?? 0) });
      if (range.to === undefined) return t('range.above', { value: f.duration(range.from) });
      return t('range.between', { from: f.duration(range.from), to: f.duration(range.to) });
    }
    case 'height': {
      const named: Record<string, string> = { '..479': t('height.small'), '480..719': 'SD', '720..1079': 'HD 720', '1080..1439': 'Full HD', '1440..2159': '1440p', '2160..': '4K' };
      return named[value] ?? value;
    }
    case 'watched':
      return value === 'yes' ? t('watched') : value === 'begun' ? t('watched.begun') : t('watched.not');
    case 'favourite':
      return value === 'no' ? t('favourite.not') : t('favourites');
    case 'added': {
      const days = /^(\d{1,5})d$/.exec(value);
      return days ? t('added.within', { n: Number(days[1]) }) : value;
    }
    case 'language':
    case 'subtitles':
      return f.language(value);
    case 'folder':
      return folderText(value);
    case 'hidden':
      return value === 'all' ? t('hidden.all') : t('hidden.only');
    case 'away':
      return value === 'all' ? t('away.all') : t('away.only');
    case 'problem':
      return t('problem.only');
    case 'codec':
    case 'audio':
    case 'container':
      return codecs[value.toLowerCase()] ?? known ?? value;
    default:
      return known ?? value;
  }
}

/** What a chip says: the value, and what kind it is where the value alone does not tell. */
export function chipLabel(key: FilterKey, value: string, facets?: Record<string, Facet[]>): string {
  if (key === 'tags' || key === 'any_tags' || key === 'not_tags') {
    const name = listName(value);
    return key === 'not_tags' ? t('chip.not', { name }) : name;
  }
  const label = valueLabel(key, value, facets?.[key]?.find((facet) => facet.value === value)?.label);
  if (key === 'subtitles') return t('chip.subtitles', { name: label });
  if (key === 'language') return t('chip.language', { name: label });
  return label;
}

const codecs: Record<string, string> = {
  h264: 'H.264', avc: 'H.264', hevc: 'HEVC', h265: 'HEVC', av1: 'AV1', vp9: 'VP9', vp8: 'VP8', aac: 'AAC', opus: 'Opus',
  'ac-3': 'Dolby Digital', 'ec-3': 'Dolby Digital Plus', flac: 'FLAC', mp3: 'MP3', mp4: 'MP4', mkv: 'Matroska', webm: 'WebM', matroska: 'Matroska',
};
