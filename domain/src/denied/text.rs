//! What is wrong with a text for people.

use super::{Field, Violation};
use crate::hidden::{deceives, hidden};

/// What is wrong with a text for people: too long, or with characters that show something else than they hold. A reason is prose,
/// in which a joiner may be needed; a name is none.
pub fn text_fault(field: Field, text: &str, max: usize) -> Option<Violation> {
    let length = text.chars().count();
    if length > max {
        return Some(Violation::TextTooLong { field, length, max });
    }
    let (at, character) = match field {
        // A line break in a reason is a line break.
        Field::Reason => hidden(&text.replace(['\n', '\r', '\t'], " "))?,
        _ => text.char_indices().find(|(_, c)| deceives(*c))?,
    };
    Some(Violation::BadCharacter {
        field,
        character: format!("U+{:04X}", u32::from(character)),
        place: text[..at].chars().count() + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_be_as_long_as_the_limit_and_a_fault_says_which_character_stands_where() {
        let fault = |field, text: &str| text_fault(field, text, 5);
        assert_eq!(fault(Field::User, "ééééé"), None);
        let too_long = Violation::TextTooLong { field: Field::User, length: 6, max: 5 };
        assert_eq!(fault(Field::User, "éééééé"), Some(too_long));
        let bad = |field| Violation::BadCharacter { field, character: "U+202E".to_owned(), place: 3 };
        assert_eq!(fault(Field::User, "éé\u{202e}"), Some(bad(Field::User)));
        assert_eq!(fault(Field::Reason, "éé\u{202e}"), Some(bad(Field::Reason)));
        assert_eq!(fault(Field::Reason, "a\nb"), None, "a line break in a reason is a line break");
        assert!(fault(Field::User, "a\nb").is_some());
    }
}
