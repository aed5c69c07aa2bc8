//! How a client can play a file whose container is only recognised: AVI, FLV, Ogg…

use super::{Client, Decision, Method};

/// Decides by the name of the container alone, as recognising says it. What is in the file is not
/// known.
pub fn decide_unread(container: &str, client: &Client) -> Decision {
    let own = container.to_ascii_lowercase();
    let opens = client.containers.iter().any(|one| {
        let one = one.to_ascii_lowercase();
        one == "*" || one == own || aliases(container).contains(&one.as_str())
    });
    let (method, delivery, reasons) = if opens {
        let reasons = vec![
            format!("the client opens {container} files, so it gets the file as it is"),
            format!(
                "which tracks are in it is not known, for {container} files are only recognised: \
                 whether it decodes them is for the client to find out"
            ),
        ];
        (Method::Direct, Some("file"), reasons)
    } else {
        let reasons = vec![
            format!("the client did not say that it opens {container} files"),
            format!(
                "{container} files need preparation: their media must be put into another \
                 container first, and mostly coded anew"
            ),
        ];
        (Method::NeedsTranscoding, None, reasons)
    };
    Decision { method, delivery, tracks: Vec::new(), reasons, lacking: Vec::new() }
}

/// What else people call it, in small letters.
fn aliases(container: &str) -> &'static [&'static str] {
    match container {
        "Ogg" => &["ogv", "oga"],
        "WMV" => &["asf", "wma"],
        "MPEG program stream" => &["mpegps", "mpeg", "mpg", "vob"],
        "MPEG video" => &["m2v", "m1v"],
        "RealMedia" => &["rm", "rmvb"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(container: &str, opens: &str) -> Method {
        let client = Client { containers: vec![opens.to_owned()], ..Client::default() };
        decide_unread(container, &client.or_browser()).method
    }

    #[test]
    fn whoever_opens_the_container_gets_the_file() {
        for (container, opens) in [("AVI", "avi"), ("MPEG program stream", "vob"), ("FLV", "*")] {
            assert_eq!(method(container, opens), Method::Direct, "{container}");
        }
        assert_eq!(method("AVI", "mp4"), Method::NeedsTranscoding);
        assert_eq!(decide_unread("AVI", &Client::browser()).method, Method::NeedsTranscoding);
    }
}
