//! Who may administer where a proxy on the same machine asks for everybody: with the recipes of docs/operations.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use testkit::{Folder, Http, Server, tools, until};

const PASSWORD: &str = "{\"password\":\"correct horse\"}";

/// A server on this machine's own address, set as the documents set one behind a proxy, or as it is by default.
fn serve(settings: &[(&str, &str)]) -> (Server, Folder) {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    let mut server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("access.local_admin", "auto");
    for (key, value) in settings {
        server = server.set(key, value);
    }
    (server.start(), folder)
}

/// Status of a try to set the administrator's password, under a name.
fn takes_over(http: &mut Http, host: &str) -> u16 {
    http.send(format!(
        "PUT /api/v1/admin/password HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{PASSWORD}",
        PASSWORD.len()
    ));
    http.read_response("PUT").status
}

#[test]
fn a_proxy_that_says_nothing_makes_nobody_an_administrator() {
    for settings in
        [&[("access.hosts", "tv.example.org")][..], &[("access.local_admin", "off")][..]]
    {
        let (server, _folder) = serve(settings);
        for host in ["localhost", "127.0.0.1:9000", "[::1]"] {
            assert_eq!(takes_over(&mut server.http(), host), 403, "{settings:?}, {host}");
        }
        let who = server.get("/api/v1/session");
        let who: serde_json::Value = serde_json::from_slice(&who.body).unwrap();
        assert_eq!(
            (&who["role"], &who["local"]),
            (&"viewer".into(), &false.into()),
            "{settings:?}"
        );
    }
}

#[test]
fn who_sits_at_the_machine_administers() {
    let folder = Folder::new();
    let ways = [("auto", 204), ("on", 204), ("off", 403)];
    for (listen, (local_admin, status)) in
        ["127.0.0.1:0", "0.0.0.0:0"].into_iter().flat_map(|listen| ways.map(|way| (listen, way)))
    {
        let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
            .folder(folder.path())
            .listen(listen)
            .set("access.local_admin", local_admin)
            .spawn();
        let port = until("the server says its port", || {
            let printed = server.printed();
            let (_, rest) = printed.split_once("serving at http://")?;
            rest.split_once('/')?.0.rsplit_once(':')?.1.parse::<u16>().ok()
        });
        let mut http = Http::connect(SocketAddr::from(([127, 0, 0, 1], port)));
        assert_eq!(takes_over(&mut http, "localhost"), status, "{local_admin}");
    }
}

/// What stands between two lines of docs/operations.md, the first one included.
fn documented(from: &str, to: &str) -> String {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let page = fs::read_to_string(page).unwrap();
    let start = page.find(from).expect("the recipe is there");
    let text = &page[start..];
    text[..text.find(to).expect("the recipe ends")].to_owned()
}

struct Proxy(Child);

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn started(command: &mut Command, address: SocketAddr) -> Proxy {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let proxy = Proxy(child.unwrap());
    until("the proxy listens", || TcpStream::connect(address).ok());
    proxy
}

fn nginx(
    program: &Path,
    own: &Path,
    address: SocketAddr,
    server: SocketAddr,
    silent: bool,
) -> Proxy {
    let location = documented("    location / {", "\n}\n")
        .replace("http://127.0.0.1:9000", &format!("http://{server}"));
    let location = if silent {
        location
            .lines()
            .filter(|line| !line.contains("X-Forwarded-For"))
            .collect::<Vec<_>>()
            .join("\n")
    } else {
        assert!(location.contains("proxy_set_header X-Forwarded-For"));
        location
    };
    let own_shown = own.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {own_shown}/{kind};\n"))
        .concat();
    let conf = format!(
        "daemon off;\nmaster_process off;\npid {own_shown}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}\
         server {{\nlisten {address};\nserver_name tv.example.org;\n{location}\n}}\n}}\n"
    );
    let file = own.join("nginx.conf");
    fs::write(&file, conf).unwrap();
    let mut command = Command::new(program);
    command.arg("-e").arg(own.join("error.log")).arg("-p").arg(own).arg("-c").arg(file);
    started(&mut command, address)
}

fn caddy(program: &Path, own: &Path, address: SocketAddr, server: SocketAddr) -> Proxy {
    let site = documented("tv.example.org {\n    reverse_proxy", "```")
        .replace("127.0.0.1:9000", &server.to_string())
        .replacen("tv.example.org {", &format!("http://:{} {{", address.port()), 1);
    let file = own.join("Caddyfile");
    fs::write(&file, format!("{{\nadmin off\n}}\n{site}")).unwrap();
    let mut command = Command::new(program);
    command.arg("run").arg("--adapter").arg("caddyfile").arg("--config").arg(file);
    command.env("XDG_DATA_HOME", own).env("XDG_CONFIG_HOME", own).env("HOME", own);
    started(&mut command, address)
}

/// An address of which nobody listens now.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Nobody administers through the proxy whatever he calls the machine, and its own pages can change something.
fn judge(address: SocketAddr) {
    let http = || Http::connect(address);
    for host in ["localhost", "127.0.0.1", "tv.example.org"] {
        assert_eq!(takes_over(&mut http(), host), 403, "{host}");
    }
    let mut page = http();
    page.send(
        "DELETE /api/v1/session HTTP/1.1\r\nHost: tv.example.org\r\nOrigin: https://tv.example.org\r\n\
         Sec-Fetch-Site: same-origin\r\n\r\n",
    );
    page.read_response("DELETE").expect_status(204);
}

#[test]
fn behind_nginx_as_documented_nobody_administers_by_a_name() {
    let Some(program) = tools::find("nginx") else {
        eprintln!("nginx is not installed");
        return;
    };
    // With the line that says who asks, it does not depend on `auto`; with `auto` it does not depend on the line.
    for (local_admin, silent) in [("on", false), ("auto", true)] {
        let (server, _folder) =
            serve(&[("access.hosts", "tv.example.org"), ("access.local_admin", local_admin)]);
        let (own, address) = (Folder::new(), free());
        let _proxy = nginx(&program, own.path(), address, server.addr(), silent);
        judge(address);
    }
}

#[test]
fn behind_caddy_as_documented_nobody_administers_by_a_name() {
    let Some(program) = tools::find("caddy") else {
        eprintln!("caddy is not installed");
        return;
    };
    let (server, _folder) =
        serve(&[("access.hosts", "tv.example.org"), ("access.local_admin", "on")]);
    let (own, address) = (Folder::new(), free());
    let _proxy = caddy(&program, own.path(), address, server.addr());
    judge(address);
}
