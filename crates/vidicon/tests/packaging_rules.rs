//! The playlists and MPDs of every film that can be had, held against RFC 8216bis and
//! ISO/IEC 23009-1 by the validators of the product.
//!
//! What is in the segments is for the judge; here only their sizes are looked at.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use hls::{Context, MeasuredPlaylist, MeasuredSegment, Playlist, Severity, Violation};
use testkit::{Http, Server, oddities};

/// Rules that some films cannot keep, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    // A film whose languages differ in their codings has groups with different members: in one
    // group, players that cannot decode one of the codings would refuse all of them.
    ("4.4.6.1.1", "has not the same members as"),
];

fn escaped(path: &str) -> String {
    percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2F", "/")
}

/// The violations of musts that are no exception.
fn musts(found: Vec<Violation>) -> impl Iterator<Item = String> {
    let is_excepted = |one: &Violation| {
        EXCEPTIONS.iter().any(|(section, text)| one.section == *section && one.text.contains(text))
    };
    found
        .into_iter()
        .filter(move |one| one.severity == Severity::Must && !is_excepted(one))
        .map(|one| one.to_string())
}

/// A playlist and its text.
fn read(http: &mut Http, target: &str) -> Result<(Playlist, String), String> {
    let answer = http.get(target);
    let text = String::from_utf8(answer.body).map_err(|_| format!("{target} is no text"))?;
    if answer.status != 200 {
        return Err(format!("{target}: {} {text}", answer.status));
    }
    let playlist = hls::parse(&text).map_err(|error| format!("{target}: {error}"))?;
    Ok((playlist, text))
}

/// A media playlist as it turned out to be, and what is wrong with it.
fn media(
    http: &mut Http,
    folder: &str,
    uri: &str,
) -> Result<(MeasuredPlaylist, Vec<String>), String> {
    let target = format!("{folder}{uri}");
    let (Playlist::Media(playlist), text) = read(http, &target)? else {
        return Err(format!("{target} is no media playlist"));
    };
    let segments = playlist.segments.iter().map(|segment| {
        let answer = http.head(format!("{folder}{}", segment.uri));
        let bytes = answer.headers.get("content-length").unwrap_or("0").parse().unwrap_or(0);
        MeasuredSegment { bytes, micros: segment.duration.micros() }
    });
    let segments: Vec<MeasuredSegment> = segments.collect();
    let context = Context { segments: Some(&segments), ..Context::default() };
    let mut findings: Vec<String> =
        musts(hls::validate(&text, &context)).map(|one| format!("{target}: {one}")).collect();
    let empty = segments.iter().position(|segment| segment.bytes == 0);
    findings.extend(empty.map(|at| format!("{target}: segment {} is empty", at + 1)));
    Ok((MeasuredPlaylist { target_duration: playlist.target(), segments }, findings))
}

/// What is wrong with the playlists and the MPD of one film.
fn film(http: &mut Http, name: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let name = escaped(name);
    for door in ["hls", "hls-ts"] {
        let folder = format!("/{door}/{name}/");
        let master = format!("{folder}master.m3u8");
        if http.get(&master).status != 200 {
            continue;
        }
        let Ok((Playlist::Multivariant(playlist), text)) = read(http, &master) else {
            findings.push(format!("{master} is no multivariant playlist"));
            continue;
        };
        let variants = playlist.variants.iter().map(|one| one.uri.clone());
        let iframes = playlist.iframe_variants.iter().map(|one| one.uri.clone());
        let renditions = playlist.renditions.iter().filter_map(|one| one.uri.clone());
        let mut playlists = HashMap::new();
        for uri in variants.chain(iframes).chain(renditions) {
            if playlists.contains_key(&uri) {
                continue;
            }
            match media(http, &folder, &uri) {
                Ok((measured, more)) => {
                    findings.extend(more);
                    playlists.insert(uri, measured);
                }
                Err(error) => findings.push(error),
            }
        }
        let context = Context { playlists: Some(&playlists), ..Context::default() };
        let found = musts(hls::validate(&text, &context));
        findings.extend(found.map(|one| format!("{master}: {one}\n{text}")));
    }
    let manifest = format!("/dash/{name}/manifest.mpd");
    let answer = http.get(&manifest);
    if answer.status == 200 {
        let text = String::from_utf8(answer.body).unwrap();
        let faults = dash::validate(&text);
        findings.extend(faults.iter().map(|fault| format!("{manifest}: {fault}")));
    }
    findings
}

fn expect_none(folder: &Path, names: &[String]) {
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder).start();
    let mut http = server.http();
    let mut failed = Vec::new();
    for name in names {
        let findings = film(&mut http, name);
        if !findings.is_empty() {
            failed.push(format!("{name}:\n  {}\n", findings.join("\n  ")));
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.concat());
}

#[test]
fn every_playlist_of_the_shared_media_keeps_the_rules() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let Ok(folder) = repository.join("../shared/media").canonicalize() else {
        return eprintln!("there are no shared media: only what ffmpeg makes is looked at");
    };
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap());
    let files = files.filter(|entry| entry.file_type().unwrap().is_file());
    let mut names: Vec<String> =
        files.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() > 40);
    expect_none(&folder, &names);
}

#[test]
fn every_playlist_of_the_oddities_keeps_the_rules() {
    let names: Vec<String> = oddities::all()
        .map(|oddity| {
            let _made: PathBuf = oddity.path();
            oddity.file.to_owned()
        })
        .collect();
    expect_none(&oddities::folder(), &names);
}
