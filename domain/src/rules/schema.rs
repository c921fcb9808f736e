//! What rules may speak about: the Cedar schema, a part of each capability's, and the names that stand in it.

use std::collections::HashMap;
use std::sync::LazyLock;

use cedar_policy::{Entities, EntityId, EntityTypeName, EntityUid, Policy, Schema, Validator};

use super::RuleSet;

/// A file of a capability's.
macro_rules! part {
    ($module:ident, $file:literal) => {
        include_str!(concat!("../", stringify!($module), "/", $file))
    };
}

/// What the capabilities add to the people, of whom every rule speaks. What a rule speaks of that names no action comes first; the
/// others are named with their action.
macro_rules! parts {
    ($unnamed:ident, $($module:ident: $action:literal,)+) => {
        /// The schema's text, as people read it.
        pub(super) const SCHEMA: &str = concat!(
            include_str!("people.cedarschema"),
            part!($unnamed, "rules.cedarschema"),
            $(part!($module, "rules.cedarschema"),)+
        );

        /// The part of it for a rule that names no action.
        const OF_NO_ACTION: &str =
            concat!(include_str!("people.cedarschema"), part!($unnamed, "rules.cedarschema"));

        /// What holds of a capability's actions for as long as a tenant's rules name none of them.
        const DEFAULTS: &[(&str, &str)] = &[$(($action, part!($module, "default.cedar")),)+];
    };
}

parts! {
    access,
    repair: "repair_access",
    rule_change: "publish_rules",
}

/// All that rules can speak of.
pub(super) static WHOLE: LazyLock<Language> = LazyLock::new(|| Language::of(SCHEMA));

/// What a rule speaks of that names no action: access, for there was nothing else when the first rules were published. So no
/// capability that is new changes what old rules allow, or whether they compile.
pub(super) static UNNAMED: LazyLock<Language> = LazyLock::new(|| Language::of(OF_NO_ACTION));

/// The rules for actions that a tenant's rules do not name.
static OF_THE_PROGRAM: LazyLock<HashMap<EntityUid, RuleSet>> = LazyLock::new(|| {
    let compiled = |text| RuleSet::compile(0, text).expect("these rules are part of the program, and tested");
    DEFAULTS.iter().map(|(name, text)| (action(name), compiled(text))).collect()
});

/// A schema, ready to be used.
pub(super) struct Language {
    /// What every rule is validated by.
    pub(super) validator: Validator,
    /// The actions there are, with the groups of actions they are in.
    pub(super) actions: Entities,
    kinds: HashMap<String, EntityTypeName>,
}

impl Language {
    fn of(text: &str) -> Self {
        let (schema, _warnings) =
            Schema::from_cedarschema_str(text).expect("the schema is part of the program, and tested");
        let kinds = schema.entity_types().map(|kind| (kind.to_string(), kind.clone())).collect();
        let actions = schema.action_entities().expect("the schema's actions form no circle, which is tested");
        Self { validator: Validator::new(schema), actions, kinds }
    }

    /// The entity of this kind and name; nothing where there is no such kind.
    pub(super) fn entity(&self, kind: &str, id: &str) -> Option<EntityUid> {
        Some(EntityUid::from_type_name_and_id(self.kinds.get(kind)?.clone(), EntityId::new(id)))
    }

    /// Whether there is this action.
    pub(super) fn has(&self, action: &EntityUid) -> bool {
        self.actions.get(action).is_some()
    }
}

/// The action of this name, whether there is one or not.
pub(super) fn action(name: &str) -> EntityUid {
    static ACTION: LazyLock<EntityTypeName> =
        LazyLock::new(|| "Action".parse().expect("a plain word is a type's name"));
    EntityUid::from_type_name_and_id(ACTION.clone(), EntityId::new(name))
}

/// The actions, and groups of actions, that a policy names; nothing where it speaks of all.
pub(super) fn named_actions(policy: &Policy) -> Option<Vec<EntityUid>> {
    use cedar_policy::ActionConstraint as Constraint;
    match policy.action_constraint() {
        Constraint::Any => None,
        Constraint::In(actions) => Some(actions),
        Constraint::Eq(action) => Some(vec![action]),
    }
}

/// The rules for this action where the tenant's name it nowhere.
pub(super) fn of_the_program(action: &EntityUid) -> Option<&'static RuleSet> {
    OF_THE_PROGRAM.get(action)
}

#[cfg(test)]
mod tests {
    use cedar_policy::ValidationMode;

    use super::*;

    #[test]
    fn the_capabilities_parts_make_one_schema_and_what_holds_by_itself_holds_together() {
        let (_, warnings) = Schema::from_cedarschema_str(SCHEMA).expect("one schema");
        assert_eq!(warnings.map(|warning| warning.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
        for (name, text) in DEFAULTS {
            let policies = text.parse().expect(text);
            let result = WHOLE.validator.validate(&policies, ValidationMode::Strict);
            assert!(result.validation_passed_without_warnings(), "{name}: {result}");
            let named = policies.policies().map(|policy| named_actions(policy).expect("it names its action"));
            assert!(named.flatten().all(|named| named == action(name)), "and none but {name}");
            assert!(of_the_program(&action(name)).is_some());
        }
    }

    #[test]
    fn every_action_is_an_accesss_or_has_rules_that_hold_by_themselves() {
        let all: Vec<_> = WHOLE.actions.iter().map(cedar_policy::Entity::uid).collect();
        assert!(all.len() > 4, "{all:?}");
        for one in all {
            assert!(UNNAMED.has(&one) != of_the_program(&one).is_some(), "{one}");
        }
        assert!(!WHOLE.has(&action("publish_rulez")));
    }
}
