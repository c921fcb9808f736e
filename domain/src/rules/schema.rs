//! What rules may speak about: the Cedar schema, and the names that stand in it.

use std::sync::LazyLock;

use cedar_policy::{Schema, Validator};

/// The schema's text, as people read it.
pub const SCHEMA: &str = include_str!("schema.cedarschema");

/// The validator for every rule set.
pub(super) static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let (schema, _warnings) =
        Schema::from_cedarschema_str(SCHEMA).expect("the schema is part of the program and tested");
    Validator::new(schema)
});
