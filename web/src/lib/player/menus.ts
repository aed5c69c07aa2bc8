// What the player's menus offer, as their items.
import { f, language, t } from '../i18n/index.svelte';
import type { Item } from '../menus.svelte';
import type { Choosable } from './engine';
import { speeds } from './keys';
import type { Playing } from './playing.svelte';

/** The name of a track: what it is called, and its language where the name does not say it. */
export function trackName(track: Choosable, number: number): string {
  const spoken = track.language ? f.language(track.language) : '';
  const label = track.label.trim();
  if (!label || label.toLowerCase() === track.language.toLowerCase()) return spoken || t('watch.track', { n: number });
  return spoken && !label.toLowerCase().includes(spoken.toLowerCase()) ? `${spoken} · ${label}` : label;
}

/** Names that are equal get numbers, so that each can be told from the others. */
function distinct(items: Item[]): Item[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const count = (seen.get(item.label) ?? 0) + 1;
    seen.set(item.label, count);
    return count > 1 ? { ...item, label: `${item.label} (${count})` } : item;
  });
}

export function textItems(playing: Playing): Item[] {
  const none = { label: t('watch.captions.off'), chosen: !playing.texts.some((text) => text.chosen), run: () => playing.chooseText(undefined) };
  return distinct([none, ...playing.texts.map((text, i) => ({ label: trackName(text, i + 1), chosen: text.chosen, run: () => playing.chooseText(text) }))]);
}

export function soundItems(playing: Playing): Item[] {
  return distinct(playing.sounds.map((sound, i) => ({ label: trackName(sound, i + 1), chosen: sound.chosen, run: () => playing.chooseSound(sound) })));
}

export function speedItems(playing: Playing): Item[] {
  return speeds.map((speed) => ({ label: speedName(speed), chosen: Math.abs(playing.rate - speed) < 0.001, run: () => playing.setRate(speed) }));
}

/** `1.5×` */
export function speedName(speed: number): string {
  return speed === 1 ? t('watch.speed.usual') : `${new Intl.NumberFormat(language()).format(speed)}×`;
}
