// Telling the server where somebody is, also while the page is being left.
import { api, got, heard } from '../api/client';
import { shown } from '../videos.svelte';
import type { Told } from './watching';

export function teller(id: string): Told {
  return {
    progress(position, leaving) {
      const body = { position: Math.max(0, Math.round(position * 1000) / 1000) };
      heard(api.PUT('/api/v1/videos/{id}/progress', { params: { path: { id } }, body, keepalive: leaving }))
        .then((marks) => shown(id)?.adopt({ resume: marks.resume, watched: marks.watched }))
        // Not worth a word: it is told again in some seconds.
        .catch(() => undefined);
    },
    view() {
      got(api.POST('/api/v1/videos/{id}/view', { params: { path: { id } } }))
        .then(({ views }) => shown(id)?.adopt({ views }))
        .catch(() => undefined);
    },
  };
}
