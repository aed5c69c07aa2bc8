//! The MPD as text. Elements and attributes stand in the order of the schema.

use crate::{
    AdaptationSet, Descriptor, EventStream, Mpd, Period, Representation, SegmentTemplate, xml::Xml,
};

impl Mpd {
    /// The MPD as text.
    pub fn render(&self) -> String {
        let mut xml = Xml::with_capacity(4096);
        xml.begin("MPD").attribute("xmlns", "urn:mpeg:dash:schema:mpd:2011");
        let mut representations = self
            .periods
            .iter()
            .flat_map(|period| &period.adaptation_sets)
            .flat_map(|set| &set.representations);
        if representations.any(|one| one.supplemental_codecs.is_some()) {
            xml.attribute("xmlns:scte214", "urn:scte:dash:scte214-extensions");
        }
        xml.attribute("profiles", &self.profiles.join(","))
            .attribute("type", "static")
            .duration("mediaPresentationDuration", Some(self.duration_micros))
            .duration("minBufferTime", Some(self.min_buffer_time_micros))
            .duration("maxSegmentDuration", self.max_segment_duration_micros)
            .inside();
        if self.title.is_some() || self.source.is_some() {
            xml.begin("ProgramInformation").inside();
            if let Some(title) = &self.title {
                xml.element("Title", title);
            }
            if let Some(source) = &self.source {
                xml.element("Source", source);
            }
            xml.end("ProgramInformation");
        }
        base_urls(&mut xml, &self.base_urls);
        for one in &self.periods {
            period(&mut xml, one);
        }
        xml.end("MPD");
        xml.finish()
    }
}

fn base_urls(xml: &mut Xml, urls: &[String]) {
    for url in urls {
        xml.element("BaseURL", url);
    }
}

fn descriptors(xml: &mut Xml, name: &str, all: &[Descriptor]) {
    for one in all {
        xml.begin(name)
            .attribute("schemeIdUri", &one.scheme)
            .optional("value", one.value.as_deref())
            .empty();
    }
}

fn period(xml: &mut Xml, one: &Period) {
    xml.begin("Period")
        .optional("id", one.id.as_deref())
        .duration("start", Some(one.start_micros))
        .duration("duration", one.duration_micros)
        .inside();
    base_urls(xml, &one.base_urls);
    for stream in &one.event_streams {
        event_stream(xml, stream);
    }
    for set in &one.adaptation_sets {
        adaptation_set(xml, set);
    }
    xml.end("Period");
}

fn event_stream(xml: &mut Xml, one: &EventStream) {
    xml.begin("EventStream")
        .attribute("schemeIdUri", &one.scheme.scheme)
        .optional("value", one.scheme.value.as_deref())
        .small("timescale", Some(one.timescale.get()))
        .inside();
    for event in &one.events {
        xml.begin("Event")
            .number("presentationTime", Some(event.time))
            .number("duration", event.duration)
            .small("id", Some(event.id))
            .content("Event", &event.content);
    }
    xml.end("EventStream");
}

fn adaptation_set(xml: &mut Xml, one: &AdaptationSet) {
    xml.begin("AdaptationSet")
        .small("id", one.id)
        .optional("contentType", one.content_type.map(crate::ContentType::name))
        .optional("lang", one.language.as_deref().filter(|tag| is_language(tag)))
        .optional("mimeType", one.mime_type.as_deref());
    if one.segment_alignment {
        xml.attribute("segmentAlignment", "true");
    }
    xml.small("startWithSAP", one.start_with_sap.map(u32::from))
        .aspect("par", one.picture_aspect)
        .small("maxWidth", one.max_width)
        .small("maxHeight", one.max_height)
        .rate("maxFrameRate", one.max_frame_rate)
        .inside();
    descriptors(xml, "EssentialProperty", &one.essential_properties);
    descriptors(xml, "SupplementalProperty", &one.supplemental_properties);
    if let Some(label) = &one.label {
        xml.element("Label", label);
    }
    descriptors(xml, "Accessibility", &one.accessibility);
    descriptors(xml, "Role", &one.roles);
    if let Some(template) = &one.template {
        segment_template(xml, template);
    }
    for representation in &one.representations {
        self::representation(xml, representation);
    }
    xml.end("AdaptationSet");
}

fn representation(xml: &mut Xml, one: &Representation) {
    let id: String = one.id.chars().filter(|letter| !letter.is_whitespace()).collect();
    xml.begin("Representation")
        .attribute("id", &id)
        .number("bandwidth", Some(one.bandwidth.min(u32::MAX.into())))
        .optional("mimeType", one.mime_type.as_deref())
        .optional("codecs", one.codecs.as_deref())
        .optional("scte214:supplementalCodecs", one.supplemental_codecs.as_deref());
    if one.supplemental_codecs.is_some() {
        xml.optional("scte214:supplementalProfiles", one.supplemental_profiles.as_deref());
    }
    xml.small("width", one.width)
        .small("height", one.height)
        .aspect("sar", one.pixel_aspect)
        .rate("frameRate", one.frame_rate)
        .small("audioSamplingRate", one.sampling_rate)
        .small("maxPlayoutRate", one.max_playout_rate)
        .optional(
            "codingDependency",
            one.coding_dependency.map(|yes| if yes { "true" } else { "false" }),
        );
    let bare = one.channels.is_none()
        && one.essential_properties.is_empty()
        && one.supplemental_properties.is_empty()
        && one.base_urls.is_empty()
        && one.template.is_none();
    if bare {
        return xml.empty();
    }
    xml.inside();
    descriptors(xml, "AudioChannelConfiguration", one.channels.as_slice());
    descriptors(xml, "EssentialProperty", &one.essential_properties);
    descriptors(xml, "SupplementalProperty", &one.supplemental_properties);
    base_urls(xml, &one.base_urls);
    if let Some(template) = &one.template {
        segment_template(xml, template);
    }
    xml.end("Representation");
}

fn segment_template(xml: &mut Xml, one: &SegmentTemplate) {
    let offset = Some(one.presentation_time_offset).filter(|offset| *offset != 0);
    xml.begin("SegmentTemplate")
        .small("timescale", Some(one.timescale.get()))
        .number("presentationTimeOffset", offset)
        .optional("initialization", one.initialization.as_deref())
        .attribute("media", &one.media)
        .small("startNumber", Some(one.start_number))
        .inside();
    xml.begin("SegmentTimeline").inside();
    let mut end = None;
    for run in one.timeline.runs() {
        let time = Some(run.time).filter(|time| end != Some(*time));
        let repeat = Some(run.repeat).filter(|repeat| *repeat != 0);
        xml.begin("S").number("t", time).number("d", Some(run.duration)).small("r", repeat).empty();
        end = Some(run.end());
    }
    xml.end("SegmentTimeline");
    xml.end("SegmentTemplate");
}

/// Whether the schema takes it for the name of a language [XML Schema part 2, 3.3.3].
fn is_language(tag: &str) -> bool {
    tag.split('-').enumerate().all(|(place, part)| {
        let plain = |byte: u8| byte.is_ascii_alphabetic() || (place > 0 && byte.is_ascii_digit());
        matches!(part.len(), 1..=8) && part.bytes().all(plain)
    })
}

#[cfg(test)]
mod tests;
