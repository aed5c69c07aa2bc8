// The page in which a player is tested: one face for all players, and what the driver asks of it.

const video = () => document.querySelector("video");
const errors = [];
let frames = 0;
let shown = -1;
let player;

// What is not an error but a player's remark: that it waits for data, as a busy machine is no
// fault, and that it gave up a request because of a seek.
const remarks = ["bufferStalledError", "bufferNudgeOnStall", "networkError aborted"];

function complain(text) {
  if (!remarks.some((remark) => text.includes(remark))) errors.push(text);
}

function script(name) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = `/__player/${name}`;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${name} cannot be loaded`));
    document.head.append(element);
  });
}

const players = {
  async native(url) {
    video().src = url;
    return { audios: () => 0, texts: () => 0 };
  },

  async hls(url) {
    await script("hls.js/dist/hls.js");
    const hls = new window.Hls();
    hls.on(window.Hls.Events.ERROR, (_, data) => {
      complain(`hls.js: ${data.type} ${data.details} ${data.error?.message ?? ""} ${data.url ?? ""}`);
    });
    hls.loadSource(url);
    hls.attachMedia(video());
    return {
      audios: () => hls.audioTracks.length,
      audio: (at) => (hls.audioTrack = at),
      chosenAudio: () => hls.audioTrack,
      texts: () => hls.subtitleTracks.length,
      text: (at) => {
        hls.subtitleDisplay = true;
        hls.subtitleTrack = at;
      },
    };
  },

  async shaka(url) {
    await script("shaka-player/dist/shaka-player.compiled.js");
    window.shaka.polyfill.installAll();
    const shaka = new window.shaka.Player();
    await shaka.attach(video());
    shaka.configure("streaming.bufferingGoal", 2);
    shaka.addEventListener("error", (event) => {
      complain(`shaka-player: ${event.detail.code} ${event.detail.message ?? ""} ${event.detail.data}`);
    });
    // Not awaited: the driver waits for what is seen.
    shaka.load(url).catch((error) => complain(`shaka-player: ${error.code} ${error.message}`));
    return {
      audios: () => shaka.getAudioTracks().length,
      audio: (at) => shaka.selectAudioTrack(shaka.getAudioTracks()[at]),
      chosenAudio: () => shaka.getAudioTracks().findIndex((track) => track.active),
      texts: () => shaka.getTextTracks().length,
      text: (at) => shaka.selectTextTrack(shaka.getTextTracks()[at]),
    };
  },

  async dash(url) {
    await script("dashjs/dist/modern/umd/dash.all.debug.js");
    const dash = window.dashjs.MediaPlayer().create();
    dash.updateSettings({ debug: { logLevel: window.dashjs.Debug.LOG_LEVEL_NONE } });
    dash.on("error", (event) => complain(`dash.js: ${event.error.code} ${event.error.message}`));
    dash.initialize(video(), url, false);
    const audios = () => dash.getTracksFor("audio");
    return {
      audios: () => audios().length,
      audio: (at) => dash.setCurrentTrack(audios()[at]),
      chosenAudio: () => audios().indexOf(dash.getCurrentTrackFor("audio")),
      texts: () => dash.getTracksFor("text").length,
      text: (at) => dash.setTextTrack(at),
    };
  },

  async videojs(url) {
    await script("video.js/dist/video.js");
    const type = url.includes(".mpd") ? "application/dash+xml" : "application/x-mpegURL";
    video().classList.add("video-js");
    const vjs = window.videojs(video(), {
      html5: { vhs: { overrideNative: true }, nativeAudioTracks: false, nativeVideoTracks: false },
    });
    vjs.on("error", () => complain(`video.js: ${vjs.error().code} ${vjs.error().message}`));
    vjs.src({ src: url, type });
    const list = (tracks) => Array.from({ length: tracks.length }, (_, at) => tracks[at]);
    const texts = () =>
      list(vjs.textTracks()).filter((track) => ["subtitles", "captions"].includes(track.kind));
    return {
      audios: () => vjs.audioTracks().length,
      audio: (at) => list(vjs.audioTracks()).forEach((track, nth) => (track.enabled = nth === at)),
      chosenAudio: () => list(vjs.audioTracks()).findIndex((track) => track.enabled),
      texts: () => texts().length,
      text: (at) => texts().forEach((track, nth) => (track.mode = nth === at ? "showing" : "disabled")),
      cues: () => texts().flatMap((track) => list(track.cues ?? [])).length,
    };
  },
};

function count() {
  const element = video();
  element.requestVideoFrameCallback(function each(_, frame) {
    frames += 1;
    shown = frame.mediaTime;
    element.requestVideoFrameCallback(each);
  });
}

window.begin = async (engine, url) => {
  player = await players[engine](url);
  count();
  video().addEventListener("error", () => complain(`video: ${video().error.code} ${video().error.message}`));
  // Refused while there is nothing to play yet, and tried again by the driver.
  video().play().catch(() => {});
};

window.state = () => {
  const element = video();
  const quality = element.getVideoPlaybackQuality();
  const buffered = element.buffered;
  return {
    time: element.currentTime,
    duration: element.duration,
    width: element.videoWidth,
    height: element.videoHeight,
    paused: element.paused,
    ended: element.ended,
    seeking: element.seeking,
    ready: element.readyState,
    frames,
    shown,
    total: quality.totalVideoFrames,
    dropped: quality.droppedVideoFrames,
    sound: element.webkitAudioDecodedByteCount ?? 0,
    buffered: Array.from({ length: buffered.length }, (_, at) => [buffered.start(at), buffered.end(at)]),
    errors,
  };
};

window.play = () => video().play().catch(() => {});
window.seek = (to) => {
  shown = -1;
  video().currentTime = to;
};
window.audios = () => player.audios();
window.audio = (at) => player.audio(at);
window.chosenAudio = () => player.chosenAudio();
window.texts = () => player.texts();
window.text = (at) => player.text(at);
// Lines that are loaded, in whatever track the player keeps them.
window.cues = () =>
  player.cues?.() ??
  Array.from(video().textTracks)
    .filter((track) => track.mode !== "disabled")
    .reduce((sum, track) => sum + (track.cues?.length ?? 0), 0);
window.ready = true;
