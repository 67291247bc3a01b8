//! The JSON schema of a study file, made from the registry of methods.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{Spec, StepHeader};
use crate::methods::{self, Entry};

/// Keys that every step has beside the options of its method.
pub const HEADER: [&str; 6] = ["method", "data", "title", "title_zh", "from", "to"];

/// The schema of a type, without references, so that it can be read on its own.
pub fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| {
        s.inline_subschemas = true;
        s.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// Everything but the steps, which are checked method by method.
pub fn head() -> Value {
    of::<Spec>()
}

/// One step of one method: the header and the options side by side.
pub fn step(entry: &Entry) -> Value {
    let options = (entry.schema)();
    let header = of::<StepHeader>();
    let mut properties = object(&header, "properties");
    properties.insert("method".to_owned(), json!({ "const": entry.name, "description": entry.page.title.0 }));
    properties.extend(object(&options, "properties"));
    let mut required = array(&header, "required");
    required.extend(array(&options, "required"));
    json!({
        "type": "object",
        "title": entry.page.title.0,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// The whole schema, for editors.
pub fn full() -> Value {
    let mut root = head();
    let steps: Vec<Value> = methods::entries().iter().map(step).collect();
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!("Xinzhi study");
    root["properties"]["steps"] = json!({
        "description": "Steps by name, in order.",
        "type": "object",
        "additionalProperties": { "oneOf": steps },
    });
    root
}

fn object(schema: &Value, key: &str) -> Map<String, Value> {
    schema.get(key).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn array(schema: &Value, key: &str) -> Vec<Value> {
    schema.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
}
