use media::{Ratio, Timescale};

use crate::{
    AdaptationSet, CHAPTERS, ContentType, Descriptor, Event, EventStream, Mpd, PROFILE_CMAF,
    PROFILE_LIVE, Period, Representation, SegmentTemplate,
};

fn template(timescale: u32, media: &str, segments: &[(u64, u64)]) -> SegmentTemplate {
    SegmentTemplate {
        timescale: Timescale::new(timescale).unwrap(),
        initialization: Some("$RepresentationID$/init.mp4".to_owned()),
        media: media.to_owned(),
        start_number: 1,
        presentation_time_offset: 0,
        timeline: segments.iter().copied().collect(),
    }
}

fn video() -> AdaptationSet {
    AdaptationSet {
        id: Some(1),
        content_type: Some(ContentType::Video),
        mime_type: Some("video/mp4".to_owned()),
        segment_alignment: true,
        start_with_sap: Some(1),
        picture_aspect: Ratio::new(16, 9),
        max_width: Some(1920),
        max_height: Some(1080),
        max_frame_rate: Ratio::new(24_000, 1_001),
        roles: vec![Descriptor::role("main")],
        accessibility: vec![Descriptor::captions_608("CC1=eng")],
        essential_properties: vec![
            Descriptor::colour_primaries(9),
            Descriptor::transfer_characteristics(16),
        ],
        representations: vec![Representation {
            id: "v 1".to_owned(),
            bandwidth: 5_000_000,
            codecs: Some("hvc1.2.4.L150.B0".to_owned()),
            supplemental_codecs: Some("dvh1.08.07".to_owned()),
            supplemental_profiles: Some("db1p".to_owned()),
            width: Some(1920),
            height: Some(1080),
            pixel_aspect: Ratio::new(1, 1),
            frame_rate: Ratio::new(24_000, 1_001),
            template: Some(template(
                24_000,
                "v1/$Number$.m4s",
                &[(0, 144_144), (144_144, 144_144), (288_288, 96_096), (400_000, 10)],
            )),
            ..Representation::default()
        }],
        ..AdaptationSet::default()
    }
}

fn trick() -> AdaptationSet {
    AdaptationSet {
        id: Some(2),
        content_type: Some(ContentType::Video),
        mime_type: Some("video/mp4".to_owned()),
        essential_properties: vec![Descriptor::trick_mode(1)],
        representations: vec![Representation {
            id: "t1".to_owned(),
            bandwidth: 100_000,
            codecs: Some("hvc1.2.4.L150.B0".to_owned()),
            max_playout_rate: Some(16),
            coding_dependency: Some(false),
            frame_rate: Ratio::new(1, 1),
            template: Some(template(1_000, "t1/$Number$.m4s", &[(0, 6_000)])),
            ..Representation::default()
        }],
        ..AdaptationSet::default()
    }
}

fn audio() -> AdaptationSet {
    AdaptationSet {
        id: Some(3),
        content_type: Some(ContentType::Audio),
        mime_type: Some("audio/mp4".to_owned()),
        language: Some("pt-BR".to_owned()),
        label: Some("Português & mais".to_owned()),
        representations: vec![Representation {
            id: "a1".to_owned(),
            bandwidth: 5_000_000_000,
            codecs: Some("ec-3".to_owned()),
            sampling_rate: Some(48_000),
            channels: Some(Descriptor::channels(8)),
            supplemental_properties: vec![Descriptor::joint_object_coding()],
            ..Representation::default()
        }],
        template: Some(template(48_000, "a1/$Number$.m4s", &[(0, 288_000)])),
        ..AdaptationSet::default()
    }
}

fn text() -> AdaptationSet {
    AdaptationSet {
        id: Some(4),
        content_type: Some(ContentType::Text),
        mime_type: Some("text/vtt".to_owned()),
        language: Some("not a language".to_owned()),
        roles: vec![Descriptor::role("subtitle")],
        representations: vec![Representation {
            id: "s1".to_owned(),
            bandwidth: 256,
            base_urls: vec!["s1.vtt?a=1&b=2".to_owned()],
            ..Representation::default()
        }],
        ..AdaptationSet::default()
    }
}

fn film() -> Mpd {
    Mpd {
        profiles: vec![PROFILE_LIVE.to_owned(), PROFILE_CMAF.to_owned()],
        duration_micros: 5_025_500_000,
        max_segment_duration_micros: Some(6_006_000),
        min_buffer_time_micros: 2_000_000,
        title: Some("\"Pilot\" <1>\u{1}".to_owned()),
        periods: vec![Period {
            id: Some("1".to_owned()),
            event_streams: vec![EventStream {
                scheme: Descriptor::new(CHAPTERS, "en"),
                timescale: Timescale::MILLIS,
                events: vec![Event {
                    time: 0,
                    duration: Some(60_000),
                    id: 1,
                    content: "Intro ]]> </Event>".to_owned(),
                }],
            }],
            adaptation_sets: vec![video(), trick(), audio(), text()],
            ..Period::default()
        }],
        ..Mpd::default()
    }
}

#[test]
fn another_reader_finds_in_it_what_was_put_in() {
    let text = film().render();
    let mpd = dash_mpd_core::parse(&text).unwrap();
    assert_eq!(mpd.mpdtype.as_deref(), Some("static"));
    assert_eq!(mpd.mediaPresentationDuration.unwrap().as_millis(), 5_025_500);
    assert_eq!(mpd.minBufferTime.unwrap().as_secs(), 2);
    let title = mpd.ProgramInformation[0].Title.as_ref().unwrap();
    assert_eq!(title.content.as_deref().map(str::trim), Some("\"Pilot\" <1>"));
    let period = &mpd.periods[0];
    assert_eq!(period.event_streams[0].schemeIdUri, CHAPTERS);
    assert_eq!(period.event_streams[0].event[0].duration, Some(60_000));
    let [video, trick, audio, subtitles] = &period.adaptations[..] else {
        panic!("{text}");
    };
    assert_eq!(video.representations[0].id.as_deref(), Some("v1"));
    assert_eq!(video.representations[0].frameRate.as_deref(), Some("24000/1001"));
    let template = video.representations[0].SegmentTemplate.as_ref().unwrap();
    let runs: Vec<_> = template.SegmentTimeline.as_ref().unwrap().segments.iter().collect();
    assert_eq!(
        runs.iter().map(|run| (run.t, run.d, run.r)).collect::<Vec<_>>(),
        [(Some(0), 144_144, Some(1)), (None, 96_096, None), (Some(400_000), 10, None)]
    );
    assert_eq!(trick.essential_property[0].value.as_deref(), Some("1"));
    assert_eq!(audio.lang.as_deref(), Some("pt-BR"));
    assert_eq!(audio.Label[0].content, "Português & mais");
    assert_eq!(audio.representations[0].bandwidth, Some(u64::from(u32::MAX)));
    assert_eq!(audio.representations[0].AudioChannelConfiguration[0].value.as_deref(), Some("12"));
    assert_eq!(subtitles.lang, None);
    assert_eq!(subtitles.representations[0].BaseURL[0].base, "s1.vtt?a=1&b=2");
}

#[test]
fn the_judge_finds_nothing_in_it() {
    assert_eq!(crate::validate(&film().render()), []);
}

#[test]
fn the_text_is_the_same_each_time() {
    assert_eq!(film().render(), film().render());
    assert!(film().render().contains("mediaPresentationDuration=\"PT1H23M45.5S\""));
}

/// The schema itself cannot be part of this repository. Whoever has it (`DASH-MPD.xsd`, with the
/// schema of `XLink` that it imports beside it) can have it checked too.
#[test]
fn the_schema_of_the_standard_finds_nothing_in_it() {
    let Some(schema) = std::env::var_os("DASH_MPD_XSD") else {
        return eprintln!("skipped: DASH_MPD_XSD does not name the schema");
    };
    let file = std::env::temp_dir().join(format!("dash-{}.mpd", std::process::id()));
    std::fs::write(&file, film().render()).unwrap();
    let mut judge = std::process::Command::new("xmllint");
    let judged = judge.args(["--noout", "--nonet", "--schema"]).arg(schema).arg(&file).output();
    std::fs::remove_file(&file).unwrap();
    let judged = judged.unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
}
