//! Words that say on what condition, from when, until when or for whom something is asked for: whatever holds one of them is no name that
//! somebody signs with, and no value that says nothing.

/// Conditions, other people, and what ends it.
pub(super) const LIMITS: &str = "only|if|unless|after|before|until|till|when|once|not|no|hold|wait|stop|cancel|cancelled|revoke|\
     denied|rejected|ignore|draft|pending|approval|for|from|starts|read|write|admin|nur|erst|nach|vor|bis|wenn|falls|nicht|kein|\
     keine|für|ab|seulement|après|avant|si|pas|pour|solo|después|antes|hasta|para|starting|never|without|need|needs|await|\
     awaiting|nie|ohne|dès|sans|jusqu'à|nunca|sin|desde";
/// Days, which a date of a ticket may name, and nothing else.
pub(super) const DAYS: &str = "today|tonight|tomorrow|later|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\
     heute|morgen|übermorgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|demain|lundi|mardi|mercredi|jeudi|\
     vendredi|samedi|dimanche|hoy|mañana|lunes|martes|miércoles|jueves|viernes|sábado|domingo";

/// Whether this is one of the words, however it is written.
pub(super) fn is_one_of(all: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    all.split('|').any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use super::super::beside::is_harmless;
    use super::super::courtesy::signs;
    use super::*;

    #[test]
    fn trust_d4_no_word_that_limits_is_a_name_or_a_value_that_says_nothing() {
        for word in LIMITS.split('|').chain(DAYS.split('|')) {
            let mut signs_of = word.chars();
            let first = signs_of.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
            let name = format!("{first}{}", signs_of.as_str());
            assert!(!signs(&name), "{name}");
            for label in ["Priority", "Sprint", "Team"] {
                assert!(!is_harmless(label, word) && !is_harmless(label, &format!("high, {name}")), "{word}");
            }
            let is_a_day = DAYS.split('|').any(|day| day == word);
            assert_eq!(is_harmless("Due date", &name), is_a_day, "{word}");
        }
        assert!(is_harmless("Fix version", "next") && is_harmless("Components", "none, billing"));
        assert!(signs("Grant") && signs("Erin Employee"));
    }
}
