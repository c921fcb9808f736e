//! What stands beside the form and may belong to it: a label that is not known with its value, a beneficiary or a start without one,
//! or that it shall not be granted. Nothing of it is left out unsaid.

use countersign_domain::denied::Violation;
use countersign_domain::ticket::Fault;

use super::form::clean;
use super::limits::{DAYS, LIMITS, is_one_of};

/// The most words of a label that is not known.
const LABEL: usize = 4;
/// How much of a line is told, in characters.
const TOLD: usize = 120;

/// What a line begins with that greets somebody or goes on with a sentence, and is no label.
const NO_LABELS: &[&str] = &[
    "hi", "hello", "hey", "dear", "hallo", "liebe", "lieber", "bonjour", "salut", "hola", "thanks", "thank",
    "many", "danke", "merci", "gracias", "best", "kind", "regards", "i", "i'm", "we", "this", "that", "it",
    "please", "ich", "wir", "bitte", "je", "nous", "yo", "http", "https", "mailto",
];
/// What a line begins with that says for whom it is, from when, or until when.
const LEADS: &[&str] = &[
    "for", "from", "starting", "starts", "until", "till", "für", "fuer", "ab", "bis", "pour", "dès",
    "jusqu'à", "jusqu'au", "para", "desde", "hasta",
];
/// What says that nothing shall be granted, or not any more.
const HOLDS: &[&str] = &[
    "do not grant",
    "don't grant",
    "do not approve",
    "don't approve",
    "do not give",
    "not needed",
    "no longer needed",
    "please ignore",
    "on hold",
    "nicht gewähren",
    "nicht freigeben",
    "nicht genehmigen",
    "nicht mehr nötig",
    "nicht mehr gebraucht",
    "nicht erteilen",
    "bitte ignorieren",
    "ne pas accorder",
    "plus besoin",
    "no conceder",
    "no aprobar",
    "ya no",
];
/// Said in the place of a start by who wants none.
const NOW: &[&str] = &[
    "now",
    "asap",
    "immediately",
    "at once",
    "as soon as possible",
    "today",
    "sofort",
    "jetzt",
    "ab sofort",
    "heute",
    "maintenant",
    "tout de suite",
    "aujourd'hui",
    "ahora",
    "inmediatamente",
    "hoy",
];
/// Headings over the labels and the values of a table.
const HEADINGS: &[&str] = &[
    "value", "values", "wert", "valeur", "valor", "answer", "antwort", "details", "entry", "field", "feld",
    "champ", "campo", "question", "frage",
];

/// Labels that every team's template has, and that say nothing of who gets what, when, or on what condition.
const HARMLESS: &str = "priority|prio|priorität|dringlichkeit|urgency|priorité|prioridad|environment|umgebung|environnement|\
     entorno|team|teams|équipe|equipo|squad|component|components|komponente|komponenten|composant|composants|componente|\
     componentes|label|labels|tags|étiquettes|etiquetas|severity|impact|sprint|epic|story points|department|abteilung|\
     département|departamento|cost center|cost centre|kostenstelle|issue type|ticket type|vorgangstyp|fix version|\
     fix versions|affects version|affects versions";
/// The same of those whose value is a date of the ticket.
const DATES: &str = "due|due date|fällig|fällig am|fälligkeit|fälligkeitsdatum|échéance|date d'échéance|fecha límite|vencimiento";
/// What else a value says that may be a condition, another time or somebody else, whatever stands before it.
const OF_VALUES: &str = "but|canceled|hour|hours|days|stunden|tage|approve|approved|grant|access|start|aber|warten|freigabe|\
     jusqu'au|mais|sólo|pero";
/// A harmless value has no more words.
const FEW: usize = 6;

/// Whether a label with its value changes nothing of who gets what, when, or on what condition.
pub(super) fn is_harmless(label: &str, value: &str) -> bool {
    let label = label.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('’', "'");
    let value = value.to_lowercase().replace('’', "'");
    let is_dated = is_one_of(DATES, &label);
    let limits = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let says = |all| is_one_of(all, word);
        says(LIMITS) || says(OF_VALUES) || !is_dated && says(DAYS)
    };
    (is_dated || is_one_of(HARMLESS, &label))
        && value.split_whitespace().count() <= FEW
        && !value.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/')).any(limits)
        && !value.contains('@')
        && !holds_back(&value)
}

/// A line that nobody can place.
pub(super) fn unread(line: &str) -> Violation {
    Fault::UnreadLine { line: told(line) }.into()
}

/// A start, unless it is now.
pub(super) fn begins(value: &str) -> Option<Violation> {
    let lower = value.trim_end_matches(['.', '!']).to_lowercase();
    (!NOW.contains(&lower.as_str())).then(|| Fault::BeginsLater { given: told(value) }.into())
}

/// As much of a line as is told of it.
fn told(text: &str) -> String {
    on_one_line(text).chars().take(TOLD).collect()
}

/// A line as it is told, where all of it is.
pub(super) fn told_whole(text: &str) -> Option<String> {
    Some(on_one_line(text)).filter(|line| line.chars().count() <= TOLD)
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A label that is not known, and what stands behind it: `Condition: only after approval`.
pub(super) fn field_like(line: &str) -> Option<(&str, Option<String>)> {
    let (label, value) = line.split_once([':', '：', '='])?;
    let is_wide = line[label.len()..].starts_with('：');
    // `10:30` and an address are no labels.
    let is_apart = is_wide || value.is_empty() || value.starts_with([' ', '\u{a0}', '*', '_', '\t']);
    let bare = label.trim_matches(|c: char| !c.is_alphanumeric());
    (is_apart && is_label(bare)).then(|| (bare, clean(value)))
}

/// Whether these few words may be a label.
pub(super) fn is_label(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let first = bare.split_whitespace().next().unwrap_or_default().to_lowercase();
    let is_name = bare.starts_with(char::is_alphabetic) && !bare.contains(['.', ',', '!', '?']);
    is_name && bare.split_whitespace().count() <= LABEL && !NO_LABELS.contains(&first.as_str())
}

/// Whether the cell of a table is no more than a heading over labels or values.
pub(super) fn is_heading_of_a_table(cell: &str) -> bool {
    let bare = cell.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    HEADINGS.contains(&bare.as_str())
}

/// "For @Ben", "* from Monday", "1. *Until* Friday": a line that says for whom, from when or until when without a label.
pub(super) fn leads(line: &str) -> bool {
    let bare = line.trim_start_matches(|c: char| !c.is_alphabetic());
    let mut words = bare.split_whitespace();
    let first = words.next().unwrap_or_default().trim_end_matches(|c: char| !c.is_alphanumeric());
    LEADS.contains(&first.to_lowercase().as_str()) && words.next().is_some()
}

/// The same, where somebody's account is named in it.
pub(super) fn leads_to_somebody(line: &str) -> bool {
    // `557058:ba89…`: numbers, a colon, and no blank behind it.
    let is_account = |word: &str| {
        let parted = word.trim_matches(|c: char| !c.is_alphanumeric()).split_once(':');
        parted.is_some_and(|(site, id)| {
            site.len() >= 6 && site.bytes().all(|byte| byte.is_ascii_digit()) && !id.is_empty()
        })
    };
    leads(line) && line.split_whitespace().any(|word| word.contains('@') || is_account(word))
}

/// "Do not grant this yet".
pub(super) fn holds_back(line: &str) -> bool {
    let lower = line.to_lowercase().replace('’', "'");
    HOLDS.iter().any(|hold| lower.contains(hold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_d4_a_label_with_a_value_is_told_from_a_sentence() {
        for (line, label) in [
            ("Condition: only after approval by security", "Condition"),
            ("*Branch:* main only", "Branch"),
            ("- Update: not needed any more, sorry!", "Update"),
            ("承認：後で", "承認"),
        ] {
            assert_eq!(field_like(line).map(|(label, _)| label), Some(label), "{line}");
        }
        for line in [
            "https://bitbucket.org/acme/infra",
            "at 10:30 we begin",
            "Hi team: please grant it",
            "We need it for this: the rollout",
            "This is what I would like to have: nothing",
            "For 557058:ba89",
        ] {
            assert_eq!(field_like(line), None, "{line}");
        }
        assert!(
            leads("For 557058:ba89")
                && leads("ab Montag")
                && leads("* For our new colleague Ben")
                && leads("1. *Until* Friday")
                && !leads("The rollout for Ben")
                && !leads("for")
        );
        assert!(leads_to_somebody("- For @Ben") && leads_to_somebody("For our colleague 557058:ba89"));
        assert!(!leads_to_somebody("For the rollout at 10:30"));
    }
}
