//! What every operation's description has in common: how it refuses.

use contracts::Problem;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema, openapi::OpenApi};

/// The media type of refusals (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// Describes the refusals that layers and extractors share: every operation may answer with a problem, so each
/// has it as its `default` response, and every response of 400 and above is one.
pub(crate) fn describe(document: &OpenApi) -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(document)?;
    let operations = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    let operations = operations.filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    for responses in operations.filter_map(|operation| operation.get_mut("responses")) {
        describe_refusals(responses);
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

fn describe_refusals(responses: &mut Value) {
    let refused = json!({ PROBLEM: { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let Some(responses) = responses.as_object_mut() else { return };
    for (_, response) in responses.iter_mut().filter(|(status, _)| is_refusal(status)) {
        response["content"] = refused.clone();
    }
    responses
        .insert("default".to_owned(), json!({ "description": "Refused: see `code`.", "content": refused }));
}

fn is_refusal(status: &str) -> bool {
    status.starts_with('4') || status.starts_with('5')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_says_how_it_refuses() {
        let document = serde_json::from_value(json!({
            "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
            "paths": { "/a": { "get": { "responses": {
                "200": { "description": "yes" }, "404": { "description": "no" }
            } } } },
        }))
        .unwrap();
        let described = describe(&document).unwrap();
        let responses = &described["paths"]["/a"]["get"]["responses"];
        assert!(responses["200"]["content"].is_null());
        assert!(responses["404"]["content"][PROBLEM].is_object());
        assert!(responses["default"]["content"][PROBLEM].is_object());
        for schema in ["Problem", "ProblemCode", "FieldError"] {
            assert!(described["components"]["schemas"][schema].is_object(), "{schema}");
        }
    }
}
