//! The draft of a document: what somebody asked in vain, ready to be answered in writing.

use countersign_domain::documents::MOST_TITLE;
use countersign_domain::names::Tenant;
use countersign_domain::tenant::{Person, Role};
use countersign_domain::words::flat;
use countersign_projections::help_desk;
use uuid::Uuid;

use crate::engine::Failure;
use crate::requests::Requests;

/// A document that somebody is to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Begun {
    /// What it may be called.
    pub(super) title: String,
    /// What it may begin with, as Markdown.
    pub(super) text: String,
}

/// The draft of what was asked in vain in this turn; nothing where it was answered well, or is not theirs to read.
pub(super) fn of_gap(
    requests: &Requests,
    tenant: &Tenant,
    person: &Person,
    turn: Uuid,
) -> Result<Option<Begun>, Failure> {
    let row = help_desk::turn(&*requests.world.projections.rows(help_desk::NAME), tenant, turn)?;
    let sees = person.is(Role::Admin) || person.is(Role::Auditor);
    let gap = row.filter(|row| row.is_a_gap() && (sees || row.by == person.id));
    Ok(gap.map(|row| begun(&row.text)))
}

/// The question is the heading: who asks it again finds the answer by its words.
fn begun(question: &str) -> Begun {
    let question = flat(question);
    let title: String = question.trim_end_matches(['?', '!', '.', ' ']).chars().take(MOST_TITLE).collect();
    let title = if title.is_empty() { "An answer".to_owned() } else { title };
    Begun { title, text: format!("# {question}\n\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_becomes_the_title_and_the_heading_of_what_answers_it() {
        let begun_of = |question: &str| {
            let Begun { title, text } = begun(question);
            (title, text)
        };
        let lift = ("Where is the lift".to_owned(), "# Where is the lift?\n\n".to_owned());
        assert_eq!(begun_of("Where is\nthe lift?"), lift);
        assert_eq!(begun_of("?").0, "An answer");
        assert_eq!(begun_of(&"x".repeat(5_000)).0.chars().count(), MOST_TITLE);
    }
}
