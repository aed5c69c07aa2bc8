use super::validate;

const SOUND: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT12S" minBufferTime="PT2S">
  <Period id="1" start="PT0S">
    <EventStream schemeIdUri="urn:a:b" timescale="1000">
      <Event presentationTime="0" duration="10" id="1">a &amp; b</Event>
    </EventStream>
    <AdaptationSet id="1" contentType="video" mimeType="video/mp4" par="16:9" maxWidth="1920" maxFrameRate="24000/1001">
      <EssentialProperty schemeIdUri="http://dashif.org/guidelines/trickmode" value="1"/>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <Representation id="v1" bandwidth="5000" codecs="avc1.640028" width="1920">
        <SegmentTemplate timescale="1000" initialization="$RepresentationID$/i.mp4" media="v1/$Number%05d$.m4s" startNumber="1">
          <SegmentTimeline>
            <S t="0" d="5000" r="1"/>
            <S d="2000"/>
          </SegmentTimeline>
        </SegmentTemplate>
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="2" contentType="text" mimeType="text/vtt" lang="en">
      <Representation id="s1" bandwidth="1"><BaseURL>s.vtt</BaseURL></Representation>
    </AdaptationSet>
  </Period>
</MPD>
"#;

#[test]
fn a_sound_presentation_is_found_sound() {
    assert_eq!(validate(SOUND), []);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (from, to, expected) in [
        ("</Period>", "", "it is not XML"),
        ("<MPD ", "<!DOCTYPE MPD><MPD ", "document type"),
        (" minBufferTime=\"PT2S\"", "", "MPD: minBufferTime is missing"),
        ("\"PT2S\"", "\"2s\"", "MPD: minBufferTime cannot be `2s`"),
        ("mpd:2011", "mpd:2012", "the namespace"),
        ("par=\"16:9\"", "par=\"16/9\"", "par cannot be"),
        ("24000/1001", "23.976", "maxFrameRate cannot be"),
        ("bandwidth=\"5000\"", "bandwidth=\"5000000000\"", "bandwidth cannot be"),
        ("bandwidth=\"5000\"", "bandwith=\"5000\"", "bandwith is not known"),
        ("id=\"v1\"", "id=\"v 1\"", "id cannot be"),
        ("lang=\"en\"", "lang=\"en_US\"", "lang cannot be"),
        ("codecs=\"avc1.640028\"", "codecs=\"avc1.640028, \"", "codecs cannot be"),
        ("codecs=", "scte214:supplementalCodecs=\"a\" codecs=", "prefix"),
        ("codecs=\"avc1.640028\"", "", "Representation[1]: it has no codecs"),
        ("      <Role ", "      words <Role ", "there is text in it"),
        ("<Period id", "<Interval/><Period id", "Interval does not belong here"),
        ("<SegmentTimeline>", "<SegmentTimeline/><SegmentTimeline>", "more than one"),
        (" mediaPresentationDuration=\"PT12S\"", "", "how long it lasts"),
        ("PT12S", "PT10S", "begins when all is over"),
        ("id=\"2\"", "id=\"1\"", "the same id"),
        ("id=\"s1\"", "id=\"v1\"", "the same id"),
        ("value=\"1\"", "value=\"7\"", "not there"),
        (" width=\"1920\"", " width=\"1921\"", "more than maxWidth"),
        ("<BaseURL>s.vtt</BaseURL>", "", "where its media are"),
        ("$Number%05d$", "1", "the same address"),
        ("$Number%05d$", "$Number$$Name$", "stands for nothing"),
        ("$Number%05d$", "$Number$$", "stands for nothing"),
        (" initialization=\"$RepresentationID$/i.mp4\"", "", "no initialization"),
        ("<S d=\"2000\"/>", "<S t=\"9000\" d=\"2000\"/>", "overlap"),
        ("d=\"2000\"", "d=\"0\"", "no duration"),
        (" mimeType=\"text/vtt\"", "", "no mimeType"),
    ] {
        assert!(SOUND.contains(from), "{from}");
        let faults = validate(&SOUND.replacen(from, to, 1));
        let found = faults.iter().any(|fault| fault.to_string().contains(expected));
        assert!(found, "{expected} in {faults:#?}");
    }
    let late =
        SOUND.replacen("<Role ", "<Accessibility schemeIdUri=\"u:a\"/><Label>a</Label><Role ", 1);
    assert_eq!(validate(&late)[0].text, "Label stands too late");
    let twin = SOUND.replacen(
        "</AdaptationSet>",
        "</AdaptationSet><AdaptationSet id=\"9\" mimeType=\"a/b\"/>",
        1,
    );
    assert_eq!(
        validate(&twin)[0].to_string(),
        "MPD/Period[1]/AdaptationSet[2]: it has no Representation"
    );
}

#[test]
fn no_text_ends_the_judge() {
    for end in 0..SOUND.len() {
        validate(&SOUND[..end]);
    }
    assert!(!validate(&"<a>".repeat(100)).is_empty());
}
