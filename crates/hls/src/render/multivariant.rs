//! The multivariant playlist as text.

use media::Ratio;

use super::text::{Attributes, Text};
use crate::{
    ClosedCaptions, IFrameVariant, Key, MultivariantPlaylist, Rendition, RenditionKind, Start,
    Variable, Variant,
};

impl MultivariantPlaylist {
    /// The lowest version that what is in it needs (bis 8).
    pub fn version(&self) -> u8 {
        let mut version = 1;
        let mut needs = |needed: u8| version = version.max(needed);
        for rendition in &self.renditions {
            if let Some(id) = &rendition.instream_id {
                needs(match rendition.kind {
                    RenditionKind::ClosedCaptions if id.starts_with("SERVICE") => 7,
                    RenditionKind::ClosedCaptions => 1,
                    _ => 13,
                });
            }
        }
        for variable in &self.variables {
            needs(variable.version());
        }
        for key in &self.session_keys {
            needs(key.version());
        }
        let layouts = self.variants.iter().map(|variant| &variant.required_video_layout);
        let iframe_layouts = self.iframe_variants.iter().map(|v| &v.required_video_layout);
        if layouts.chain(iframe_layouts).any(Option::is_some) {
            needs(12);
        }
        version
    }

    /// The playlist as text.
    pub fn render(&self) -> String {
        let lines = self.renditions.len() + self.variants.len() + self.iframe_variants.len();
        let mut text = Text::with_capacity(256 + lines * 256);
        text.line("#EXTM3U");
        text.numbered("#EXT-X-VERSION:", self.version().into());
        if self.independent_segments {
            text.line("#EXT-X-INDEPENDENT-SEGMENTS");
        }
        variables(&mut text, &self.variables);
        start(&mut text, self.start);
        if let Some(steering) = &self.content_steering {
            let mut tag = text.tag("#EXT-X-CONTENT-STEERING:");
            tag.uri("SERVER-URI", Some(&steering.server_uri));
            tag.quoted("PATHWAY-ID", steering.pathway_id.as_deref());
            tag.end();
        }
        for data in &self.session_data {
            let mut tag = text.tag("#EXT-X-SESSION-DATA:");
            tag.quoted("DATA-ID", Some(&data.id));
            tag.quoted("VALUE", data.value.as_deref());
            tag.uri("URI", data.uri.as_deref());
            if data.raw {
                tag.word("FORMAT", "RAW");
            }
            tag.quoted("LANGUAGE", data.language.as_deref());
            tag.end();
        }
        for session_key in &self.session_keys {
            key(text.tag("#EXT-X-SESSION-KEY:"), session_key);
        }
        for one in &self.renditions {
            rendition(text.tag("#EXT-X-MEDIA:"), one);
        }
        for one in &self.variants {
            variant(text.tag("#EXT-X-STREAM-INF:"), one);
            text.uri_line(&one.uri);
        }
        for one in &self.iframe_variants {
            iframe_variant(text.tag("#EXT-X-I-FRAME-STREAM-INF:"), one);
        }
        text.finish()
    }
}

fn rendition(mut tag: Attributes<'_>, one: &Rendition) {
    tag.word("TYPE", one.kind.name());
    tag.quoted("GROUP-ID", Some(&one.group));
    tag.quoted("NAME", Some(&one.name));
    tag.quoted("LANGUAGE", one.language.as_deref());
    tag.quoted("ASSOC-LANGUAGE", one.assoc_language.as_deref());
    tag.flag("DEFAULT", one.default);
    // A default that may not be chosen contradicts itself (bis 4.4.6.1).
    tag.flag("AUTOSELECT", one.autoselect || one.default);
    if one.kind == RenditionKind::Subtitles {
        tag.flag("FORCED", one.forced);
    }
    tag.quoted("INSTREAM-ID", one.instream_id.as_deref());
    tag.quoted("CHARACTERISTICS", one.characteristics.as_deref());
    tag.quoted("CHANNELS", one.channels.as_deref());
    tag.number("BIT-DEPTH", one.bit_depth.map(u64::from));
    tag.number("SAMPLE-RATE", one.sample_rate.map(u64::from));
    tag.quoted("STABLE-RENDITION-ID", one.stable_id.as_deref());
    if one.kind != RenditionKind::ClosedCaptions {
        tag.uri("URI", one.uri.as_deref());
    }
    tag.end();
}

fn variant(mut tag: Attributes<'_>, one: &Variant) {
    tag.number("BANDWIDTH", Some(one.bandwidth));
    tag.number("AVERAGE-BANDWIDTH", one.average_bandwidth);
    tag.thousandths("SCORE", one.score_thousandths);
    tag.quoted("CODECS", one.codecs.as_deref());
    tag.quoted("SUPPLEMENTAL-CODECS", one.supplemental_codecs.as_deref());
    tag.resolution("RESOLUTION", one.resolution);
    tag.thousandths("FRAME-RATE", one.frame_rate.map(thousandths));
    tag.token("HDCP-LEVEL", one.hdcp_level.as_deref());
    tag.quoted("ALLOWED-CPC", one.allowed_cpc.as_deref());
    if let Some(range) = one.video_range {
        tag.word("VIDEO-RANGE", range.name());
    }
    tag.quoted("REQ-VIDEO-LAYOUT", one.required_video_layout.as_deref());
    tag.quoted("STABLE-VARIANT-ID", one.stable_id.as_deref());
    tag.quoted("AUDIO", one.audio.as_deref());
    tag.quoted("VIDEO", one.video.as_deref());
    tag.quoted("SUBTITLES", one.subtitles.as_deref());
    match &one.closed_captions {
        Some(ClosedCaptions::None) => tag.word("CLOSED-CAPTIONS", "NONE"),
        Some(ClosedCaptions::Group(group)) => tag.quoted("CLOSED-CAPTIONS", Some(group)),
        None => {}
    }
    tag.quoted("PATHWAY-ID", one.pathway_id.as_deref());
    tag.end();
}

fn iframe_variant(mut tag: Attributes<'_>, one: &IFrameVariant) {
    tag.number("BANDWIDTH", Some(one.bandwidth));
    tag.number("AVERAGE-BANDWIDTH", one.average_bandwidth);
    tag.thousandths("SCORE", one.score_thousandths);
    tag.quoted("CODECS", one.codecs.as_deref());
    tag.quoted("SUPPLEMENTAL-CODECS", one.supplemental_codecs.as_deref());
    tag.resolution("RESOLUTION", one.resolution);
    tag.token("HDCP-LEVEL", one.hdcp_level.as_deref());
    tag.quoted("ALLOWED-CPC", one.allowed_cpc.as_deref());
    if let Some(range) = one.video_range {
        tag.word("VIDEO-RANGE", range.name());
    }
    tag.quoted("REQ-VIDEO-LAYOUT", one.required_video_layout.as_deref());
    tag.quoted("STABLE-VARIANT-ID", one.stable_id.as_deref());
    tag.quoted("VIDEO", one.video.as_deref());
    tag.quoted("PATHWAY-ID", one.pathway_id.as_deref());
    tag.uri("URI", Some(&one.uri));
    tag.end();
}

/// To the nearest thousandth, as the standard asks of frame rates.
fn thousandths(rate: Ratio) -> u64 {
    let den = u64::from(rate.den.max(1));
    (u64::from(rate.num) * 1000 + den / 2) / den
}

pub(super) fn variables(text: &mut Text, variables: &[Variable]) {
    for variable in variables {
        let mut tag = text.tag("#EXT-X-DEFINE:");
        match variable {
            Variable::Value { name, value } => {
                tag.quoted("NAME", Some(name));
                tag.quoted("VALUE", Some(value));
            }
            Variable::Import(name) => tag.quoted("IMPORT", Some(name)),
            Variable::QueryParameter(name) => tag.quoted("QUERYPARAM", Some(name)),
        }
        tag.end();
    }
}

pub(super) fn start(text: &mut Text, start: Option<Start>) {
    if let Some(start) = start {
        let mut tag = text.tag("#EXT-X-START:");
        tag.signed_seconds("TIME-OFFSET", start.offset_micros);
        tag.flag("PRECISE", start.precise);
        tag.end();
    }
}

pub(super) fn key(mut tag: Attributes<'_>, key: &Key) {
    tag.word("METHOD", key.method.name());
    tag.uri("URI", key.uri.as_deref());
    tag.hexadecimal("IV", key.iv);
    tag.quoted("KEYFORMAT", key.key_format.as_deref());
    tag.quoted("KEYFORMATVERSIONS", key.key_format_versions.as_deref());
    tag.end();
}
