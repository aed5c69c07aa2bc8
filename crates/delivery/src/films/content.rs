//! What is asked of a film, and what is sent for it.

use std::sync::Arc;

use extents::{Part, Plan};
use packager::{
    names::{Lane, Resource, Wrapping},
    playlists::{self, Flavour},
};

use super::{error::FilmError, film::Film, rendered::Rendered};
use crate::{media_type::MediaType, reply::Made};

/// What is asked of a film: which kind of playlists, and which resource.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Wanted {
    /// Whether the film was named by its content id rather than by its path.
    pub by_id: bool,
    /// How many components its name had in the address, empty ones (`a//b`) included: relative
    /// addresses in the answer count them.
    pub depth: usize,
    /// HLS with CMAF (and DASH), or with transport streams.
    pub flavour: Flavour,
    /// The resource.
    pub resource: Resource,
}

impl Film {
    /// What is sent for a resource. Playlists and inits read nothing; segments read headers of
    /// clusters at most, where their samples must be searched.
    pub async fn content(self: &Arc<Self>, wanted: Wanted) -> Result<Made, FilmError> {
        let Wanted { flavour, resource, .. } = wanted;
        let tag = match resource {
            Resource::Init(_, tag) | Resource::Segment(_, tag, ..) => Some(tag),
            _ => None,
        };
        if tag.is_some_and(|tag| tag != self.presentation.tag) {
            return Err(FilmError::NoSuchPart);
        }
        match resource {
            Resource::Master | Resource::Manifest | Resource::Playlist(_) => {
                self.playlist(wanted).await
            }
            Resource::Init(lane, _) => self.init(lane, resource),
            Resource::Segment(Lane::Text(number), _, segment, Wrapping::WebVtt) => {
                let text = self.text_segment(number, segment, flavour).await?;
                Ok(self.made(resource, Plan::new([Part::Bytes(text)]), MediaType::WEBVTT))
            }
            Resource::Segment(Lane::Text(number), _, segment, Wrapping::Cmaf) => {
                let bytes = self.boxed_text_segment(number, segment).await?;
                Ok(self.made(resource, Plan::new([Part::Bytes(bytes)]), MediaType::MP4_TEXT))
            }
            Resource::Segment(Lane::IFrames(number), _, key, Wrapping::Cmaf) => {
                self.iframe(resource, number, key).await
            }
            Resource::Segment(lane, _, segment, Wrapping::Cmaf) => {
                self.segment(resource, lane, segment).await
            }
            Resource::Segment(lane, _, segment, Wrapping::Ts) => {
                self.ts_segment(resource, lane, segment).await
            }
            Resource::Segment(_, _, _, Wrapping::WebVtt) => Err(FilmError::NoSuchPart),
        }
    }

    /// Something that is named with the tag of this presentation.
    pub(super) fn made(&self, resource: Resource, plan: Plan, media_type: MediaType) -> Made {
        Made {
            plan,
            tag: resource.to_string(),
            modified: self.modified,
            media_type,
            immutable: true,
            download: None,
            forms: None,
        }
    }

    async fn playlist(self: &Arc<Self>, wanted: Wanted) -> Result<Made, FilmError> {
        let Wanted { by_id, depth, flavour, resource } = wanted;
        let is_dash = resource == Resource::Manifest;
        let by_id = by_id && is_dash;
        let name = if by_id { self.id.to_string() } else { self.path.to_url_path() };
        let key = (flavour, resource, by_id);
        // There are as many addresses of another depth as somebody likes to write.
        let kept = !is_dash || depth == name.split('/').count();
        let rendered = match self.texts.known(&key).filter(|_| kept) {
            Some(rendered) => rendered,
            None if matches!(resource, Resource::Playlist(_)) => {
                self.texts.keep(key, self.render(wanted, &name)?)
            }
            None => {
                // It states bit rates: every sample is counted, once.
                let text = self.reading(move |film| film.render(wanted, &name)).await?;
                if kept { self.texts.keep(key, text) } else { Rendered::new(text) }
            }
        };
        Ok(Made {
            plan: Plan::new([Part::Bytes(rendered.bytes)]),
            tag: rendered.tag,
            modified: self.modified,
            media_type: if is_dash { MediaType::DASH } else { MediaType::HLS },
            immutable: false,
            download: None,
            forms: Some(rendered.forms),
        })
    }

    /// The text of a playlist or manifest of the film, which has this name in addresses.
    fn render(&self, wanted: Wanted, name: &str) -> Result<String, FilmError> {
        let Wanted { depth, flavour, resource, .. } = wanted;
        let presentation = &self.presentation;
        if flavour == Flavour::Ts {
            packager::ts::check(presentation).map_err(FilmError::NotCarried)?;
        }
        match resource {
            Resource::Master => Ok(playlists::multivariant(presentation, flavour).render()),
            Resource::Manifest => {
                // The segments are those of HLS, so that caches keep them once.
                let up = "../".repeat(depth + 1);
                let base = format!("{up}hls/{name}/");
                Ok(packager::manifest::manifest(presentation, Some(base)).render())
            }
            Resource::Playlist(Lane::Main) if flavour == Flavour::Cmaf => {
                Err(FilmError::NoSuchPart)
            }
            Resource::Playlist(lane) => {
                let playlist = packager::tree::playlist(presentation, lane, flavour);
                Ok(playlist.ok_or(FilmError::NoSuchPart)?.render())
            }
            Resource::Init(..) | Resource::Segment(..) => Err(FilmError::NoSuchPart),
        }
    }
}
