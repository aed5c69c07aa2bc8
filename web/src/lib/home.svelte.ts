// What the first page shows; it is kept, so that coming back is instant.
import type { Folder, HomeLists } from './api/types';
import { hold, type VideoState } from './videos.svelte';

interface Held { continue: VideoState[]; added: VideoState[]; favourites: VideoState[]; collections: Folder[]; random: VideoState[] }

class Home {
  lists = $state.raw<Held | undefined>(undefined);
  error = $state.raw<unknown>(undefined);

  take(answer: HomeLists): void {
    this.error = undefined;
    this.lists = {
      continue: answer.continue.map(hold),
      added: answer.added.map(hold),
      favourites: answer.favourites.map(hold),
      collections: answer.collections,
      random: answer.random.map(hold),
    };
  }
}

export const home = new Home();
