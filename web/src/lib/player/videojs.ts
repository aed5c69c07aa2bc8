// The engine that is video.js: its tech, its HLS and DASH, its subtitles. None of its controls.
import './quiet';
import videojs from 'video.js';
import type { Choosable, Engine, Failure, Figures, Heard } from './engine';
import type { Source } from './playback';
import './videojs.css';

/** As much of video.js as is used here; its own types are of little help. */
interface AudioTrack { id: string; label: string; language: string; enabled: boolean }
interface TextTrack { id: string; kind: string; label: string; language: string; mode: 'disabled' | 'hidden' | 'showing' }
interface Tracks<T> extends ArrayLike<T> { on(events: string[], heard: () => void): void }
interface Vhs { bandwidth?: number; throughput?: number; playlists?: { media?(): { attributes?: { BANDWIDTH?: number } } | undefined } }
interface Player {
  src(source: { src: string; type: string }): void;
  currentTime(seconds: number): void;
  on(event: string, heard: () => void): void;
  error(): { code: number; message: string } | null;
  audioTracks(): Tracks<AudioTrack>;
  textTracks(): Tracks<TextTrack>;
  tech(safety: boolean): { vhs?: Vhs } | undefined;
  dispose(): void;
}

const changes = ['addtrack', 'removetrack', 'change', 'labelchange'];

export function open(host: HTMLElement, heard: Heard): Engine {
  const media = document.createElement('video');
  // By this name the element around it is found by our styles.
  media.className = 'video-js';
  media.playsInline = true;
  media.preload = 'auto';
  host.append(media);
  const player = videojs(media, {
    controls: false,
    children: ['mediaLoader', 'textTrackDisplay', 'resizeManager'],
    // Said once here; what it does on errors is ours to show.
    errorDisplay: false,
    html5: {
      nativeTextTracks: false,
      nativeAudioTracks: false,
      vhs: { limitRenditionByPlayerDimensions: false, useNetworkInformationApi: false },
    },
    userActions: { hotkeys: false, click: false, doubleClick: false },
    disablePictureInPicture: false,
    language: 'en',
  }) as unknown as Player;
  player.on('error', () => {
    const error = player.error();
    if (error) heard.failed(failureOf(error));
  });
  player.audioTracks().on(changes, () => heard.tracks());
  player.textTracks().on(changes, () => heard.tracks());
  const texts = () => Array.from(player.textTracks()).filter((track) => track.kind === 'subtitles' || track.kind === 'captions');

  return {
    media: (host.querySelector('video') ?? media),
    open: (source: Source) => player.src({ src: source.url, type: source.type }),
    seek: (seconds) => player.currentTime(seconds),
    sounds: () => Array.from(player.audioTracks()).map((track, i) => choosable(track.id || String(i), track, track.enabled)),
    chooseSound(id) {
      Array.from(player.audioTracks()).forEach((track, i) => {
        if ((track.id || String(i)) === id) track.enabled = true;
      });
    },
    texts: () => texts().map((track, i) => choosable(track.id || String(i), track, track.mode === 'showing')),
    chooseText(id) {
      texts().forEach((track, i) => {
        track.mode = (track.id || String(i)) === id ? 'showing' : 'disabled';
      });
    },
    figures(): Figures {
      const quality = media.getVideoPlaybackQuality?.();
      const vhs = player.tech(true)?.vhs;
      const rate = vhs?.playlists?.media?.()?.attributes?.BANDWIDTH;
      return {
        ...(quality ? { dropped: quality.droppedVideoFrames, frames: quality.totalVideoFrames } : {}),
        ...(vhs?.bandwidth ? { bandwidth: vhs.bandwidth } : {}),
        ...(rate ? { rate } : {}),
      };
    },
    close: () => player.dispose(),
  };
}

function choosable(id: string, track: { label: string; language: string }, chosen: boolean): Choosable {
  return { id, label: track.label, language: track.language === 'und' ? '' : track.language, chosen };
}

/** The codes of MediaError (HTML section 4.8.11.1). */
function failureOf(error: { code: number; message: string }): Failure {
  const kind = error.code === 2 ? 'network' : error.code === 3 ? 'decode' : 'source';
  return { kind, detail: error.message };
}
