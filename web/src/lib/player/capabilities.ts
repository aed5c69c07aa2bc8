// What this browser opens and decodes, in the words of /playback.

/** Asked for by /playback: codings and containers. */
export interface Capabilities { video: string[]; audio: string[]; containers: string[] }

/** What a browser says of a type: of files, and of segments. */
export interface Probe {
  /** Whether it may play a file of this type. */
  file(type: string): boolean;
  /** Whether it takes segments of this type from a script. */
  segments(type: string): boolean;
  /** Whether it plays HLS by itself, and is known to do it well. */
  nativeHls: boolean;
}

const video: [string, string][] = [
  ['avc1', 'avc1.640028'], ['hvc1', 'hvc1.1.6.L120.90'], ['av01', 'av01.0.05M.08'], ['vp09', 'vp09.00.31.08'],
];
const audio: [string, string][] = [
  ['mp4a.40', 'mp4a.40.2'], ['ac-3', 'ac-3'], ['ec-3', 'ec-3'], ['opus', 'opus'], ['flac', 'flac'], ['alac', 'alac'],
];
/** Codings that come in files of these kinds and in no segments. */
const inFiles: { video: [string, string][]; audio: [string, string][] } = {
  video: [['vp8', 'video/webm; codecs="vp8"'], ['theora', 'video/ogg; codecs="theora"']],
  audio: [['vorbis', 'audio/webm; codecs="vorbis"'], ['mp3', 'audio/mpeg'], ['mp4a.6B', 'audio/mpeg'], ['mp4a.69', 'audio/mpeg']],
};
const files: [string, string][] = [['mp4', 'video/mp4'], ['webm', 'video/webm']];
/** Containers that browsers open by luck: asked for when nothing else is left. */
const luck: [string, string][] = [['matroska', 'video/x-matroska'], ['mov', 'video/quicktime'], ['ogg', 'video/ogg'], ['mpegts', 'video/mp2t']];

/** `by`: which ways of delivery are asked for. */
export function capabilities(probe: Probe, by: 'anyhow' | 'segments' | 'file' | 'hls' | 'dash' | 'luck' = 'anyhow'): Capabilities {
  // Where nothing but segments is asked for, what is only decoded out of files is of no use.
  const onlySegments = by === 'segments' || by === 'hls' || by === 'dash';
  const decodes = (codings: [string, string][], kind: 'video' | 'audio') =>
    codings.filter(([, codec]) => {
      const type = `${kind}/mp4; codecs="${codec}"`;
      return probe.segments(type) || ((!onlySegments || probe.nativeHls) && probe.file(type));
    }).map(([name]) => name);
  const named = (list: [string, string][]) => list.filter(([, type]) => probe.file(type)).map(([name]) => name);
  const segments = probe.segments('video/mp4; codecs="avc1.640028"') || probe.segments('video/mp4; codecs="vp09.00.31.08"');
  const hls = segments || probe.nativeHls ? ['hls'] : [];
  const dash = segments ? ['dash'] : [];
  const containers = {
    anyhow: [...named(files), ...hls, ...dash],
    segments: [...hls, ...dash],
    file: [...named(files), ...named(luck)],
    hls,
    dash,
    luck: [...named(files), ...named(luck)],
  }[by];
  return {
    video: [...decodes(video, 'video'), ...(onlySegments ? [] : named(inFiles.video))],
    audio: [...decodes(audio, 'audio'), ...(onlySegments ? [] : named(inFiles.audio))],
    containers,
  };
}

/** The browser that this runs in. */
export function browser(): Probe {
  const element = document.createElement('video');
  const global = globalThis as { MediaSource?: typeof MediaSource; ManagedMediaSource?: typeof MediaSource };
  const source = global.ManagedMediaSource ?? global.MediaSource;
  const apple = /^((?!chrome|android|chromium).)*safari/i.test(navigator.userAgent);
  return {
    file: (type) => element.canPlayType(type) !== '',
    segments: (type) => source?.isTypeSupported(type) ?? false,
    // Chromium says so too; of sound and subtitles to choose from it knows little yet.
    nativeHls: apple && element.canPlayType('application/vnd.apple.mpegurl') !== '',
  };
}
