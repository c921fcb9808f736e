//! What rules may speak about: the Cedar schema, and the names that stand in it.

use std::sync::LazyLock;

use cedar_policy::{EntityId, EntityTypeName, EntityUid, Schema, Validator};

/// The schema's text, as people read it.
pub(super) const SCHEMA: &str = include_str!("schema.cedarschema");

/// The validator for every rule set.
pub(super) static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let (schema, _warnings) =
        Schema::from_cedarschema_str(SCHEMA).expect("the schema is part of the program, and tested");
    Validator::new(schema)
});

/// The names of the schema's types, parsed once.
pub(super) static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let name = |text: &str| text.parse::<EntityTypeName>().expect("a plain word is a type's name");
    Names {
        person: name("Person"),
        group: name("Group"),
        repository: name("Repository"),
        action: name("Action"),
    }
});

/// The entity types of the schema.
pub(super) struct Names {
    pub(super) person: EntityTypeName,
    pub(super) group: EntityTypeName,
    pub(super) repository: EntityTypeName,
    action: EntityTypeName,
}

impl Names {
    /// The action of this name.
    pub(super) fn action_uid(&self, name: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.action.clone(), EntityId::new(name))
    }
}
