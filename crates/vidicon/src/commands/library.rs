//! Commands about the library: `backup`, `restore`, `import`, `export`, `thumbnails`. All but `restore` work
//! beside a running Vidicon, which sees within a second what they change.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, anyhow};
use indicatif::ProgressBar;
use library::{ImportReport, Library, LibraryError};
use serde_json::json;
use store::{Location, Store};

use super::print;
use crate::{
    data_folder::{self, DataFolder, Holder},
    failure::Failure,
    media_folders,
    platform::Surroundings,
    rooms,
    settings::{self, Flags, Settings},
};

/// `vidicon backup FILE`
pub(super) fn backup(file: &Path, flags: &Flags, around: &Surroundings) -> Result<(), Failure> {
    let (_, location) = place(flags, around)?;
    let file = around.absolute(file);
    refuse_published(&file, flags, around)?;
    let backup = block_on(async {
        let store = Store::open(&location).await?;
        let backup = store.backup(&file, now_ms()).await?;
        store.close().await;
        Ok(backup)
    })?;
    let (rows, bytes) = (backup.rows, backup.bytes);
    print(&format!("{} holds the library now: {rows} rows in {bytes} bytes\n", file.display()))
}

/// `vidicon restore FILE`
pub(super) fn restore(
    file: &Path,
    replace: bool,
    flags: &Flags,
    around: &Surroundings,
) -> Result<(), Failure> {
    let (settings, location) = place(flags, around)?;
    // Held to the end: nobody may serve meanwhile.
    let _data = DataFolder::open(&around.absolute(&settings.data)).map_err(anyhow::Error::from)?;
    let file = around.absolute(file);
    let restored = block_on(async {
        let restored = store::restore(&file, &location, replace, now_ms()).await;
        restored.map_err(|error| match error {
            store::StoreError::Taken { .. } => anyhow!(
                "there is a library already ({location}): --replace puts the backup in its place"
            ),
            error => error.into(),
        })
    })?;
    let rows = restored.rows;
    print(&format!("{location} holds the library of {} now: {rows} rows\n", file.display()))
}

/// `vidicon import DIR`
pub(super) fn import(
    folder: &Path,
    as_json: bool,
    flags: &Flags,
    around: &Surroundings,
) -> Result<(), Failure> {
    let folder = around.absolute(folder);
    let report = with_library(flags, around, async |library| {
        let below = library.below(&folder);
        Ok(library.import(catalogue::UserId::HOUSEHOLD, &folder, below.as_deref()).await?)
    })?;
    if as_json {
        return print(&format!("{:#}\n", json!(report)));
    }
    print(&in_words(&report))
}

fn in_words(report: &ImportReport) -> String {
    if report.files.is_empty() {
        return format!(
            "{} has none of ratings.json, views.json, tags.json and favorites.json: nothing was done\n",
            report.folder
        );
    }
    let taken = report.taken;
    let mut lines = vec![
        format!("{} read in {}", report.files.join(", "), report.folder),
        format!("{} names are videos here", report.matched),
        if report.known {
            "all of it was taken over before: nothing was changed".to_owned()
        } else {
            format!(
                "taken over: {} ratings, {} favourites, views of {} videos, tags of {} videos",
                taken.ratings, taken.favourites, taken.views, taken.tags
            )
        },
    ];
    let unmatched = report.unmatched.iter();
    lines.extend(unmatched.map(|one| format!("not matched: {:?}: {}", one.name, one.reason)));
    lines.extend(report.malformed.iter().map(|one| {
        let entry = one.entry.as_ref().map_or_else(String::new, |entry| format!(" {entry:?}"));
        format!("skipped: {}{entry}: {}", one.file, one.reason)
    }));
    lines.join("\n") + "\n"
}

/// `vidicon export [DIR]`
pub(super) fn export(
    folder: &Path,
    force: bool,
    flags: &Flags,
    around: &Surroundings,
) -> Result<(), Failure> {
    let folder = around.absolute(folder);
    refuse_published(&folder, flags, around)?;
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let files = with_library(flags, around, async |library| {
        Ok(library.export_legacy(catalogue::UserId::HOUSEHOLD).await?)
    })?;
    let whole = folder.join("library.backup");
    if !force {
        let names = files.iter().map(|(name, _)| folder.join(name));
        refuse_to_replace(names.chain([whole.clone()]))?;
    }
    for (name, value) in files {
        write_whole(&folder.join(name), &format!("{value:#}\n"))?;
    }
    with_library(flags, around, async |library| {
        write_json(library, folder.join("library.json")).await
    })?;
    let (_, location) = place(flags, around)?;
    block_on(async {
        let store = Store::open(&location).await?;
        store.backup_without_secrets(&whole, now_ms()).await?;
        store.close().await;
        Ok(())
    })?;
    print(&format!(
        "ratings.json, views.json, tags.json and favorites.json are in {}, and all of the library in library.json and \
         library.backup\n",
        folder.display()
    ))
}

/// Everything that there is about the household must not be fetched by whoever guesses its name.
fn refuse_published(path: &Path, flags: &Flags, around: &Surroundings) -> Result<(), Failure> {
    let (settings, _) = place(flags, around)?;
    let media: Vec<_> = settings.folders.iter().map(|media| around.absolute(media)).collect();
    data_folder::refuse_published(path, &media).map_err(|_| {
        Failure::Usage(format!(
            "{} lies inside a media folder: everybody could fetch what is written there. Name a place outside",
            path.display()
        ))
    })
}

/// They may be the originals of an older installation.
fn refuse_to_replace(files: impl Iterator<Item = PathBuf>) -> Result<(), Failure> {
    let there: Vec<_> = files.filter(|file| file.symlink_metadata().is_ok()).collect();
    if there.is_empty() {
        return Ok(());
    }
    let named: Vec<_> = there.iter().map(|file| file.display().to_string()).collect();
    Err(Failure::Usage(format!(
        "there already: {}. Name another folder, or say --force to replace them",
        named.join(", ")
    )))
}

/// `vidicon thumbnails`
pub(super) fn thumbnails(all: bool, flags: &Flags, around: &Surroundings) -> Result<(), Failure> {
    let (settings, _) = place(flags, around)?;
    media_folders::resolve(&settings.folders, around).map_err(Failure::Usage)?;
    let is_running = data_folder::holder(&around.absolute(&settings.data)) != Holder::None;
    let again = with_library(flags, around, async |library| {
        let again = library.make_pictures(all).await?;
        if !is_running {
            let bar = ProgressBar::new_spinner().with_message("making pictures");
            bar.enable_steady_tick(Duration::from_millis(120));
            let made = library.make_missing_pictures(|done| bar.set_position(done)).await?;
            bar.finish_and_clear();
            return Ok(made);
        }
        Ok(again)
    })?;
    if is_running {
        return print(&format!(
            "The pictures of {again} videos are forgotten; the running Vidicon makes them anew\n"
        ));
    }
    print(&format!("Pictures of {again} videos are made\n"))
}

/// Runs something with the library, which does nothing by itself.
fn with_library<T>(
    flags: &Flags,
    around: &Surroundings,
    work: impl AsyncFnOnce(&Library) -> anyhow::Result<T>,
) -> Result<T, Failure> {
    let (settings, _) = place(flags, around)?;
    // What was said of videos is there whether or not their folders are.
    let media = media_folders::resolve(&settings.folders, around);
    let roots = media.map(|media| media.roots).unwrap_or_default();
    let data = around.absolute(&settings.data);
    block_on(async {
        let folders = rooms::folders(&settings, roots, Vec::new())?;
        let films = rooms::films(&settings, &data, &folders);
        let library = Library::open(rooms::library(&settings, &data, &folders, &films)).await?;
        let done = work(&library).await;
        library.store().close().await;
        done
    })
}

/// The settings in force, and where they keep the library.
fn place(flags: &Flags, around: &Surroundings) -> Result<(Settings, Location), Failure> {
    let settings = settings::load(flags, around)?.settings;
    let data = around.absolute(&settings.data);
    data_folder::create(&data)
        .with_context(|| format!("cannot make the data folder {}", data.display()))?;
    let location = settings.database.location(&data);
    Ok((settings, location))
}

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done.map_err(Failure::from)
}

/// Writes a file that has its name only when it is whole.
fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    write_pieces(path, std::iter::once(Ok(text))).map_err(Failure::from)
}

/// Writes all of the library as a JSON text, piece by piece.
async fn write_json(library: &Library, path: PathBuf) -> anyhow::Result<()> {
    let mut pieces = api::library_as_json(library.clone());
    let writing = tokio::task::spawn_blocking(move || {
        write_pieces(&path, std::iter::from_fn(|| pieces.blocking_recv()))
    });
    writing.await.context("the export ended")?
}

/// Writes a file out of pieces; it has its name only when it is whole, and nothing is left of one that is not.
fn write_pieces<T: AsRef<[u8]>>(
    path: &Path,
    mut pieces: impl Iterator<Item = Result<T, LibraryError>>,
) -> anyhow::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut write = || {
        let mut file = fs::File::create(&unfinished)?;
        pieces.try_for_each(|piece| anyhow::Ok(file.write_all(piece?.as_ref())?))?;
        file.sync_all()?;
        anyhow::Ok(fs::rename(&unfinished, path)?)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&unfinished);
        anyhow!("cannot write {}: {error:#}", path.display())
    })
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
