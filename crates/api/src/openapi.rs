//! The description of all routes, OpenAPI 3.1: what is said once for every route. What is said of
//! each stands beside its handler.

use std::sync::LazyLock;

use utoipa::{
    OpenApi as _,
    openapi::{
        Components, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder,
        content::Content,
        path::Operation,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::{problem::Document, routes, v1::jobs::JobRemoved};

/// The ways to show an API key, by their names in the document.
pub(crate) const KEYS: [&str; 3] = ["key", "bearer", "key_in_query"];

/// The session of an administrator.
pub(crate) const SESSION: &str = "session";

/// Its media type (RFC 9457 section 3).
const PROBLEM: &str = "application/problem+json";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Vidicon",
        description = "Everything that Vidicon does. `x-access` says who may use a route: `open` everybody; \
            `play`, `watch` and `edit` whoever shows an API key, where keys are set, and pages of other sites only for \
            `play`, unless they are named; `admin` only from the machine itself, or with an administrator's session. Every refusal is a \
            problem document (RFC 9457). Times are RFC 3339 in UTC, lengths are seconds.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(Document, JobRemoved)),
    tags(
        (name = "videos", description = "What there is, and what is known of it"),
        (name = "marks", description = "Ratings, favourites, what was watched and how far"),
        (name = "pictures", description = "Posters, storyboards and previews"),
        (name = "tags", description = "Words that people gave to videos"),
        (name = "playlists", description = "Videos in an order of one's own"),
        (name = "events", description = "What changes, as it changes"),
        (name = "upkeep", description = "Scanning, jobs, problems"),
        (name = "admin", description = "How the server is doing, and moving in and out"),
        (name = "session", description = "Who is asking"),
        (name = "playing", description = "How a client can play a film"),
        (name = "server", description = "Whether it is alive, and this document"),
        (name = "old", description = "Routes that older clients know"),
    ),
)]
struct Base;

/// What all routes share.
pub(crate) fn base() -> OpenApi {
    let mut document = Base::openapi();
    document.info.version = String::from(env!("CARGO_PKG_VERSION"));
    let components = document.components.get_or_insert_with(Components::new);
    let [header, bearer, query] = KEYS;
    components.add_security_scheme(
        header,
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-API-Key"))),
    );
    components.add_security_scheme(bearer, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme(
        query,
        SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::new("api_key"))),
    );
    components.add_security_scheme(
        SESSION,
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("vidicon_session"))),
    );
    for (status, description) in USUAL {
        components.responses.insert(status.to_owned(), RefOr::T(problem(description)));
    }
    document
}

/// The whole description, as pretty JSON with an end of line.
pub fn openapi() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let (_, mut document) = routes::all().split();
        // The router writes a star at what may be several components; OpenAPI cannot say that.
        let paths = std::mem::take(&mut document.paths.paths);
        document.paths.paths =
            paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
        // Through a value, whose keys are sorted: the same code gives the same text.
        let value = serde_json::to_value(&document).unwrap_or_default();
        let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
        text.push('\n');
        text
    });
    &TEXT
}

/// Adds the refusals that any route may answer with. What a handler has said itself stays.
pub(crate) fn add_usual_answers(operation: &mut Operation) {
    let parameters = operation.parameters.iter().flatten().count() > 0;
    let conditional =
        operation.parameters.iter().flatten().any(
            |parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "If-Match"),
        );
    let body = operation.request_body.is_some();
    let applies = |status| match status {
        // Also what a query or a body names may not be there.
        "404" | "422" => parameters || body,
        "409" | "413" | "415" => body,
        "412" | "428" => conditional,
        "414" | "431" => parameters,
        _ => true,
    };
    let responses = &mut operation.responses.responses;
    for (status, _) in USUAL.into_iter().filter(|(status, _)| applies(status)) {
        let usual = || RefOr::Ref(Ref::from_response_name(status));
        responses.entry(status.to_owned()).or_insert_with(usual);
    }
    // Whatever a handler refuses, it says so in a problem document.
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && response.content.is_empty()
        {
            let description = std::mem::take(&mut response.description);
            *response = problem(&description);
        }
    }
}

/// Refusals that any route may answer with, and what they mean.
const USUAL: [(&str, &str); 15] = [
    ("400", "The request cannot be understood"),
    ("401", "An API key is wanted"),
    ("403", "This is not for whoever asks"),
    ("404", "There is no such thing"),
    ("409", "Something else is in its way, or several things are meant"),
    ("412", "It has changed since the version that `If-Match` shows"),
    ("413", "The body is longer than `limits.body_size` allows"),
    ("414", "The address is longer than `limits.header_size` allows"),
    ("415", "The body is in no form that is understood here"),
    ("422", "The request is understood and cannot be so"),
    ("428", "`If-Match` is wanted: which version is changed?"),
    ("429", "Too many at once: try again later"),
    ("431", "The head of the request is longer than `limits.header_size` allows"),
    ("500", "The server failed; its log says more"),
    ("503", "Not now: try again later"),
];

fn problem(description: &str) -> Response {
    let content: Content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content(PROBLEM, content).build()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn document() -> Value {
        serde_json::from_str(openapi()).unwrap()
    }

    /// Every operation: method and path, and what is said of it.
    fn operations(document: &Value) -> Vec<(String, &Value)> {
        let paths = document["paths"].as_object().unwrap();
        paths
            .iter()
            .flat_map(|(path, item)| {
                let item = item.as_object().unwrap().iter();
                item.map(move |(method, operation)| (format!("{method} {path}"), operation))
            })
            .collect()
    }

    #[test]
    fn every_route_states_who_may_use_it_and_what_it_is_called() {
        let document = document();
        assert_eq!(document["openapi"], "3.1.0");
        let mut ids = BTreeSet::new();
        for (name, operation) in operations(&document) {
            let rule = operation["x-access"].as_str().unwrap_or_default();
            assert!(["open", "play", "watch", "edit", "admin"].contains(&rule), "{name}: {rule:?}");
            // Asking how a film can be played takes a body and changes nothing.
            let reads = name.starts_with("get ") || name.starts_with("post /playback/");
            assert!(reads || matches!(rule, "edit" | "admin"), "{name} changes something: {rule}");
            assert!(operation["summary"].is_string(), "{name} says what it is for");
            assert!(operation["tags"][0].is_string(), "{name} is in a group");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{name} shares its id");
            for status in ["400", "401", "403", "500"] {
                assert!(operation["responses"][status].is_object(), "{name} may answer {status}");
            }
        }
    }

    #[test]
    fn every_path_is_one_of_openapi_and_every_reference_leads_somewhere() {
        let document = document();
        for (name, operation) in operations(&document) {
            let path = name.split(' ').nth(1).unwrap();
            assert!(!path.contains('*'), "{path}");
            let wanted: BTreeSet<&str> =
                path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let said = parameters.iter().filter(|parameter| parameter["in"] == "path");
            let said: BTreeSet<&str> = said.map(|one| one["name"].as_str().unwrap()).collect();
            assert_eq!(wanted, said, "{name}");
        }
        let text = openapi();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }

    #[test]
    fn no_two_types_share_a_name() {
        assert_eq!(routes::all().clashes(), [""; 0]);
    }

    #[test]
    fn a_group_of_every_route_is_described() {
        let document = document();
        let groups: BTreeSet<&str> = document["tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| tag["name"].as_str().unwrap())
            .collect();
        for (name, operation) in operations(&document) {
            assert!(groups.contains(operation["tags"][0].as_str().unwrap()), "{name}");
        }
    }
}
