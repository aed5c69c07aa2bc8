//! Encrypted connections, judged by curl.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{fs, path::PathBuf, process::Command};

use testkit::{Folder, Pattern, Server, server::Builder, tools};

const LEN: u64 = 20 << 20;

fn server(folder: &Folder) -> Builder {
    folder.pattern("film.mp4", 1, LEN);
    folder.write("text.srt", "To be, or not to be\n".repeat(1000));
    Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("tls", "self-signed")
        .listen("https://127.0.0.1:0")
}

fn curl() -> Command {
    let mut curl = tools::require("curl", "curl");
    curl.args(["--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "30"]);
    curl
}

/// curl that trusts any certificate and speaks this version.
fn curl_with(version: &str) -> Command {
    let mut curl = curl();
    curl.args(["--insecure", version]);
    curl
}

/// The certificate that the server has made, wherever in its data folder it keeps it.
fn certificate(server: &Server) -> PathBuf {
    let mut folders = vec![server.data().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read(&path).unwrap().starts_with(b"-----BEGIN CERTIFICATE") {
                return path;
            }
        }
    }
    panic!("no certificate in {}", server.data().display());
}

#[test]
fn http_2_is_chosen_by_alpn_and_http_1_1_when_the_client_knows_no_other() {
    let folder = Folder::new();
    let server = server(&folder).start();
    for (flag, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
        let out = folder.join("out");
        let printed = tools::run_clean(
            curl_with(flag)
                .args(["--write-out", "%{http_version} %{http_code}", "--output"])
                .arg(&out)
                .arg(server.url("/film.mp4")),
        );
        assert_eq!(String::from_utf8(printed).unwrap(), format!("{version} 200"));
        let bytes = fs::read(&out).unwrap();
        assert_eq!(bytes.len() as u64, LEN);
        Pattern::new(1).check(0, &bytes);
    }
}

#[test]
fn ranges_conditions_and_codings_are_the_same_in_both_versions() {
    let folder = Folder::new();
    let server = server(&folder).start();
    // A head that two versions write alike: status without its phrase, names in lower case.
    let ask = |flag: &str, args: &[&str], target: &str| {
        let printed = tools::run_clean(
            curl_with(flag).args(["--include"]).args(args).arg(server.url(target)),
        );
        let end = printed.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(printed[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let mut fields: Vec<String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .filter(|(name, _)| {
                !["date", "connection", "transfer-encoding"].contains(&name.as_str())
            })
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        fields.sort();
        (status, fields, printed[end + 4..].to_vec())
    };
    let etag = ask("--http1.1", &["--head"], "/film.mp4").1;
    let etag = etag.iter().find_map(|field| field.strip_prefix("etag: ")).unwrap();
    let none_match = format!("If-None-Match: {etag}");
    for (args, target, status) in [
        (&["--range", "1000-1999"][..], "/film.mp4", "206"),
        (&["--range", "-5"], "/film.mp4", "206"),
        (&["--head"], "/film.mp4", "200"),
        (&["--header", &none_match], "/film.mp4", "304"),
        (&[], "/text.srt", "200"),
        (&["--header", "Accept-Encoding: gzip"], "/text.srt", "200"),
        (&[], "/film.mp4?download=1", "200"),
    ] {
        let one = ask("--http1.1", args, target);
        let two = ask("--http2", args, target);
        assert_eq!(one.0, status, "{args:?} {target}");
        assert_eq!((&one.0, &one.1), (&two.0, &two.1), "{args:?} {target}");
        assert!(one.2 == two.2, "{args:?} {target}: the bodies differ");
    }
    let (_, _, body) = ask("--http2", &["--range", "1000-1999"], "/film.mp4");
    Pattern::new(1).check(1000, &body);
}

#[test]
fn many_answers_at_once_share_one_http_2_connection() {
    let folder = Folder::new();
    let server = server(&folder).start();
    let mut curl = curl_with("--http2");
    curl.args(["--parallel", "--parallel-max", "20", "--no-progress-meter"]);
    for n in 0..20 {
        curl.arg("--output").arg(folder.join(format!("out{n}"))).arg(server.url("/film.mp4"));
    }
    tools::run(&mut curl);
    for n in 0..20 {
        let bytes = fs::read(folder.join(format!("out{n}"))).unwrap();
        assert_eq!(bytes.len() as u64, LEN);
        Pattern::new(1).check(0, &bytes);
    }
}

#[test]
fn a_self_signed_certificate_is_made_once_and_kept() {
    let (folder, data) = (Folder::new(), Folder::new());
    let first = server(&folder).data(data.path()).start();
    let kept = folder.join("trusted.pem");
    fs::copy(certificate(&first), &kept).unwrap();
    drop(first);
    // A client that trusts the certificate of the first run trusts the second: it is the same,
    // and it is good for the address.
    let second = server(&folder).data(data.path()).start();
    let printed = tools::run_clean(curl().arg("--cacert").arg(&kept).arg(second.url("/text.srt")));
    assert!(String::from_utf8(printed).unwrap().starts_with("To be"));
    assert_eq!(fs::read(certificate(&second)).unwrap(), fs::read(&kept).unwrap());
}

#[cfg(unix)]
#[test]
fn the_private_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let server = server(&folder).start();
    let beside = certificate(&server);
    let mut keys = 0;
    for entry in fs::read_dir(beside.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file()
            && String::from_utf8_lossy(&fs::read(&path).unwrap()).contains("PRIVATE KEY")
        {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
            keys += 1;
        }
    }
    assert_eq!(keys, 1);
}

#[test]
fn a_certificate_from_files_is_used() {
    let folder = Folder::new();
    let made = server(&folder).start();
    let certificate = certificate(&made);
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("tls", "files")
        .set("tls.certificate", certificate.to_str().unwrap())
        .set("tls.key", certificate.with_extension("key").to_str().unwrap())
        .listen("https://127.0.0.1:0")
        .start();
    let printed =
        tools::run_clean(curl().arg("--cacert").arg(&certificate).arg(server.url("/text.srt")));
    assert!(String::from_utf8(printed).unwrap().starts_with("To be"));
}

#[test]
fn plain_and_encrypted_listeners_stand_side_by_side() {
    let folder = Folder::new();
    let server = server(&folder).listen("http://127.0.0.1:0").start();
    let [tls, plain] = server.addrs().try_into().unwrap();
    let out = tools::run_clean(curl_with("--http2").arg(format!("https://{tls}/text.srt")));
    assert_eq!(testkit::Http::connect(plain).get("/text.srt").body, out);
}

#[test]
fn what_is_no_handshake_is_turned_away_and_counted() {
    let folder = Folder::new();
    let server =
        server(&folder).listen("http://127.0.0.1:0").set("limits.header_timeout", "1s").start();
    let [tls, plain] = server.addrs().try_into().unwrap();
    let mut http = testkit::Http::connect(tls);
    http.send("GET /film.mp4 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(http.try_read_response("GET").is_err(), "no plain answer on an encrypted listener");
    let mut silent = testkit::Http::connect(tls);
    silent.wait_closed();
    let metrics = testkit::Http::connect(plain).get("/metrics").text();
    assert!(testkit::metrics::refused(&metrics, "handshake") >= 2.0, "{metrics}");
    tools::run_clean(curl_with("--http2").arg(server.url("/text.srt")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_error_is_not_taken_for_the_end_of_the_film() {
    use testkit::{FaultyDisk, FaultyFile};
    if !FaultyDisk::available() {
        return;
    }
    let file = FaultyFile::new("broken.mp4", 32 << 20, Pattern::new(1)).fails_from(8 << 20);
    let (disk, folder) = (FaultyDisk::mount(vec![file]), Folder::new());
    let server = server(&folder).folder(disk.path()).start();
    for version in ["--http2", "--http1.1"] {
        let out = folder.join("out");
        let mut curl = curl_with(version);
        let output = tools::run(curl.arg("--output").arg(&out).arg(server.url("/broken.mp4")));
        assert!(!output.status.success(), "{version}: curl took it for whole");
        let bytes = fs::read(&out).unwrap();
        assert!(bytes.len() <= 8 << 20);
        Pattern::new(1).check(0, &bytes);
        tools::run_clean(curl_with(version).arg(server.url("/text.srt")));
    }
}
