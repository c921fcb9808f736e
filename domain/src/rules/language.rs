//! What rules may speak about: the people, and a part of each capability's. Whoever knows the capabilities puts it together, and nothing
//! here knows which there are.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use cedar_policy::{Entities, EntityId, EntityTypeName, EntityUid, Policy, Schema, Validator};

use super::{Own, RuleSet};

/// The people, of whom every rule speaks.
const PEOPLE: &str = include_str!("people.cedarschema");

/// What a capability adds to what rules can speak of.
#[derive(Debug)]
pub struct Part {
    /// Its part of the Cedar schema.
    pub schema: &'static str,
    /// The annotations that only rules about it have.
    pub annotations: &'static [Own],
    /// Its action, and the rules that hold of it for as long as a tenant's name it nowhere. What has none is what a rule speaks of
    /// that names no action: access, for there was nothing else when the first rules were published. So no capability that is new
    /// changes what old rules allow, or whether they compile.
    pub by_itself: Option<(&'static str, &'static str)>,
}

/// All that rules can speak of.
pub struct Language {
    schema: String,
    /// Of whatever a rule names.
    pub(super) whole: Vocabulary,
    /// Of what a rule speaks that names no action.
    pub(super) unnamed: Vocabulary,
    /// The annotations that a capability has for itself.
    pub(super) annotations: Vec<&'static Own>,
    by_itself: Vec<(&'static str, &'static str)>,
    /// The rules for actions that a tenant's rules do not name.
    of_the_program: OnceLock<HashMap<EntityUid, RuleSet>>,
}

impl Language {
    /// The people's, with these parts.
    pub fn of(parts: &[Part]) -> Self {
        let text = |parts: &mut dyn Iterator<Item = &Part>| {
            let schemas: Vec<_> = std::iter::once(PEOPLE).chain(parts.map(|part| part.schema)).collect();
            schemas.concat()
        };
        let schema = text(&mut parts.iter());
        Self {
            whole: Vocabulary::of(&schema),
            unnamed: Vocabulary::of(&text(&mut parts.iter().filter(|part| part.by_itself.is_none()))),
            annotations: parts.iter().flat_map(|part| part.annotations).collect(),
            by_itself: parts.iter().filter_map(|part| part.by_itself).collect(),
            of_the_program: OnceLock::new(),
            schema,
        }
    }

    /// The schema's text, as people read it.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The rules for this action where the tenant's name it nowhere.
    pub(super) fn of_the_program(&'static self, action: &EntityUid) -> Option<&'static RuleSet> {
        let compiled = |text| self.compile(0, text).expect("these rules are part of the program, and tested");
        let all = || self.by_itself.iter().map(|(name, text)| (self::action(name), compiled(text))).collect();
        self.of_the_program.get_or_init(all).get(action)
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Language").field("schema", &self.schema).finish_non_exhaustive()
    }
}

/// The words of a schema, ready to be used.
pub(super) struct Vocabulary {
    /// What every rule is validated by.
    pub(super) validator: Validator,
    /// The actions there are, with the groups of actions they are in.
    pub(super) actions: Entities,
    kinds: HashMap<String, EntityTypeName>,
}

impl Vocabulary {
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

#[cfg(test)]
mod tests {
    use cedar_policy::ValidationMode;

    use super::*;
    use crate::capabilities::LANGUAGE;

    #[test]
    fn the_capabilities_parts_make_one_schema_and_what_holds_by_itself_holds_together() {
        let (_, warnings) = Schema::from_cedarschema_str(LANGUAGE.schema()).expect("one schema");
        assert_eq!(warnings.map(|warning| warning.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
        for (name, text) in &LANGUAGE.by_itself {
            let policies = text.parse().expect(text);
            let result = LANGUAGE.whole.validator.validate(&policies, ValidationMode::Strict);
            assert!(result.validation_passed_without_warnings(), "{name}: {result}");
            let named = policies.policies().map(|policy| named_actions(policy).expect("it names its action"));
            assert!(named.flatten().all(|named| named == action(name)), "and none but {name}");
            assert!(LANGUAGE.of_the_program(&action(name)).is_some());
        }
    }

    #[test]
    fn every_action_is_an_accesss_or_has_rules_that_hold_by_themselves() {
        let all: Vec<_> = LANGUAGE.whole.actions.iter().map(cedar_policy::Entity::uid).collect();
        assert!(all.len() > 4, "{all:?}");
        for one in all {
            assert!(LANGUAGE.unnamed.has(&one) != LANGUAGE.of_the_program(&one).is_some(), "{one}");
        }
        assert!(!LANGUAGE.whole.has(&action("publish_rulez")));
    }
}
