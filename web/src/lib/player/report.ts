// Telling the server where somebody is, also while the page is being left.
import { ask, path } from '../api/client';
import type { Video } from '../api/types';
import { shown } from '../videos.svelte';
import type { Told } from './watching';

type Marks = Pick<Video, 'resume' | 'watched'>;

export function teller(id: string): Told {
  return {
    progress(position, leaving) {
      const request = fetch(`/api/v1${path('videos', id, 'progress')}`, {
        method: 'PUT', keepalive: leaving, credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ position: Math.max(0, Math.round(position * 1000) / 1000) }),
      });
      // Not worth a word: it is told again in some seconds.
      request.then(async (response) => {
        if (!response.ok) return;
        const marks = (await response.json()) as Marks;
        shown(id)?.adopt({ resume: marks.resume ?? undefined, watched: marks.watched } as Partial<Video>);
      }).catch(() => undefined);
    },
    view() {
      ask<{ views?: number }>(path('videos', id, 'view'), { method: 'POST' })
        .then((answer) => {
          if (typeof answer?.views === 'number') shown(id)?.adopt({ views: answer.views });
        })
        .catch(() => undefined);
    },
  };
}
