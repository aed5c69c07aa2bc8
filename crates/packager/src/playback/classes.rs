//! Classes of clients, for whoever asks what a file is good for before any client does.
//!
//! Each is what the plainest of its class does today, without settings and without luck. A client
//! that says more of itself (`/playback`) gets a better answer.

use super::Client;

/// A class of clients.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    video: &'static [&'static str],
    audio: &'static [&'static str],
    containers: &'static [&'static str],
}

impl Class {
    /// What a client of this class can do.
    pub fn client(&self) -> Client {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Client {
            video: list(self.video),
            audio: list(self.audio),
            containers: list(self.containers),
        }
    }
}

/// The classes, the most common first.
pub static CLASSES: [Class; 5] = [
    Class {
        name: "browser",
        title: "Chromium, Firefox",
        video: &["avc1", "vp8", "vp09", "av01"],
        audio: &["mp4a.40", "mp4a.6B", "mp4a.69", "mp3", "opus", "vorbis", "flac"],
        // Chromium plays some Matroska; Firefox refuses what Chromium plays.
        containers: &["mp4", "webm", "hls", "dash"],
    },
    Class {
        name: "apple",
        title: "Safari, Apple TV",
        // WebM, VP8 and VP9 play on some of them, AV1 on the newest alone.
        video: &["avc1", "hvc1"],
        audio: &["mp4a.40", "mp4a.6B", "mp4a.69", "mp3", "ac-3", "ec-3", "flac", "alac"],
        containers: &["mp4", "mov", "hls", "hls-ts"],
    },
    Class {
        name: "player",
        title: "Kodi, mpv, VLC",
        video: &["*"],
        audio: &["*"],
        containers: &["*", "hls", "dash", "hls-ts"],
    },
    Class {
        name: "tv",
        title: "Chromecast, smart TV",
        video: &["avc1"],
        audio: &["mp4a.40", "ac-3"],
        containers: &["mp4", "hls"],
    },
    Class {
        name: "older_hls",
        title: "older HLS players",
        video: &["avc1"],
        audio: &["mp4a.40"],
        containers: &["hls-ts"],
    },
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::sync::Arc;

    use media::{Audio, Codec, Container, Detail, Index, Track, Video};

    use super::*;
    use crate::{
        Policy, Presentation,
        playback::{Method, decide},
        testing,
    };

    fn video(codec: Codec, codec_string: &str) -> Track {
        Track {
            codec,
            codec_string: Some(codec_string.to_owned()),
            detail: Detail::Video(Video { width: 640, height: 360, ..Video::default() }),
            ..testing::track()
        }
    }

    fn audio(codec: Codec, codec_string: &str) -> Track {
        let detail = Detail::Audio(Audio { sample_rate: 48_000, channels: 2, ..Audio::default() });
        let codec_string = Some(codec_string.to_owned());
        Track { codec, codec_string, detail, ..testing::track() }
    }

    /// How each class plays a file of these tracks, all of which can be sent in segments.
    fn methods(container: Container, tracks: Vec<Track>) -> Vec<(&'static str, Method)> {
        let index = Index { container, tracks, ..testing::index() };
        let mut presentation = Presentation::new(Arc::new(index), Vec::new(), Policy::default());
        // The tracks here have no samples, which is not what is asked.
        presentation.left_out.clear();
        let play = |class: &Class| (class.name, decide(&presentation, &class.client()).method);
        CLASSES.iter().map(play).collect()
    }

    #[test]
    fn the_first_class_is_the_browser_that_is_assumed() {
        let (class, assumed) = (CLASSES[0].client(), Client::browser());
        assert_eq!(class.video, assumed.video);
        assert_eq!(class.audio, assumed.audio);
        assert_eq!(class.containers, assumed.containers);
    }

    #[test]
    fn hevc_with_ac_3_needs_work_for_browsers_and_none_for_apple_and_players() {
        let tracks = vec![video(Codec::Hevc, "hvc1.2.4.L120.90"), audio(Codec::Ac3, "ac-3")];
        let methods = methods(Container::Matroska, tracks);
        assert_eq!(
            methods,
            [
                ("browser", Method::NeedsTranscoding),
                ("apple", Method::Copy),
                ("player", Method::Direct),
                ("tv", Method::NeedsTranscoding),
                ("older_hls", Method::NeedsTranscoding),
            ]
        );
    }

    #[test]
    fn vp8_in_webm_is_for_browsers_and_players() {
        let tracks = vec![video(Codec::Vp8, "vp08.00.10.08"), audio(Codec::Vorbis, "vorbis")];
        let methods = methods(Container::WebM, tracks);
        assert_eq!(methods[0], ("browser", Method::Direct));
        assert_eq!(methods[1], ("apple", Method::NeedsTranscoding));
        assert_eq!(methods[2], ("player", Method::Direct));
    }

    #[test]
    fn a_player_opens_what_cannot_be_sent_in_segments() {
        let tracks =
            vec![video(Codec::H264, "avc1.640028"), audio(Codec::Other("dts".into()), "dts")];
        let index = Index { container: Container::Matroska, tracks, ..testing::index() };
        let presentation = Presentation::new(Arc::new(index), Vec::new(), Policy::default());
        assert_eq!(presentation.left_out.len(), 2, "nothing of it is sent in segments");
        let decision = decide(&presentation, &CLASSES[2].client());
        assert_eq!((decision.method, decision.tracks), (Method::Direct, vec![1, 2]));
        let decision = decide(&presentation, &CLASSES[0].client());
        assert_eq!(decision.method, Method::NeedsTranscoding);
        let lacking: Vec<&str> = decision.lacking.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(lacking, ["h264", "dts"]);
    }
}
