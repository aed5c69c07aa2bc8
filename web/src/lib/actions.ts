// What can be done with one video, as a menu.
import { batch } from './batch';
import { copyText } from './copy';
import { dialogs } from './dialogs.svelte';
import { t } from './i18n/index.svelte';
import { watchUrl } from './router';
import type { Item } from './menus.svelte';
import type { VideoState } from './videos.svelte';

export function videoMenu(video: VideoState, href = watchUrl(video.id)): Item[] {
  const { watched, hidden } = video.data;
  return [
    { label: t('play'), icon: 'play', href },
    { label: t('playlist.add'), icon: 'playlist', run: () => dialogs.show({ kind: 'playlist', subject: { video } }) },
    { label: t('tags.edit'), icon: 'tag', run: () => dialogs.show({ kind: 'tags', subject: { video } }) },
    { label: watched ? t('watched.no') : t('watched.yes'), icon: 'check', run: () => video.watched(!watched) },
    { label: t('copyLink'), icon: 'link', run: () => void copyText(href) },
    { label: hidden ? t('unhide') : t('hide'), icon: 'eyeOff', apart: true, run: () => void batch({ ids: [video.id] }, { hide: !hidden }) },
  ];
}

/** Letters and digits that act on the video that has the focus. True: it was one of them. */
export function videoKey(video: VideoState, key: string): boolean {
  if (/^[1-5]$/.test(key)) video.rate(Number(key));
  else if (key === '0') video.rate(undefined);
  else if (key === 'f') video.favourite(!video.data.favourite);
  else if (key === 'w') video.watched(!video.data.watched);
  else if (key === 't') dialogs.show({ kind: 'tags', subject: { video } });
  else if (key === 'p') dialogs.show({ kind: 'playlist', subject: { video } });
  else return false;
  return true;
}
