//! Chapters as `WebVTT`: one cue for each, its text the title.

use media::Chapter;

use crate::{Cue, Document, styled::Styled};

/// The chapters that a file of chapters tells.
pub fn chapters(document: &Document) -> Vec<Chapter> {
    let chapter = |cue: &Cue| Chapter {
        start: cue.start,
        end: Some(cue.end),
        title: cue.plain_text(),
        language: None,
    };
    document.cues.iter().map(chapter).collect()
}

/// Chapters as a file of chapters. What has no end ends where the next begins, the last at `end`
/// (in microseconds).
pub fn chapters_document(chapters: &[Chapter], end: i64) -> Document {
    let following = chapters.iter().skip(1).map(|next| next.start).chain([end]);
    let cue = |(chapter, next): (&Chapter, i64)| {
        let mut title = Styled::default();
        title.text(&chapter.title);
        Cue::new(chapter.start, chapter.end.unwrap_or(next), title.finish())
    };
    Document {
        header: String::new(),
        cues: chapters.iter().zip(following).filter_map(cue).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_come_back_as_they_were() {
        let chapter = |start, end, title: &str| Chapter {
            start,
            end,
            title: title.to_owned(),
            language: None,
        };
        let written =
            [chapter(0, None, "Tom & <Jerry>"), chapter(5_000_000, Some(7_000_000), "End")];
        let document = chapters_document(&written, 9_000_000);
        assert_eq!(document.cues[0].payload, "Tom &amp; &lt;Jerry&gt;");
        assert_eq!(
            chapters(&document),
            [
                chapter(0, Some(5_000_000), "Tom & <Jerry>"),
                chapter(5_000_000, Some(7_000_000), "End")
            ]
        );
    }
}
