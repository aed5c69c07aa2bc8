// One change to many videos, and the way back.
import { api, got } from './api/client';
import type { BatchAction, BatchSelect } from './api/types';
import { t } from './i18n/index.svelte';
import { failed, toasts } from './toasts.svelte';

/** Does it, says so, and offers to undo it. True when it was done. */
export async function batch(select: BatchSelect, action: BatchAction): Promise<boolean> {
  try {
    const answer = await got(api.POST('/api/v1/batch', { body: { select, action } }));
    toasts.show(done(action, answer.changed), answer.undo ? { action: { label: t('undo'), run: () => void undo() } } : {});
    return true;
  } catch (error) {
    failed(t('error.batch'), error, () => void batch(select, action));
    return false;
  }
}

/** Takes the last batch back. */
export async function undo(): Promise<void> {
  try {
    await got(api.POST('/api/v1/undo'));
    toasts.show(t('undone'));
  } catch (error) {
    failed(t('error.undo'), error);
  }
}

function done(action: BatchAction, n: number): string {
  if ('tag' in action) return t('batch.tagged', { n, tag: action.tag });
  if ('untag' in action) return t('batch.untagged', { n, tag: action.untag });
  if ('rate' in action) return action.rate ? t('batch.rated', { n, stars: action.rate }) : t('batch.unrated', { n });
  if ('favourite' in action) return action.favourite ? t('batch.favoured', { n }) : t('batch.unfavoured', { n });
  if ('watched' in action) return action.watched ? t('batch.watched', { n }) : t('batch.unwatched', { n });
  if ('playlist' in action) return t('batch.listed', { n });
  if ('hide' in action) return action.hide ? t('batch.hidden', { n }) : t('batch.unhidden', { n });
  return t('batch.refreshed', { n });
}
