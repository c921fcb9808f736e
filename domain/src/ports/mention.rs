//! How a text mentions somebody, whatever surface it was written on: an `@` and their [`Identity`], `@slack/T024BE7LD/W012A3CDE`.
//! Every surface writes its own way of mentioning like this, so that nothing behind it knows vendors' ways.

use super::Identity;

impl Identity {
    /// How a text mentions them.
    pub fn mention(&self) -> String {
        format!("@{self}")
    }

    /// Whom a word mentions; nobody where it is another word.
    pub fn mentioned(word: &str) -> Option<Self> {
        word.trim().strip_prefix('@')?.parse().ok()
    }
}

/// Everybody whom a text mentions, in its order.
pub fn mentions(text: &str) -> Vec<Identity> {
    let mut all = Vec::new();
    let _ = with_names(text, |identity| {
        all.push(identity.clone());
        String::new()
    });
    all
}

/// A text for people: with a name in the place of every mention, for ids say nothing to them.
pub fn with_names(text: &str, mut name: impl FnMut(&Identity) -> String) -> String {
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, here) = rest.split_at(at);
        named.push_str(before);
        let length = here[1..].find(|c| !is_of_a_mention(c)).map_or(here.len(), |length| length + 1);
        // What punctuates the sentence is no part of it.
        let word = here[..length].trim_end_matches(':');
        if let Some(identity) = Identity::mentioned(word) {
            named.push_str(&name(&identity));
            rest = &here[word.len()..];
        } else {
            named.push('@');
            rest = &here[1..];
        }
    }
    named.push_str(rest);
    named
}

const fn is_of_a_mention(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::super::SurfaceKind;
    use super::*;

    #[test]
    fn mentions_are_found_wherever_they_stand_and_read_as_names() {
        let named = |text: &str| with_names(text, |identity| format!("<{}>", identity.user));
        assert_eq!(named("ask @slack/T1/U2, or @teams/t/29:1a-B_: now"), "ask <U2>, or <29:1a-B_>: now");
        assert_eq!(named("(@discord/discord/7)’s"), "(<7>)’s");
        assert_eq!(
            named("a@b.example @ops @slack/T1 @irc/a/b slack/T1/U2"),
            "a@b.example @ops @slack/T1 @irc/a/b slack/T1/U2"
        );
        assert_eq!(mentions("@slack/T1/U2 and @slack/T1/U3").len(), 2);
    }

    #[test]
    fn a_mention_is_read_as_it_is_written() {
        let identity = Identity::new(SurfaceKind::Teams, "t", "29:1abc").unwrap();
        assert_eq!(Identity::mentioned(&identity.mention()), Some(identity));
        assert_eq!(Identity::mentioned("slack/T1/U2"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fall_and_without_mentions_it_stays_as_it_is(text in "(@|slack|teams|/|T1|é|:| |,){0,30}") {
            if mentions(&text).is_empty() {
                proptest::prop_assert_eq!(with_names(&text, |_| String::new()), text);
            }
        }
    }
}
