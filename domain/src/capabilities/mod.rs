//! The capabilities, one line each in the lists that concern it: what people ask for and others countersign, and what is done
//! outside. Of each list one type is made here, and nothing below this names it.
//!
//! In the log a request's kind is told by its events' names, and an effect, a plan and an outcome by their `kind` alone, so no two
//! capabilities may share one.

mod denials;
mod drifts;
mod effects;
mod language;
#[cfg(test)]
mod laws;
mod requests;
mod time_machine;

use crate::access;
use crate::{
    actions, agents, conversation, documents, effect, people, reaction, rule_change, support, talk, ticket,
    timeline,
};
use drifts::drifts;
use effects::{effects, sum};
use requests::requests;

/// Repairs, of whatever can differ.
mod repair {
    pub(super) use crate::repair::{Fault, RULES, react};

    pub(super) type Repair = crate::repair::Repair<super::Drift>;
    pub(super) type Effect = crate::repair::Effect<super::Drift>;
    pub(super) type Plan = crate::repair::EffectPlan<super::Drift>;
    pub(super) type Outcome = crate::repair::Outcome<super::Drift>;
}

/// A repair, of whatever can differ.
pub type Repair = crate::repair::Repair<Drift>;

drifts! {
    Access: access,
}

requests! {
    Access: access,
    Action: actions,
    Agent: agents,
    Document: documents,
    Repair: repair,
    RuleChange: rule_change,
    ;
    Conversation: conversation,
    Effect: effect,
    People: people,
    Support: support,
    Ticket: ticket,
    Timeline: timeline,
    ;
    Conversation: conversation,
    Support: support,
    Timeline: timeline,
}

effects! {
    Access: access,
    Action: actions,
    Agent: agents,
    Conversation: conversation,
    Document: documents,
    Repair: repair,
    RuleChange: rule_change,
    Support: support,
    Ticket: ticket,
    Talk: talk,
}

pub use denials::{is_about_who, violation};
pub use language::LANGUAGE;
pub use time_machine::TimeMachine;

/// One effect's life.
pub type Effects = effect::Effects<Effect>;
/// What can have happened to an effect.
pub type EffectEvent = effect::EffectEvent<Effect>;
/// What an effect can be asked to do.
pub type EffectCommand = effect::EffectCommand<Effect>;
/// What a policy answers to an event.
pub type Reaction = reaction::Reaction<Effect, FollowUp>;
/// What to do.
pub type Then = reaction::Then<Effect, FollowUp>;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use strum::VariantNames as _;

    use super::*;
    use crate::denied::{Denied, Violation};

    #[test]
    fn no_two_capabilities_share_a_kind() {
        for kinds in [Effect::kinds(), Plan::kinds(), Outcome::kinds()] {
            assert_eq!(kinds.iter().collect::<BTreeSet<_>>().len(), kinds.len(), "{kinds:?}");
        }
    }

    #[test]
    fn a_code_tells_which_capability_says_no_and_what_stands_there_is_read_back() {
        let all = [Violation::VARIANTS, &*Fault::codes()].concat();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
        let own = rule_change::Fault::UnknownVersion { given: "7".to_owned() };
        let kept = Violation::from(own.clone());
        assert_eq!(serde_json::to_string(&kept).unwrap(), serde_json::to_string(&own).unwrap());
        assert_eq!(kept.own::<Fault>(), Some(Fault::RuleChange(own.clone())));
        assert_eq!(kept.own::<rule_change::Fault>(), Some(own));
        assert_eq!(kept.own::<access::Fault>(), None);
        assert_eq!(violation(&kept), "There is no version 7 of the rules.");
        assert_eq!(Denied(vec![kept, Violation::OwnRequest]).to_string().lines().count(), 2);
    }

    #[test]
    fn what_no_capability_knows_is_not_read_and_neither_is_what_has_another_shape() {
        let fault = |json: &str| serde_json::from_str::<Effect>(json).unwrap_err().to_string();
        assert!(fault(r#"{"kind":"launch"}"#).contains("`launch` is a kind of no capability"));
        assert!(fault(r#"{"ticket":"OPS-1"}"#).contains("missing field `kind`"));
        assert!(fault(r#"{"kind":"comment","code":null,"ticket":"OPS-1"}"#).contains("paragraphs"));
    }

    #[test]
    fn an_effect_is_written_as_its_capability_writes_it_and_read_back() {
        let own = ticket::Effect::Comment { code: None, ticket: "OPS-1".to_owned(), paragraphs: vec![] };
        let json = serde_json::to_string(&own).unwrap();
        let effect = Effect::from(own);
        assert_eq!(serde_json::to_string(&effect).unwrap(), json);
        assert_eq!(serde_json::from_str::<Effect>(&json).unwrap(), effect);
        // From a value as well, in which the kind need not come first.
        assert_eq!(serde_json::from_value::<Effect>(serde_json::to_value(&effect).unwrap()).unwrap(), effect);
    }

    /// Every file of this crate below a folder, with what stands in it before its tests.
    fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| {
                if path.is_dir() {
                    return sources(&path);
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                vec![(path, code)]
            })
            .collect()
    }

    #[test]
    fn nothing_below_names_the_sum() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let is_test = |path: &Path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            name.ends_with("tests")
                || path.components().any(|part| part.as_os_str() == "golden")
                || name == "golden"
        };
        // The list of all events' names stands on top as well.
        let on_top = |path: &Path| path.ends_with("kinds.rs") || path.starts_with(root.join("capabilities"));
        let names = |(path, code): &(PathBuf, String)| code.contains("capabilities::").then(|| path.clone());
        let below = sources(&root);
        let found: Vec<_> = below.iter().filter_map(names).filter(|path| !is_test(path)).collect();
        let (above, below): (Vec<_>, Vec<_>) = found.into_iter().partition(|path| on_top(path));
        assert_eq!(below, Vec::<PathBuf>::new());
        assert!(!above.is_empty(), "the test looks at what there is");
    }

    /// The floors, from the ground up: a module names what stands below it.
    const FLOORS: &[&str] = &[
        "names",
        "code",
        "digest",
        "file",
        "hidden",
        "canonical",
        "place",
        "envelope",
        "upcast",
        "text",
        "duration",
        "form",
        "named",
        "person",
        "card",
        "ports",
        "denied",
        "aggregate",
        "people",
        "audience",
        "rules",
        "request",
        "heard",
        "alarm",
        "reaction",
        "words",
        "tenant",
        "effect",
        "ticket",
        "support",
        "timeline",
        "conversation",
        "documents",
        "actions",
        "agents",
        "repair",
        "access",
        "rule_change",
        "roster",
        "talk",
        "question",
        "record",
        "capabilities",
        "kinds",
    ];

    /// The modules that a piece of code names from the root of this crate, or takes a file of: it stands so many folders deep.
    fn named_in(code: &str, depth: usize) -> BTreeSet<String> {
        let word =
            |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        let file = format!("include_str!(\"{}", "../".repeat(depth));
        let files = code.match_indices(&file).map(|(at, path)| word(&code[at + path.len()..]));
        let mut named: BTreeSet<_> = files.collect();
        for (at, path) in code.match_indices("crate::") {
            let rest = &code[at + path.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                // `use crate::{a, b::{c, d}, e};`: the words right after the brace or a comma on this level.
                let (mut depth, mut is_first) = (0_u32, true);
                for (at, sign) in group.char_indices() {
                    match sign {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => is_first = true,
                        _ if depth == 0 && is_first && !sign.is_whitespace() => {
                            named.insert(word(&group[at..]));
                            is_first = false;
                        }
                        _ => {}
                    }
                }
            } else {
                named.insert(word(rest));
            }
        }
        named
    }

    #[test]
    fn what_a_file_names_is_found_however_it_is_written() {
        let code = "use crate::{access::{self, Form}, rules};\ncrate::words::list();\ninclude_str!(\"../repair/x.cedar\");";
        let named: Vec<_> = named_in(code, 1).into_iter().collect();
        assert_eq!(named, ["access", "repair", "rules", "words"]);
    }

    #[test]
    fn modules_import_in_no_circle() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let floor = |module: &str| FLOORS.iter().position(|floor| *floor == module);
        let (mut up, mut modules) = (BTreeSet::new(), BTreeSet::new());
        for (path, code) in sources(&root) {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            let of_tests = ["golden", "law", "lunch", "toy", "example", "eligible", "testing", "lib"];
            let is_code = path.extension().is_some_and(|extension| extension == "rs");
            let is_test = stem.ends_with("tests") || of_tests.contains(&&*stem);
            if !is_code
                || is_test
                || path.iter().any(|part| ["tests", "golden", "law"].iter().any(|of_tests| part == *of_tests))
            {
                continue;
            }
            let below = path.strip_prefix(&root).unwrap();
            let top = below.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
            let code: Vec<_> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for other in named_in(&code.join("\n"), below.iter().count() - 1) {
                if floor(&other) > floor(&top) {
                    up.insert((below.to_owned(), other));
                }
            }
            modules.insert(top);
        }
        let without: Vec<_> = modules.iter().filter(|module| floor(module).is_none()).collect();
        assert_eq!(without, Vec::<&String>::new(), "every module stands on a floor");
        assert_eq!(up, BTreeSet::new(), "arrows run down: each of these is one half of a circle");
    }
}
