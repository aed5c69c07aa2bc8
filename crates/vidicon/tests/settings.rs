//! What the configuration comes to, where each value came from, and what is said when it is wrong.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::{fs, path::PathBuf};

use tempfile::TempDir;
use vidicon::{
    platform::Surroundings,
    settings::{
        Flags, Loaded, Settings, Symlinks, TlsMode, keys::KEYS, load, render, values::Duration,
    },
};

/// A working folder with a home of its own, and what is written in it.
struct Place {
    folder: TempDir,
    around: Surroundings,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let around = Surroundings {
            working_folder: folder.path().to_owned(),
            home: Some(folder.path().join("home")),
            ..Surroundings::default()
        };
        Self { folder, around }
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.around.environment.push((name.into(), value.into()));
        self
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn load(&self, flags: &Flags) -> Loaded {
        load(flags, &self.around).unwrap_or_else(|error| panic!("{error}"))
    }

    fn refusal(&self, flags: &Flags) -> String {
        load(flags, &self.around).unwrap_err().to_string()
    }
}

fn set(pairs: &[&str]) -> Flags {
    Flags { set: pairs.iter().map(|&pair| pair.to_owned()).collect(), ..Flags::default() }
}

/// The values that are not defaults, with where they came from.
fn sources(loaded: &Loaded) -> Vec<String> {
    loaded.sources.iter().map(|(key, source)| format!("{key} from {source}")).collect()
}

/// What a file of this text is refused with.
fn yaml_refusal(text: &str) -> String {
    Place::new().file("vidicon.yaml", text).refusal(&Flags::default())
}

#[test]
fn without_anything_the_defaults_apply() {
    let place = Place::new();
    let loaded = place.load(&Flags::default());
    assert_eq!(loaded.settings, Settings::defaults(&place.around));
    assert_eq!(loaded.settings.data, place.at("home/.local/share/vidicon"));
    assert_eq!((loaded.file, loaded.sources.len(), loaded.warnings.len()), (None, 0, 0));
}

#[test]
fn flags_beat_environment_beats_file_beats_default() {
    let place = Place::new()
        .file(
            "vidicon.yaml",
            "limits:\n  header_timeout: 1s\n  stall_timeout: 2s\nfiles:\n  max_age: 3s\n",
        )
        .variable("VIDICON_LIMITS_HEADER_TIMEOUT", "4s")
        .variable("VIDICON_LIMITS_STALL_TIMEOUT", "5s");
    let loaded = place.load(&set(&["limits.header_timeout=6s"]));
    let settings = &loaded.settings;
    assert_eq!(settings.limits.header_timeout, Duration::from_secs(6));
    assert_eq!(settings.limits.stall_timeout, Duration::from_secs(5));
    assert_eq!(settings.files.max_age, Duration::from_secs(3));
    assert_eq!(settings.stop.grace, Duration::from_secs(10));
    assert_eq!(
        sources(&loaded),
        [
            "files.max_age from vidicon.yaml:5",
            "limits.header_timeout from --set",
            "limits.stall_timeout from environment variable VIDICON_LIMITS_STALL_TIMEOUT",
        ]
    );
}

#[test]
fn arguments_replace_the_folders_and_listeners_of_the_file() {
    let place =
        Place::new().file("vidicon.yaml", "folders: [a, b]\nlisten: [\"0.0.0.0:9000\"]\ndata: d\n");
    let flags = Flags {
        folders: vec!["c".into()],
        listen: vec![":5000".into(), ":8080".into()],
        data: Some("~/d".into()),
        ..set(&["listen=:1"])
    };
    let loaded = place.load(&flags);
    assert_eq!(loaded.settings.folders, [PathBuf::from("c")]);
    let listeners = loaded.settings.listeners().unwrap();
    let listeners: Vec<_> = listeners.iter().map(ToString::to_string).collect();
    assert_eq!(listeners, ["http://0.0.0.0:5000", "http://0.0.0.0:8080"]);
    assert_eq!(loaded.settings.data, place.at("home/d"));
    assert_eq!(sources(&loaded), ["data from --data", "folders from DIR", "listen from --listen"]);
}

#[test]
fn paths_in_a_file_count_from_the_folder_of_the_file() {
    let place = Place::new().file(
        "etc/tv.yaml",
        "folders: [./videos, ~/films, /srv/tv]\ndata: ../data\ntls:\n  certificate: c.pem\n  key: k.pem\n",
    );
    let flags = Flags { config: Some("etc/tv.yaml".into()), ..Flags::default() };
    let loaded = place.load(&flags);
    let settings = loaded.settings;
    assert_eq!(
        settings.folders,
        [place.at("etc/videos"), place.at("home/films"), "/srv/tv".into()]
    );
    assert_eq!(settings.data, place.at("etc/../data"));
    assert_eq!(settings.tls.certificate, Some(place.at("etc/c.pem")));
    assert_eq!(settings.tls.mode(), TlsMode::Files);
    assert_eq!(loaded.file, Some("etc/tv.yaml".into()));
}

#[test]
fn a_file_is_found_where_it_is_looked_for() {
    let home = Place::new().file("home/.config/vidicon/vidicon.yml", "log: {level: debug}\n");
    let loaded = home.load(&Flags::default());
    assert_eq!(loaded.file, Some(home.at("home/.config/vidicon/vidicon.yml")));
    assert_eq!(loaded.settings.log.level, "debug");

    let nearer = home.file("vidicon.json", "{\"log\": {\"level\": \"warn\"}}");
    let loaded = nearer.load(&Flags::default());
    assert_eq!(
        (loaded.file, loaded.settings.log.level.as_str()),
        (Some("vidicon.json".into()), "warn")
    );

    let named =
        nearer.file("other.yaml", "log: {level: error}\n").variable("VIDICON_CONFIG", "other.yaml");
    assert_eq!(named.load(&Flags::default()).settings.log.level, "error");
}

#[test]
fn the_system_s_file_is_read_where_there_is_no_nearer_one() {
    let mut place = Place::new().file("etc/vidicon.yaml", "log: {level: debug}\n");
    assert_eq!(place.load(&Flags::default()).file, None);
    place.around.system_folder = Some(place.at("etc"));
    assert_eq!(place.load(&Flags::default()).file, Some(place.at("etc/vidicon.yaml")));
    let nearer = place.file("home/.config/vidicon/vidicon.yaml", "log: {level: warn}\n");
    assert_eq!(nearer.load(&Flags::default()).settings.log.level, "warn");
}

#[test]
fn a_json_file_sets_the_same_keys_with_lines() {
    let text = "{\n\t\"folders\": [\"/srv/\\u0444\\u0438\\u043b\\u044c\\u043c\\u044b\"],\n\t\"files\": {\n\t\t\"max_ranges\": 8,\n\
                \t\t\"symlinks\": \"inside\"\n\t},\n\t\"log\": {\"access\": false}\n}\n";
    let loaded = Place::new().file("vidicon.json", text).load(&Flags::default());
    assert_eq!(loaded.settings.folders, [PathBuf::from("/srv/фильмы")]);
    assert_eq!(loaded.settings.files.max_ranges, 8);
    assert_eq!(loaded.settings.files.symlinks, Symlinks::Inside);
    assert!(!loaded.settings.log.access);
    assert_eq!(
        sources(&loaded),
        [
            "files.max_ranges from vidicon.json:4",
            "files.symlinks from vidicon.json:5",
            "folders from vidicon.json:2",
            "log.access from vidicon.json:7",
        ]
    );
}

#[test]
fn lists_are_written_by_commas_outside_of_files() {
    let place = Place::new()
        .variable("VIDICON_FOLDERS", "/a, /b")
        .variable("VIDICON_ACCESS_CORS_ORIGINS", "[]");
    let loaded = place.load(&set(&["access.api_keys=0123456789abcdef,fedcba9876543210"]));
    assert_eq!(loaded.settings.folders, [PathBuf::from("/a"), PathBuf::from("/b")]);
    assert_eq!(loaded.settings.access.api_keys.len(), 2);
    assert_eq!(loaded.settings.access.cors.origins, []);
}

#[test]
fn tls_has_a_short_form_everywhere() {
    let file = Place::new().file("vidicon.yaml", "tls: self-signed\ntls.names: tv.example.org\n");
    let loaded = file.load(&Flags::default());
    assert_eq!(loaded.settings.tls.mode(), TlsMode::SelfSigned);
    assert_eq!(loaded.settings.tls.names, ["tv.example.org"]);
    let file = file.variable("VIDICON_TLS", "off");
    assert_eq!(file.load(&Flags::default()).settings.tls.mode(), TlsMode::Off);
    assert_eq!(file.load(&set(&["tls=self-signed"])).settings.tls.mode(), TlsMode::SelfSigned);
}

#[test]
fn unknown_keys_are_refused_by_name_with_the_nearest_known_key() {
    assert_eq!(
        yaml_refusal("limits:\n  header_tiemout: 5s\n"),
        "vidicon.yaml:2: there is no key limits.header_tiemout; did you mean limits.header_timeout? \
         (`vidicon config --sample` shows them all)"
    );
    assert_eq!(
        yaml_refusal("\nlimit:\n  connections: 5\n"),
        "vidicon.yaml:2: there is no key limit; did you mean limits? (`vidicon config --sample` shows them all)"
    );
    assert_eq!(
        yaml_refusal("bananas: 5\n"),
        "vidicon.yaml:1: there is no key bananas (`vidicon config --sample` shows them all)"
    );
    assert_eq!(
        Place::new().refusal(&set(&["stop.grase=5s"])),
        "--set: there is no key stop.grase; did you mean stop.grace? (`vidicon config --sample` shows them all)"
    );
    assert_eq!(
        Place::new().variable("VIDICON_LISTEM", ":80").refusal(&Flags::default()),
        "environment variable VIDICON_LISTEM: no key has this variable; did you mean VIDICON_LISTEN? (unset it, \
         or find its name by `vidicon config --sample`)"
    );
}

#[test]
fn variables_of_container_platforms_and_empty_ones_are_left_alone() {
    let place = Place::new()
        .variable("VIDICON_SERVICE_HOST", "10.0.0.1")
        .variable("VIDICON_SERVICE_PORT_HTTP", "9000")
        .variable("VIDICON_PORT", "tcp://10.0.0.1:9000")
        .variable("VIDICON_PORT_9000_TCP_ADDR", "10.0.0.1")
        .variable("VIDICON_NAME", "/web/vidicon")
        .variable("VIDICON_CONFIG", "")
        .variable("VIDICON_FOLDERS", "")
        .variable("VIDICON_LIMITS_CONECTIONS", "")
        .variable("VIDICONX", "1");
    assert_eq!(place.load(&Flags::default()).sources.len(), 0);
}

#[test]
fn an_empty_variable_for_keys_does_not_open_the_door() {
    for (variable, key) in [
        ("VIDICON_ACCESS_API_KEYS", "access.api_keys"),
        ("VIDICON_ACCESS_API_KEYS_FILE", "access.api_keys_file"),
    ] {
        assert_eq!(
            Place::new().variable(variable, "").refusal(&Flags::default()),
            format!(
                "environment variable {variable}: {key}: it is empty, which would let everybody in: did its \
                 secret arrive? Give it a value, or unset it; VIDICON_ACCESS_API_KEYS=[] says that no key is wanted"
            )
        );
    }
    for blank in [" ", ","] {
        Place::new().variable("VIDICON_ACCESS_API_KEYS", blank).refusal(&Flags::default());
    }
    let place = Place::new().variable("VIDICON_ACCESS_API_KEYS", "[]");
    assert_eq!(place.load(&Flags::default()).settings.access.api_keys.len(), 0);
}

#[test]
fn wrong_values_are_refused_with_place_and_remedy() {
    let cases = [
        (
            "limits:\n  header_timeout: 10\n",
            "vidicon.yaml:2: limits.header_timeout: \"10\" has no unit: write it like \"30s\", \"1m30s\" or \
             \"500ms\" (units: ms, s, m, h, d)",
        ),
        (
            "limits:\n  header_size: 1KiB\n",
            "vidicon.yaml:2: limits.header_size: 1KiB is too little: write 8KiB to 1MiB",
        ),
        (
            "files: {max_ranges: 99999999999}\n",
            "vidicon.yaml:1: files.max_ranges: 99999999999 is too much: write 1 to 1024",
        ),
        (
            "files: {max_ranges: many}\n",
            "vidicon.yaml:1: files.max_ranges: \"many\" is not a whole number: write one like 32",
        ),
        (
            "files:\n  symlinks: never\n",
            "vidicon.yaml:2: files.symlinks: \"never\" is not one of the words here: write follow, inside or refuse",
        ),
        (
            "listen:\n  - 0.0.0.0:9000\n  - example.org:80\n",
            "vidicon.yaml:3: listen: \"example.org:80\" is not an address to listen on: write ADDR:PORT, like \
             \"0.0.0.0:9000\", \"127.0.0.1:8080\" or \"[::]:9000\", with \"http://\" or \"https://\" in front where it matters",
        ),
        (
            "data:\n",
            "vidicon.yaml:1: data: nothing is written there: write a value, like /srv/vidicon, or take the line out",
        ),
        (
            "data: [a]\n",
            "vidicon.yaml:1: data: a list stands where one value is wanted, like /srv/vidicon",
        ),
        (
            "folders:\n  a: b\n",
            "vidicon.yaml:2: folders: keys stand below it where a list is wanted, like [/srv/videos, ~/Videos]",
        ),
        (
            "limits: 5\n",
            "vidicon.yaml:1: limits is a section: write its keys below it, indented by two spaces",
        ),
        (
            "stop:\n  grace: 1s\nstop.grace: 2s\n",
            "vidicon.yaml:3: stop.grace stands here a second time: take one of the two out",
        ),
        (
            "tls.names: [\"https://tv\"]\n",
            "vidicon.yaml:1: tls.names: \"https://tv\" is neither a DNS name nor an IP address: write it like \
             \"tv.example.org\" or \"192.168.1.20\", without a scheme or port",
        ),
        (
            "folders: []\n",
            "folders: there is no media folder: name at least one, like `vidicon serve ~/Videos`",
        ),
        (
            "listen: https://0.0.0.0:9000\n",
            "listen: https://0.0.0.0:9000 asks for TLS, but tls is off: write \"tls: self-signed\", or \
             tls.certificate and tls.key, or take \"https://\" away",
        ),
    ];
    for (text, refusal) in cases {
        assert_eq!(yaml_refusal(text), refusal);
    }
    assert_eq!(
        Place::new().refusal(&set(&["limits"])),
        "--set: \"limits\" has no \"=\": write --set key=value, like --set limits.header_timeout=5s"
    );
    assert_eq!(
        Place::new().refusal(&set(&["limits=5"])),
        "--set: limits is a section: set one of its keys, like --set limits.connections=…"
    );
}

#[test]
fn every_problem_is_reported_at_once() {
    let place = Place::new()
        .file("vidicon.yaml", "colour: red\nstop: {grace: 5}\n")
        .variable("VIDICON_LOG_LEVEL", "loud");
    let refusal = place.refusal(&set(&["limits.connections=0"]));
    let beginnings: Vec<_> = refusal.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(
        beginnings,
        ["vidicon.yaml:1", "vidicon.yaml:2", "environment variable VIDICON_LOG_LEVEL", "--set"]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_who_asked_for_it() {
    let refusal =
        Place::new().refusal(&Flags { config: Some("none.yaml".into()), ..Flags::default() });
    assert!(
        refusal.starts_with("--config: cannot read the configuration file none.yaml: No such file"),
        "{refusal}"
    );
    let refusal = Place::new().variable("VIDICON_CONFIG", "none.yaml").refusal(&Flags::default());
    assert!(refusal.starts_with("environment variable VIDICON_CONFIG: cannot read"), "{refusal}");
    let large = "#".repeat((1 << 20) + 1);
    assert_eq!(
        yaml_refusal(&large),
        "cannot read the configuration file vidicon.yaml: it is larger than 1 MiB; mend it, or name another by --config"
    );
}

#[test]
fn what_is_allowed_but_not_meant_gives_a_warning() {
    let flags = set(&["access.api_keys=short", "tls.names=tv", "limits.connections=5"]);
    let warnings = Place::new().load(&flags).warnings;
    let beginnings: Vec<_> =
        warnings.iter().map(|line| line.split(&[':', ' ']).next().unwrap()).collect();
    assert_eq!(beginnings, ["access.api_keys", "tls.names", "limits.connections_per_address"]);
}

#[test]
fn secrets_are_never_shown() {
    let loaded = Place::new().load(&set(&["access.api_keys=hunter2-hunter2-hunter2"]));
    let shown =
        format!("{}{}{:?}", render::listing(&loaded), render::json(&loaded), loaded.settings);
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("•••"));
}

#[test]
fn a_user_without_a_home_is_asked_for_a_data_folder() {
    let mut place = Place::new();
    place.around.home = None;
    assert_eq!(
        place.refusal(&Flags::default()),
        "data: this user has no home folder to keep data in: name a folder by --data or VIDICON_DATA"
    );
    place.load(&Flags { data: Some("d".into()), ..Flags::default() });
}

#[test]
fn the_sample_with_every_setting_uncommented_says_the_defaults() {
    let uncommented: String = render::sample()
        .lines()
        .map(|line| line.strip_prefix("# ").unwrap_or(line).to_owned() + "\n")
        .collect();
    let place = Place::new().file("vidicon.yaml", &uncommented);
    let loaded = place.load(&Flags::default());
    let mut expected = Settings::defaults(&place.around);
    // In a file a relative folder counts from the file, and a mode that is written is a mode that was chosen.
    expected.folders = vec![place.at("videos")];
    expected.tls.mode = Some(TlsMode::Off);
    assert_eq!(loaded.settings, expected);
    let fixed = KEYS.iter().filter(|key| key.otherwise.is_none()).count();
    assert_eq!(loaded.sources.len(), fixed, "every key with a fixed default was read");
}

#[test]
fn the_sample_as_it_is_changes_nothing() {
    let place = Place::new().file("vidicon.yaml", &render::sample());
    assert_eq!(place.load(&Flags::default()).sources.len(), 0);
}

#[test]
fn every_example_is_a_good_value() {
    for key in KEYS {
        let place = Place::new().file("vidicon.yaml", &format!("{}: {}\n", key.name, key.example));
        match load(&Flags::default(), &place.around) {
            Ok(loaded) => assert_eq!(loaded.sources.len(), 1, "{}", key.name),
            // One half of a certificate asks for the other.
            Err(error) => assert!(error.to_string().contains("is set but tls."), "{error}"),
        }
    }
}
