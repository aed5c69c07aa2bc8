// What the first page shows; it is kept, so that coming back is instant.
import type { Folder, HomeLists, Video } from './api/types';
import { hold, type VideoState } from './videos.svelte';

interface Held { continue: VideoState[]; added: VideoState[]; favourites: VideoState[]; collections: Folder[]; random: VideoState[] }

class Home {
  lists = $state.raw<Held | undefined>(undefined);
  error = $state.raw<unknown>(undefined);

  /** `asked`: the moment at which the server was asked. */
  take(answer: HomeLists, asked: number): void {
    const held = (video: Video) => hold(video, asked);
    this.error = undefined;
    this.lists = {
      continue: answer.continue.map(held),
      added: answer.added.map(held),
      favourites: answer.favourites.map(held),
      collections: answer.collections,
      random: answer.random.map(held),
    };
  }
}

export const home = new Home();
