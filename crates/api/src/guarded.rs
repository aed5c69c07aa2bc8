//! Routes with what must be known of each: its access rule, its name in logs and metrics, and its
//! description in the OpenAPI document.
//!
//! There is no way to add a route here without stating a rule. The rule is enforced by a layer of
//! the route itself, and told to readers as `x-access`, from the one place where it is stated.

use std::convert::Infallible;

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use net::Route;
use utoipa::openapi::{
    OpenApi, PathItem, extensions::ExtensionsBuilder, path::Operation,
    security::SecurityRequirement,
};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::{
    access::{self, Rule},
    openapi,
};

/// Routes in the making.
pub(crate) struct Guarded<S> {
    routes: OpenApiRouter<S>,
    /// Names under which two different types are described.
    clashes: Vec<String>,
}

impl<S: Clone + Send + Sync + 'static> Guarded<S> {
    /// None yet; their description will be added to `document`.
    pub(crate) fn new(document: OpenApi) -> Self {
        Self { routes: OpenApiRouter::with_openapi(document), clashes: Vec::new() }
    }

    /// Adds one path with its methods, made by [`routes!`](utoipa_axum::routes). All of them are
    /// under the same rule; further methods of the path may be added under another. `name` is the
    /// route's name in logs and metrics.
    pub(crate) fn with(
        mut self,
        rule: Rule,
        name: &'static str,
        (schemas, mut paths, methods): UtoipaMethodRouter<S, Infallible>,
    ) -> Self {
        for item in paths.paths.values_mut() {
            for operation in operations(item) {
                state(rule, operation);
                openapi::add_usual_answers(operation);
            }
        }
        let methods = methods.route_layer(from_fn(move |request: Request, next: Next| {
            guard(rule, name, request, next)
        }));
        let known = self.routes.get_openapi().components.as_ref();
        let clashing = schemas.iter().filter(|(name, schema)| {
            known.and_then(|known| known.schemas.get(name)).is_some_and(|known| known != schema)
        });
        self.clashes.extend(clashing.map(|(name, _)| name.clone()));
        Self { routes: self.routes.routes((schemas, paths, methods)), ..self }
    }

    /// Adds a path that is for people's eyes, and in no description: a page.
    pub(crate) fn page<H, T>(self, rule: Rule, name: &'static str, path: &str, page: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let methods =
            axum::routing::get(page).route_layer(from_fn(move |request: Request, next: Next| {
                guard(rule, name, request, next)
            }));
        Self { routes: self.routes.route(path, methods), ..self }
    }

    /// Names under which two different types are described: only one of them would be seen.
    #[cfg(test)]
    pub(crate) fn clashes(&self) -> &[String] {
        &self.clashes
    }

    /// The router and what describes it.
    pub(crate) fn split(self) -> (Router<S>, OpenApi) {
        self.routes.split_for_parts()
    }
}

/// The operations of a path, whatever their methods.
pub(crate) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = item;
    [get, put, post, delete, options, head, patch, trace].into_iter().filter_map(Option::as_mut)
}

/// Writes the rule into the description.
fn state(rule: Rule, operation: &mut Operation) {
    let extension = ExtensionsBuilder::new().add("x-access", rule.name()).build();
    operation.extensions.get_or_insert_default().merge(extension);
    // Keys are asked for only where keys are set: the empty requirement says so.
    let none = SecurityRequirement::default();
    operation.security = Some(match rule {
        Rule::Open => vec![none],
        Rule::Play | Rule::Watch | Rule::Edit => {
            let mut ways = vec![none];
            ways.extend(openapi::KEYS.map(|key| SecurityRequirement::new(key, [""; 0])));
            ways
        }
        Rule::Admin => vec![none, SecurityRequirement::new(openapi::SESSION, [""; 0])],
    });
}

/// Lets a request through to its route if the rule allows it.
async fn guard(rule: Rule, name: &'static str, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let mut response = match access::admit(rule, &head).await {
        Ok(()) => next.run(Request::from_parts(head, body)).await,
        Err(refusal) => refusal.into_response(),
    };
    response.extensions_mut().insert(Route(name));
    response
}
