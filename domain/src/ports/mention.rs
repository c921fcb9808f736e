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

/// The beginning of a text, of so many characters, to tell people what is meant. A mention in which it would end stays whole: half
/// of one is nobody's, and would be shown as the id that it is.
pub fn beginning(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    let cut = text[..end].rfind('@').and_then(|at| {
        let length =
            text[at + 1..].find(|c| !is_of_a_mention(c)).map_or(text.len() - at, |length| length + 1);
        let word = text[at..at + length].trim_end_matches(':');
        Identity::mentioned(word).map(|_| at + word.len())
    });
    text[..cut.map_or(end, |whole| whole.max(end))].to_owned()
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
    fn trust_d6_a_text_is_cut_around_a_mention_and_never_within_one() {
        let whole = "ask @teams/8f0c3e57-5c1b-4f55-9a46-0d2a7c1e9f00/0a1b2c3d-0000-4000-8000-00000000000f";
        assert_eq!(beginning(&format!("{whole}, now"), 40), whole);
        assert_eq!(beginning(&format!("{whole}, now"), 3), "ask");
        assert_eq!(beginning("@slack/T1/U2 and more", 15), "@slack/T1/U2 an");
        for (text, most, cut) in
            [("ünïcode@x", 3, "ünï"), ("a@b.example", 2, "a@"), ("@", 1, "@"), ("", 5, "")]
        {
            assert_eq!(beginning(text, most), cut, "{text}");
        }
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
            for most in 0..text.len() {
                let cut = beginning(&text, most);
                proptest::prop_assert!(text.starts_with(&cut) && cut.chars().count() >= most.min(text.chars().count()));
            }
            if mentions(&text).is_empty() {
                proptest::prop_assert_eq!(with_names(&text, |_| String::new()), text);
            }
        }
    }
}
