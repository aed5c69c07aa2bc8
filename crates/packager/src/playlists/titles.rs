//! What renditions are called in the menus of players.

use media::Kind;

use crate::{Presentation, Rendition};

/// The titles of these renditions, each different from the others.
pub(super) fn titles(presentation: &Presentation, renditions: &[&Rendition]) -> Vec<String> {
    let mut titles: Vec<String> = Vec::with_capacity(renditions.len());
    for rendition in renditions {
        let plain = title(presentation, rendition);
        let mut title = plain.clone();
        let mut number = 2;
        while titles.contains(&title) {
            title = format!("{plain} ({number})");
            number += 1;
        }
        titles.push(title);
    }
    titles
}

/// What one rendition is called, be it as another.
pub(crate) fn title(presentation: &Presentation, rendition: &Rendition) -> String {
    let words = presentation.words(rendition);
    if let Some(title) = words.title.map(str::trim).filter(|title| !title.is_empty()) {
        return title.chars().filter(|letter| !letter.is_control()).take(120).collect();
    }
    let mut title = match words.language {
        Some(language) => language.name().to_owned(),
        None => match rendition.kind {
            Kind::Video => "Video".to_owned(),
            Kind::Audio => "Audio".to_owned(),
            Kind::Text | Kind::Other => "Subtitles".to_owned(),
        },
    };
    for (is_so, word) in [
        (words.roles.commentary, "commentary"),
        (words.roles.forced, "forced"),
        (words.roles.hearing_impaired, "SDH"),
        (words.roles.visual_impaired, "audio description"),
    ] {
        if is_so {
            title.extend([" (", word, ")"]);
        }
    }
    title
}
