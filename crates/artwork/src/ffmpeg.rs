//! How ffmpeg is called, and what its last words mean.

use std::{ffi::OsString, path::PathBuf};

use crate::NoPicture;

/// What a file may be that ffmpeg opens by itself. Not among them is whatever names other files
/// (playlists, lists of files, session descriptions): a video must not make us read those.
pub(crate) const FORMATS: &str = "aac,aiff,amv,asf,avi,dv,flac,flv,gif,gxf,h264,hevc,ivf,m4v,\
    matroska,webm,mjpeg,mov,mp4,mp3,mpeg,mpegts,mpegvideo,mxf,nsv,nut,ogg,rm,roq,smk,swf,vc1,\
    vivo,wav,wtv,xwma,yuv4mpegpipe,bink,ape,wv";

/// The programs.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    pub(crate) ffmpeg: PathBuf,
    pub(crate) ffprobe: PathBuf,
}

/// The beginning of every command line: says nothing but errors, asks nothing.
pub(crate) fn quietly() -> Vec<OsString> {
    words(&["-hide_banner", "-nostdin", "-v", "error"])
}

/// Reads what a [`Reel`](crate::reel) writes to its standard input.
pub(crate) fn from_pipe(threads: u32) -> Vec<OsString> {
    let threads = threads.to_string();
    words(&[
        "-threads",
        &threads,
        // Pictures that follow from where decoding began are shown, whatever they should refer to.
        "-flags",
        "+output_corrupt",
        // What would be looked for is in the init: looking costs a few pictures decoded twice.
        "-probesize",
        "64k",
        "-analyzeduration",
        "0",
        "-protocol_whitelist",
        "pipe",
        "-f",
        "mov",
        "-i",
        "pipe:0",
    ])
}

/// Reads the file that is its standard input, by itself: opened anew, so that it can be sought in,
/// and without its name, which may be anything.
pub(crate) fn from_file() -> Vec<OsString> {
    words(&["-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-i", "file:/dev/stdin"])
}

/// Writes pixels to its standard output, one picture for each twenty-fifth of a second: what could
/// not be decoded is filled by what came before, so that each picture has its place.
pub(crate) fn to_pixels(most: u64) -> Vec<OsString> {
    let most = most.to_string();
    words(&[
        "-an",
        "-sn",
        "-dn",
        "-r",
        "25",
        "-frames:v",
        &most,
        "-c:v",
        "ppm",
        "-threads:v",
        "1",
        "-pix_fmt",
        "rgb24",
        "-f",
        "image2pipe",
        "pipe:1",
    ])
}

pub(crate) fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// What it means that ffmpeg gave nothing and said this.
pub(crate) fn meaning(said: &str) -> NoPicture {
    let has = |words: &str| said.contains(words);
    let lacks = |what: &str| NoPicture::Lacking(what.to_owned());
    let line = |words: &str| said.lines().find(|line| line.contains(words)).map(plain);
    if has("No space left on device") {
        NoPicture::DiskFull
    } else if has("Unknown encoder") || has("Encoder not found") {
        lacks(&line("ncoder").unwrap_or_default())
    } else if has("Unknown decoder") || has("Decoder (codec") || has("Decoder not found") {
        lacks(&line("ecoder").unwrap_or_default())
    } else if has("matches no streams") || has("does not contain any stream") {
        NoPicture::NoVideo
    } else {
        NoPicture::Damaged(last_words(said))
    }
}

/// The last line that says something.
pub(crate) fn last_words(said: &str) -> String {
    // What these say is that the line before was right.
    let empty = |line: &&str| {
        !line.trim().is_empty()
            && !line.contains("Conversion failed")
            && !line.contains("Nothing was written")
    };
    said.lines().rev().find(empty).map_or_else(|| "no reason was given".to_owned(), plain)
}

/// A line without the address of whatever said it, and not too long for a sentence.
fn plain(line: &str) -> String {
    let text = match line.split_once(" @ 0x").and_then(|(_, rest)| rest.split_once("] ")) {
        Some((_, text)) => text,
        None => line,
    };
    text.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_says_becomes_a_reason() {
        assert_eq!(
            meaning("av_interleaved_write_frame(): No space left on device\n"),
            NoPicture::DiskFull
        );
        assert!(
            matches!(meaning("Unknown encoder 'libx264'"), NoPicture::Lacking(what) if what.contains("libx264"))
        );
        let said = "[h264 @ 0x55d2a8] no frame!\nConversion failed!\n";
        assert_eq!(meaning(said), NoPicture::Damaged("no frame!".to_owned()));
        assert_eq!(meaning(""), NoPicture::Damaged("no reason was given".to_owned()));
    }
}
