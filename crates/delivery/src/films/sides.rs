//! Subtitles in files of their own beside the video.

use std::time::{Duration, UNIX_EPOCH};

use media::Roles;
use packager::Side;
use subtitles::SideFile;
use tokio::time::timeout;

use super::error::FilmError;
use crate::{Folders, OpenFile, RelativePath, gate::Gate};

/// The most entries of a folder that are looked at.
const ENTRIES: usize = 50_000;
/// The largest file of subtitles that is read.
pub(crate) const SIZE_MAX: u64 = 10 << 20;

/// How long one of them is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

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

/// What was found beside a video.
#[derive(Debug, Default)]
pub(crate) struct Sides {
    /// The subtitles, in the order of their names.
    pub(crate) all: Vec<SideText>,
    /// Whether every media folder was looked into. What a drive that hangs has is left out.
    pub(crate) whole: bool,
}

/// The subtitles beside a video that lies behind `gate`; without one all folders are waited for.
pub(crate) async fn find(folders: &Folders, path: &RelativePath, gate: Option<&Gate>) -> Sides {
    let beside = folders.siblings(path, gate, ENTRIES).await;
    let Some(own) = path.as_path().file_name().and_then(|name| name.to_str()) else {
        return Sides { whole: beside.whole, ..Sides::default() };
    };
    let mut found = Sides { whole: beside.whole, all: Vec::new() };
    for file in subtitles::side_files(own, beside.names.iter().map(String::as_str)) {
        let Some(path) = path.sibling(&file.name) else { continue };
        // The folders were just read, so only a drive that hangs takes long.
        let Ok(open) = timeout(PATIENCE, folders.open(&path)).await else {
            found.whole = false;
            break;
        };
        let Some(open) = open.ok().filter(|open| open.len <= SIZE_MAX) else { continue };
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
        found.all.push(SideText { file, path, side });
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
