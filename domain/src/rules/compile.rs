//! From text to a rule set that can be asked: parsed, validated against the schema, its annotations checked.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use cedar_policy::ffi::DetailedError;
use cedar_policy::{
    EntityUid, ParseErrors, Policy, PolicyId, PolicySet, ValidationMode, ValidationResult, ValidationWarning,
};

use super::annotations::{Annotations, is_name};
use super::ask::{self, Question};
use super::language::{self, Language};
use super::literal;
use super::source::{PolicyPlace, Source};
use super::terms::Ruling;
use crate::denied::{RuleFault, RuleFaults};

/// The most faults that are told at once: nobody reads more, and hostile text has one a word.
const MAX_FAULTS: usize = 50;

/// A tenant's compiled rules of one version. Cheap to clone.
#[derive(Clone)]
pub struct RuleSet(Arc<Compiled>);

/// What stands behind a rule set.
pub(super) struct Compiled {
    /// What they can speak of.
    pub(super) language: &'static Language,
    pub(super) version: u64,
    pub(super) text: String,
    /// The policies under their names.
    pub(super) policies: PolicySet,
    /// Those of them that name the actions they are about.
    pub(super) naming: PolicySet,
    /// The actions that they name.
    named: HashSet<EntityUid>,
    /// What is known of each policy besides its condition.
    pub(super) rules: HashMap<PolicyId, Rule>,
}

/// One policy, as far as Cedar does not look at it.
pub(super) struct Rule {
    /// Its number in the text, from 0.
    pub(super) index: usize,
    /// Where it stands there, in bytes.
    pub(super) extent: (usize, usize),
    pub(super) annotations: Annotations,
}

impl Compiled {
    /// Whether any policy is about this action by name.
    pub(super) fn names(&self, action: &EntityUid) -> bool {
        let groups = self.language.whole.actions.ancestors(action).into_iter().flatten();
        self.named.contains(action) || groups.into_iter().any(|group| self.named.contains(group))
    }

    /// Every rule with its name and its policy, in the order of the text.
    pub(super) fn in_order(&self) -> Vec<(&str, &Rule, &Policy)> {
        let mut rules: Vec<_> = self
            .policies
            .policies()
            .filter_map(|policy| Some((policy.id().as_ref(), self.rules.get(policy.id())?, policy)))
            .collect();
        rules.sort_by_key(|(_, rule, _)| rule.index);
        rules
    }
}

impl Language {
    /// The rules of who has none: nothing is allowed but what the program has rules of its own for.
    pub fn nothing(&'static self) -> RuleSet {
        RuleSet(Arc::new(Compiled {
            language: self,
            version: 0,
            text: String::new(),
            policies: PolicySet::new(),
            naming: PolicySet::new(),
            named: HashSet::new(),
            rules: HashMap::new(),
        }))
    }

    /// Compiles the text of version `version`, or says everything that is wrong with it. A text without a policy is no rules.
    pub fn compile(&'static self, version: u64, text: &str) -> Result<RuleSet, RuleFaults> {
        let source = Source(text);
        let places = source.policies().map_err(|fault| RuleFaults(vec![fault]))?;
        let parsed: PolicySet =
            text.parse().map_err(|errors| RuleFaults(syntax_faults(self, source, &errors)))?;
        if parsed.is_empty() {
            let message = "there is no policy, so nobody could ask for anything; begin with one `permit`";
            return Err(RuleFaults(vec![RuleFault {
                line: 1,
                column: 1,
                policy: None,
                message: message.to_owned(),
            }]));
        }
        let mut reading = Reading {
            language: self,
            source,
            places,
            faults: Vec::new(),
            rules: HashMap::new(),
            named: Vec::new(),
        };
        reading.refuse_templates(&parsed);
        reading.validate(&parsed);
        reading.read(&parsed);
        reading.finish(version)
    }
}

impl RuleSet {
    /// The version of the rule set.
    pub fn version(&self) -> u64 {
        self.0.version
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    pub(super) fn compiled(&self) -> &Compiled {
        &self.0
    }

    /// What the rules say to this question. A question that cannot be decided is forbidden.
    pub fn rule(&self, question: &Question<'_>) -> Ruling {
        ask::rule(&self.0, question)
    }
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleSet").field("version", &self.0.version).finish_non_exhaustive()
    }
}

/// A rule set on its way: what was read so far, and what is wrong with it.
struct Reading<'a> {
    language: &'static Language,
    source: Source<'a>,
    /// In the order of the text, as Cedar numbers the policies.
    places: Vec<PolicyPlace>,
    faults: Vec<RuleFault>,
    rules: HashMap<PolicyId, Rule>,
    named: Vec<Policy>,
}

impl Reading<'_> {
    fn refuse_templates(&mut self, parsed: &PolicySet) {
        for template in parsed.templates() {
            let offset = self.place(template.id()).start();
            let message = "rules have no slots such as ?principal: name whom you mean";
            self.faults.push(self.source.fault(offset, None, message));
        }
    }

    fn validate(&mut self, parsed: &PolicySet) {
        let (unnamed, naming): (Vec<_>, Vec<_>) =
            parsed.policies().cloned().partition(|policy| language::named_actions(policy).is_none());
        let results: Vec<_> = [(unnamed, &self.language.unnamed), (naming, &self.language.whole)]
            .into_iter()
            .filter_map(|(policies, words)| Some((PolicySet::from_policies(policies).ok()?, words)))
            .map(|(policies, words)| words.validator.validate(&policies, ValidationMode::Strict))
            .collect();
        let errors = results.iter().flat_map(ValidationResult::validation_errors);
        let errors = errors.map(|error| (error.policy_id(), DetailedError::from(error)));
        let mut faults: Vec<_> = errors.map(|(id, error)| self.invalid(parsed, id, &error)).collect();
        if faults.is_empty() {
            // Warnings are of policies that can never apply, or do not say what they seem to say. Only a text that
            // mixes scripts is no fault, for people write in theirs.
            let warnings = results
                .iter()
                .flat_map(ValidationResult::validation_warnings)
                .filter(|warning| !matches!(warning, ValidationWarning::MixedScriptString(_)))
                .map(|warning| (warning.policy_id(), DetailedError::from(warning)));
            faults.extend(warnings.map(|(id, warning)| self.invalid(parsed, id, &warning)));
        }
        // Cedar finds the same fault again for every action.
        faults.sort();
        faults.dedup_by_key(|fault| (fault.line, fault.column, fault.policy.clone()));
        self.faults.extend(faults);
    }

    fn invalid(&self, parsed: &PolicySet, id: &PolicyId, error: &DetailedError) -> RuleFault {
        let place = self.place(id).start();
        let offset = error.source_locations.first().map_or(place, |label| label.loc.start);
        let name = parsed.policy(id).map(name);
        let message = sentence(self.language, error).replacen(&format!("for policy `{id}`, "), "", 1);
        self.source.fault(offset, name, message)
    }

    fn read(&mut self, parsed: &PolicySet) {
        let mut policies: Vec<_> = parsed.policies().map(|policy| (index(policy.id()), policy)).collect();
        policies.sort_by_key(|(index, _)| *index);
        for (index, policy) in policies {
            let name = name(policy);
            let place = self.place(policy.id()).clone();
            let mut misplaced = Vec::new();
            let annotations = Annotations::read(self.language, policy, &place, &mut misplaced);
            let repositories = place.repositories.iter();
            misplaced.extend(repositories.filter_map(|(name, at)| Some((*at, literal::fault(name)?))));
            let id = PolicyId::new(&name);
            if self.rules.contains_key(&id) {
                misplaced
                    .push((place.of("id"), format!("@id: an earlier policy is called `{name}` as well")));
            }
            let faults = misplaced.into_iter();
            self.faults
                .extend(faults.map(|(at, message)| self.source.fault(at, Some(name.clone()), message)));
            self.named.push(policy.new_id(id.clone()));
            let extent = place.extent.unwrap_or_default();
            self.rules.insert(id, Rule { index, extent, annotations });
        }
    }

    fn finish(mut self, version: u64) -> Result<RuleSet, RuleFaults> {
        if self.faults.is_empty() {
            let text = self.source.0.to_owned();
            let naming = self.named.iter().filter(|policy| language::named_actions(policy).is_some());
            let named = naming.clone().filter_map(language::named_actions).flatten().collect();
            match (PolicySet::from_policies(naming.cloned()), PolicySet::from_policies(self.named)) {
                (Ok(naming), Ok(policies)) => {
                    let language = self.language;
                    let compiled =
                        Compiled { language, version, text, policies, naming, named, rules: self.rules };
                    return Ok(RuleSet(Arc::new(compiled)));
                }
                (Err(error), _) | (_, Err(error)) => {
                    self.faults.push(self.source.fault(0, None, error.to_string()));
                }
            }
        }
        self.faults.sort();
        self.faults.dedup();
        self.faults.truncate(MAX_FAULTS);
        Err(RuleFaults(self.faults))
    }

    fn place(&self, id: &PolicyId) -> &PolicyPlace {
        static NOWHERE: PolicyPlace =
            PolicyPlace { head: None, annotations: Vec::new(), repositories: Vec::new(), extent: None };
        self.places.get(index(id)).unwrap_or(&NOWHERE)
    }
}

/// That there is no such action, with those that there are: the one that is spelt most like it, which Cedar offers, is another one.
fn unknown_action(language: &Language, message: &str) -> Option<String> {
    let (_, named) = message.split_once("unrecognized action `Action::\"")?;
    let (name, _) = named.split_once('"')?;
    let mut actions: Vec<_> =
        language.whole.actions.iter().map(|own| own.uid().id().unescaped().to_owned()).collect();
    actions.sort_unstable();
    Some(format!("there is no action “{name}”: there are {}", actions.join(", ")))
}

/// The number of a policy in the text: Cedar calls them `policy0`, `policy1`, …
fn index(id: &PolicyId) -> usize {
    let text: &str = id.as_ref();
    text.strip_prefix("policy").and_then(|number| number.parse().ok()).unwrap_or(usize::MAX)
}

/// The name of a policy: its `@id`, or else its number.
fn name(policy: &Policy) -> String {
    policy.annotation("id").filter(|name| is_name(name)).unwrap_or(policy.id().as_ref()).to_owned()
}

fn syntax_faults(language: &Language, source: Source<'_>, errors: &ParseErrors) -> Vec<RuleFault> {
    let mut faults: Vec<_> = errors
        .iter()
        .take(MAX_FAULTS)
        .map(|error| {
            let error = DetailedError::from(error);
            let offset = error.source_locations.first().map_or(0, |label| label.loc.start);
            source.fault(offset, None, sentence(language, &error))
        })
        .collect();
    faults.sort();
    faults.dedup();
    faults
}

/// Cedar's message, with what it labels the place with and how it says to mend it.
fn sentence(language: &Language, error: &DetailedError) -> String {
    if let Some(unknown) = unknown_action(language, &error.message) {
        return unknown;
    }
    let label = error.source_locations.first().and_then(|label| label.label.as_deref());
    let parts = [Some(error.message.as_str()), label, error.help.as_deref()];
    let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join("; ").replace(['\n', '\r'], " ")
}
