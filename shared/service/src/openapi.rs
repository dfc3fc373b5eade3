//! What every operation's description has in common: how it refuses.

use contracts::Problem;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema, openapi::OpenApi};

/// The media type of refusals (RFC 9457).
const PROBLEM: &str = "application/problem+json";
/// Refusals of any operation: the ingress limits, and layers that give up.
const ANY: &[&str] = &["429", "503"];
/// Refusals of an operation that needs an identity.
const IDENTITY: &[&str] = &["401", "403"];
/// Refusals of an operation with a body.
const BODY: &[&str] = &["400", "413", "415", "422"];

/// Describes the refusals that layers and extractors share, by the kind of each operation, and gives every
/// response of 400 and above its form. What an operation refuses for reasons of its own it declares itself; there
/// is no `default`, so that an answer that nobody declared is seen as a mistake.
pub(crate) fn describe(document: &OpenApi) -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(document)?;
    let needs_identity = needs_identity(document.get("security"));
    let operations = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    let operations = operations.filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    for operation in operations.filter(|operation| operation.get("responses").is_some()) {
        let needs_identity =
            operation.get("security").map_or(needs_identity, |own| self::needs_identity(Some(own)));
        let refusals = refusals(operation, needs_identity);
        describe_refusals(&mut operation["responses"], &refusals);
    }
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    for (name, schema) in schemas {
        let known = &mut document["components"]["schemas"][name];
        if known.is_null() {
            *known = serde_json::to_value(schema)?;
        }
    }
    Ok(document)
}

/// Does one of the alternatives ask for something?
fn needs_identity(security: Option<&Value>) -> bool {
    let alternatives = security.and_then(Value::as_array).into_iter().flatten();
    alternatives.filter_map(Value::as_object).any(|alternative| !alternative.is_empty())
}

fn refusals(operation: &Value, needs_identity: bool) -> Vec<&'static str> {
    let mut refusals = ANY.to_vec();
    if needs_identity {
        refusals.extend(IDENTITY);
    }
    if operation.get("requestBody").is_some() {
        refusals.extend(BODY);
    }
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "path" {
            // What is no id names nothing.
            refusals.push("404");
        }
        // The ingress refuses addresses that servers read differently.
        refusals.push("400");
    }
    refusals
}

fn describe_refusals(responses: &mut Value, refusals: &[&str]) {
    let Some(responses) = responses.as_object_mut() else { return };
    for status in refusals {
        responses.entry(*status).or_insert_with(|| json!({ "description": "Refused: see `code`." }));
    }
    let refused = json!({ PROBLEM: { "schema": { "$ref": "#/components/schemas/Problem" } } });
    for (_, response) in responses.iter_mut().filter(|(status, _)| is_refusal(status)) {
        if response.get("$ref").is_none() {
            response["content"] = refused.clone();
        }
    }
}

fn is_refusal(status: &str) -> bool {
    status.starts_with('4') || status.starts_with('5')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(operation: &Value) -> Vec<&str> {
        operation["responses"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn every_operation_says_how_it_refuses_and_nothing_else() {
        let document = serde_json::from_value(json!({
            "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
            "paths": {
                "/a": { "get": { "responses": {
                    "200": { "description": "yes" }, "409": { "description": "taken" }
                } } },
                "/b/{id}": { "patch": {
                    "parameters": [{ "name": "id", "in": "path", "required": true }],
                    "requestBody": { "content": {} },
                    "security": [{ "bearer": [] }],
                    "responses": { "200": { "description": "yes" } }
                } },
                "/c": { "get": { "security": [{}], "responses": { "200": { "description": "yes" } } } }
            },
        }))
        .unwrap();
        let described = describe(&document).unwrap();
        let paths = &described["paths"];
        assert_eq!(statuses(&paths["/a"]["get"]), ["200", "409", "429", "503"]);
        let all = ["200", "400", "401", "403", "404", "413", "415", "422", "429", "503"];
        assert_eq!(statuses(&paths["/b/{id}"]["patch"]), all);
        assert_eq!(statuses(&paths["/c"]["get"]), ["200", "429", "503"]);
        let responses = &paths["/a"]["get"]["responses"];
        assert!(responses["200"]["content"].is_null());
        assert!(responses["409"]["content"][PROBLEM].is_object());
        assert_eq!(responses["409"]["description"], "taken");
        assert!(responses["503"]["content"][PROBLEM].is_object());
        for schema in ["Problem", "ProblemCode", "FieldError"] {
            assert!(described["components"]["schemas"][schema].is_object(), "{schema}");
        }
    }
}
