//! What is said of changes of the rules.

use super::{Becomes, Compared, Draft, Extent, Group, Replayed};
use crate::rules::Warning;
use crate::words::{list, quoted};

/// `version 4 of the rules`, or that it is an earlier one once more.
pub fn title(draft: &Draft) -> String {
    match draft.back_to {
        Some(version) => format!("the rules as they were in version {version}"),
        None => format!("other rules in the place of version {}", draft.base),
    }
}

/// `2 rules are new, 1 is gone, 3 say something else`.
pub fn extent(compared: &Compared) -> String {
    let Extent { adds, removes, changes } = compared.extent();
    let one = |number: u64, is: &str, are: &str| match number {
        0 => None,
        1 => Some(format!("1 rule {is}")),
        _ => Some(format!("{number} rules {are}")),
    };
    let all = [
        one(adds, "is new", "are new"),
        one(removes, "is gone", "are gone"),
        one(changes, "says something else", "say something else"),
    ];
    let said: Vec<_> = all.into_iter().flatten().collect();
    if said.is_empty() { "only spaces, comments or the order change".to_owned() } else { list(&said) }
}

/// What is to be looked at twice.
pub fn warning(warning: &Warning) -> String {
    use Warning as W;
    match warning {
        W::QuorumOutOfReach { policy, quorum, people } => {
            format!("“{policy}” asks for {quorum} countersignatures, and only {people} may give one.")
        }
        W::EmptyGroup { policy, group } => format!("“{policy}” speaks of the group {}, which nobody is in.", quoted(group)),
        W::UnknownPerson { policy, person } => {
            format!("“{policy}” speaks of {}, who is not here.", quoted(person))
        }
        W::NeverAllows { policy, by } => format!("“{policy}” allows nothing: “{by}” forbids all of it."),
        W::NeverAlone { policy, by } => format!(
            "“{policy}” lets nothing pass alone: “{by}” wants a countersignature for all of it, and the strictest counts."
        ),
        W::LocksEverybodyOut => {
            "Nobody could change the rules any more: whoever could propose it finds nobody who may countersign it.".to_owned()
        }
        W::HangsOn { person } => format!("If {person} were not here, nobody could change the rules any more."),
        W::ChangesAlone { people } => {
            format!("{} could change the rules without anybody else, and so lock everybody out.", list(people))
        }
    }
}

/// What the time machine came to, a sentence each.
pub fn replayed(replayed: &Replayed) -> Vec<String> {
    let Replayed { requests, decided, waiting, open, .. } = replayed;
    let mut said = vec![told(decided, *requests, "since then", "would have become the same")];
    if *waiting > 0 {
        said.push(told(open, *waiting, "open now", "stay as they are"));
    }
    said
}

/// `Of 214 requests since then, 12 would need 2 countersignatures, 3 would be denied and 1 would pass alone.`
fn told(groups: &[Group], all: u64, which: &str, same: &str) -> String {
    match (all, groups) {
        (0, _) => format!("There are no requests {which}."),
        (_, []) => format!("{}: {same}.", requests(all, which)),
        _ => format!("Of {}, {}.", requests(all, which), list(&groups.iter().map(group).collect::<Vec<_>>())),
    }
}

fn requests(count: u64, which: &str) -> String {
    if count == 1 { format!("1 request {which}") } else { format!("{count} requests {which}") }
}

/// `12 would need 2 countersignatures`.
pub fn group(group: &Group) -> String {
    let Group { becomes, was_denied, count, .. } = group;
    let which = if *was_denied { " that could not be asked for" } else { "" };
    format!("{count}{which} {}", self::becomes(*becomes))
}

fn becomes(becomes: Becomes) -> String {
    match becomes {
        Becomes::Denied => "would be denied".to_owned(),
        Becomes::Alone => "would pass alone".to_owned(),
        Becomes::Needs(1) => "would need 1 countersignature".to_owned(),
        Becomes::Needs(quorum) => format!("would need {quorum} countersignatures"),
        Becomes::OnOtherTerms(0) => "would pass alone on other terms".to_owned(),
        Becomes::OnOtherTerms(_) => "would need as many, of others or on other terms".to_owned(),
    }
}
