use super::*;

fn one(name: &str) -> SideFile {
    let found = side_files("Film.mkv", [name].into_iter());
    assert_eq!(found.len(), 1, "{name}");
    found.into_iter().next().unwrap()
}

fn tag(file: &SideFile) -> Option<&str> {
    file.language.as_ref().map(Language::as_str)
}

#[test]
fn only_files_that_are_called_like_the_video_are_its_own() {
    let names = [
        "Film.srt",
        "film.en.ASS",
        "Film.de.vtt",
        "Film2.srt",
        "Film-en.srt",
        "Film.txt",
        "Film",
        "Film.mkv",
        ".srt",
        "Other.srt",
        "Film.ssa",
    ];
    let found = side_files("Film.mkv", names.into_iter());
    let found: Vec<_> = found.iter().map(|file| (file.name.as_str(), file.kind)).collect();
    assert_eq!(
        found,
        [
            ("Film.de.vtt", Kind::WebVtt),
            ("Film.srt", Kind::Srt),
            ("Film.ssa", Kind::Ass),
            ("film.en.ASS", Kind::Ass),
        ]
    );
}

#[test]
fn languages_are_known_by_code_and_by_name() {
    for (word, expected) in [
        ("en", "en"),
        ("ENG", "en"),
        ("ger", "de"),
        ("pt-BR", "pt-BR"),
        ("pt_br", "pt-BR"),
        ("zh-Hant", "zh-Hant"),
        ("es-419", "es-419"),
        ("English", "en"),
        ("german", "de"),
        ("chs", "zh-Hans"),
        ("fil", "fil"),
        ("Portuguese", "pt"),
        ("hi", "hi"),
        ("hin", "hi"),
    ] {
        let file = one(&format!("Film.{word}.srt"));
        assert_eq!(tag(&file), Some(expected), "{word}");
        assert!(!file.hearing_impaired && file.title.is_none(), "{word}");
    }
}

#[test]
fn flags_stand_in_any_order() {
    for name in ["Film.en.forced.srt", "Film.Forced.EN.srt", "Film.en-forced.srt"] {
        let file = one(name);
        assert_eq!((tag(&file), file.forced), (Some("en"), true), "{name}");
    }
    let all = one("Film.default.eng.sdh.commentary.srt");
    assert!(all.default && all.hearing_impaired && all.commentary && !all.forced);
    assert!(one("Film.en_cc.srt").hearing_impaired);
}

#[test]
fn hi_is_hindi_unless_another_language_is_there() {
    let alone = one("Film.hi.srt");
    assert_eq!((tag(&alone), alone.hearing_impaired), (Some("hi"), false));
    for name in ["Film.en.hi.srt", "Film.hi.en.srt", "Film.en-hi.srt"] {
        let file = one(name);
        assert_eq!((tag(&file), file.hearing_impaired), (Some("en"), true), "{name}");
    }
    let both = one("Film.hi.hi.srt");
    assert_eq!(tag(&both), Some("hi"));
    let forced = one("Film.hi.forced.srt");
    assert_eq!((tag(&forced), forced.forced), (Some("hi"), true));
}

#[test]
fn what_is_not_known_is_the_title() {
    let file = one("Film.en.Director's Cut.srt");
    assert_eq!(file.title.as_deref(), Some("Director's Cut"));
    assert_eq!(tag(&file), Some("en"));
    let file = one("Film.the.end.srt");
    assert_eq!((tag(&file), file.title.as_deref()), (None, Some("the.end")));
    let file = one("Film.en.de.srt");
    assert_eq!((tag(&file), file.title.as_deref()), (Some("en"), Some("de")));
}
