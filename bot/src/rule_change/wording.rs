//! What is said of changes of the rules.

use countersign_domain::request::{Code, News};
use countersign_domain::rule_change::{RuleChangeNews, undoes_several};
use countersign_domain::rules::What;
use countersign_domain::words::{list, plain, quoted};

/// The label of a field.
pub(crate) const CHANGES: &str = "Changes";
/// Where that is.
pub(crate) const RULES_PAGE: &str = "the rules in the console";

/// How the rules came into force that nobody proposed.
pub(crate) const FROM_THE_CONFIGURATION: &str = "from the configuration, as the tenant began";

/// How others did.
pub(crate) fn came_by(proposed: &str, signers: &[String]) -> String {
    if signers.is_empty() {
        return format!("proposed by {proposed}, where nobody else had to countersign");
    }
    format!("proposed by {proposed}, countersigned by {}", list(signers))
}

/// That there is no such proposal, or not for who looks.
pub(crate) fn no_such_proposal(given: &str) -> String {
    format!("There is no proposal {} that you may see.", plain(given))
}
/// What stands on a button.
pub(crate) const GO_BACK: &str = "Go back";

/// The same, for whoever was told what it undoes.
pub(crate) fn go_back_to(version: u64) -> String {
    format!("Go back to version {version}")
}

/// That going back to a version undoes more than the last change, as a question.
pub(crate) fn going_back_far(version: u64, now: u64) -> String {
    format!("{} Do you want that?", undoes_several(version, now))
}

/// The title of a change.
pub(crate) fn rule_change(code: &Code, what: &str) -> String {
    if what.is_empty() { format!("Rules {code}") } else { format!("Rules {code}: {what}") }
}

/// Something to look at twice.
pub(crate) fn look_twice(warning: &str) -> String {
    format!("Look twice: {warning}")
}

/// That there is more of it.
pub(crate) fn more_warnings(more: u64) -> String {
    format!("And {more} more to look at twice.")
}

/// That something else would become of more requests.
pub(crate) fn more_groups(more: usize) -> String {
    let ways = if more == 1 { "1 more way".to_owned() } else { format!("{more} more ways") };
    format!("And in {ways} something else would become of requests.")
}

/// That the days before would have been the same.
pub(crate) fn decided_again_the_same(since: &str, said: &[String]) -> String {
    format!("Decided again since {since}: {}", said.join(" "))
}

/// That something else would have become of some of the days before, which are told one by one below it.
pub(crate) fn decided_again(since: &str, requests: u64, waiting: u64) -> String {
    let s = if requests == 1 { "" } else { "s" };
    let open = if waiting == 0 { String::new() } else { format!(", and of {waiting} open now") };
    format!("Decided again, of {requests} request{s} since {since}{open}:")
}

/// Of which requests something is said.
pub(crate) fn of_those_open(said: &str) -> String {
    format!("Open now: {said}")
}

/// Of which proposals of rules something is said.
pub(crate) fn of_proposals(said: &str) -> String {
    format!("Proposals of rules: {said}")
}

/// Which requests something would become of.
pub(crate) fn requests_named(what: &str, codes: &[String], more: u64) -> String {
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{what}: {}{more}", codes.join(", "))
}

/// That there are more requests than are named, beneath those that are.
pub(crate) fn requests_left_out(more: u64) -> Option<String> {
    (more > 0).then(|| format!("    and {more} more, which are older"))
}

/// What becomes of a policy.
pub(crate) fn policy_changes(policy: &str, what: What) -> String {
    let what = match what {
        What::Added => "is new",
        What::Removed => "is gone",
        What::Changed => "says something else",
    };
    format!("{} {what}:", quoted(policy))
}

/// That more lines change than stand on a card, or that some of those do not stand there whole.
pub(crate) fn not_whole(more: u64, cut_short: u64, code: &Code) -> Option<String> {
    let more = match more {
        0 => None,
        1 => Some("1 more line changes".to_owned()),
        _ => Some(format!("{more} more lines change")),
    };
    let cut_short = match cut_short {
        0 => None,
        1 => Some("1 line is cut where “…” stands".to_owned()),
        _ => Some(format!("{cut_short} lines are cut where “…” stands")),
    };
    let said: Vec<_> = more.into_iter().chain(cut_short).collect();
    let said = (!said.is_empty()).then(|| said.join(", and "))?;
    Some(format!(
        "{said}: the console’s page of the rules shows all of it, and so does “countersign rules proposal {code}”."
    ))
}

/// That more lines change than were kept, in a terminal.
pub(crate) fn lines_left_out(more: u64) -> Option<String> {
    (more > 0).then(|| {
        format!("\nAnd {more} more lines change, which were too many to be kept: read the rules themselves.")
    })
}

/// That there is more to look at twice than was kept.
pub(crate) fn warnings_left_out(more: u64) -> Option<String> {
    (more > 0).then(|| format!("  And {more} more."))
}

/// What was not there when it was shown.
pub(crate) fn new_since_shown(warnings: &[String]) -> String {
    format!("This is new since it was first shown: {}", warnings.join(" "))
}

/// The same, as the end of a sentence.
pub(crate) fn is_new(warnings: &[String]) -> String {
    format!("there is something new to look at twice: {}", warnings.join(" ").trim_end_matches('.'))
}

/// What is news, as the title of what is said about it.
pub(crate) const fn rules_news(news: News<RuleChangeNews>) -> &'static str {
    match news {
        News::Denied => "The change of the rules was denied",
        News::Lapsed => "Nobody answered in time, so the change of the rules lapsed",
        News::Closed => "The change of the rules was closed, because somebody left",
        News::Failed => "The change of the rules failed",
        News::WaitsAgain => "The change of the rules waits again",
        News::Own(RuleChangeNews::Published) => "Other rules are in force",
        News::Own(RuleChangeNews::Overtaken) => "The rules were not put in force, for others are by now",
        News::Own(RuleChangeNews::CalledOff) => "The change of the rules was called off",
    }
}

/// Rules are not put in force, because somebody left.
pub(crate) fn rules_called_off() -> String {
    "called off, nothing of it is in force".to_owned()
}
