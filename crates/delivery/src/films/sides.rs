//! Subtitles in files of their own beside the video.

use std::time::UNIX_EPOCH;

use media::Roles;
use packager::Side;
use subtitles::SideFile;

use super::error::FilmError;
use crate::{Folders, OpenFile, RelativePath};

/// The most entries of a folder that are looked at.
const ENTRIES: usize = 50_000;
/// The largest file of subtitles that is read.
pub(crate) const SIZE_MAX: u64 = 10 << 20;

/// One file of subtitles.
#[derive(Clone, Debug)]
pub(crate) struct SideText {
    /// What its name says.
    pub(crate) file: SideFile,
    /// Where it is.
    pub(crate) path: RelativePath,
    /// As the presentation knows it.
    pub(crate) side: Side,
}

/// The subtitles beside a video, in the order of their names.
pub(crate) async fn find(folders: &Folders, path: &RelativePath) -> Vec<SideText> {
    let names = folders.siblings(path, ENTRIES).await;
    let Some(own) = path.as_path().file_name().and_then(|name| name.to_str()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for file in subtitles::side_files(own, names.iter().map(String::as_str)) {
        let Some(path) = path.sibling(&file.name) else { continue };
        let Ok(open) = folders.open(&path).await else { continue };
        if open.len > SIZE_MAX {
            continue;
        }
        let side = Side {
            name: file.name.clone(),
            state: state(&open),
            language: file.language.clone(),
            title: file.title.clone(),
            roles: Roles {
                default: file.default,
                forced: file.forced,
                hearing_impaired: file.hearing_impaired,
                commentary: file.commentary,
                ..Roles::default()
            },
        };
        found.push(SideText { file, path, side });
    }
    found
}

/// The cues of a file of subtitles.
pub(crate) async fn read(
    folders: &Folders,
    text: &SideText,
) -> Result<subtitles::Document, FilmError> {
    let open = folders.open(&text.path).await?;
    if state(&open) != text.side.state {
        // It was changed: what is named after its old state is gone.
        return Err(FilmError::NoSuchPart);
    }
    let len = usize::try_from(open.len.min(SIZE_MAX)).unwrap_or(0);
    let (file, kind) = (open.file.clone(), text.file.kind);
    let language = text.file.language.clone();
    let parse = move || {
        let mut bytes = vec![0; len];
        let source = super::source::FileSource { file, len: len as u64 };
        media::read_exact_at(&source, &mut bytes, 0)?;
        Ok::<_, std::io::Error>(subtitles::parse(
            kind,
            &subtitles::decode_text(&bytes, language.as_ref()),
        ))
    };
    Ok(open.gate.run(parse).await??)
}

fn state(file: &OpenFile) -> String {
    let nanos = file.modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("{:x}-{:x}-{nanos:x}", file.identity.ino, file.len)
}
