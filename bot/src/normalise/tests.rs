//! What is typed and pasted, and the words it comes to.

use proptest::prelude::*;

use super::*;

fn said(text: &str) -> String {
    let show = |word: Word| if word.quoted { format!("“{}”", word.text) } else { word.text };
    words(text).into_iter().map(show).collect::<Vec<_>>().join(" ")
}

#[test]
fn trust_c1_markup_quotes_dashes_spaces_and_emoji_are_made_plain() {
    for (text, plain) in [
        ("*access read on web-shop*", "access read on web-shop"),
        ("**access** `read` on web-shop", "access read on web-shop"),
        ("_access read on web-shop_", "access read on web-shop"),
        ("access read on _internal", "access read on _internal"),
        ("```access read on web-shop```", "access read on web-shop"),
        ("“access read on web-shop”", "access read on web-shop"),
        ("access write on “payments-api” ticket OPS–17", "access write on “payments-api” ticket OPS-17"),
        ("access write on «payments-api», ‹infra›", "access write on “payments-api” “infra”"),
        ("access write on „payments-api“.", "access write on “payments-api”"),
        ("access\u{a0}read\u{202f}on web\u{2011}shop", "access read on web-shop"),
        ("access read on web\u{200b}-shop\u{feff}", "access read on web-shop"),
        ("access&nbsp;read on &quot;web-shop&quot; &amp; infra", "access read on “web-shop” & infra"),
        ("I&#39;d like &#8220;it&#8221;", "I'd like “it”"),
        ("access read on web-shop 🙏🙏", "access read on web-shop 🙂"),
        ("access read on web-shop please🙏", "access read on web-shop please 🙂"),
        ("approve K7QM2X :+1:", "approve K7QM2X 👍"),
        ("- access read on web-shop", "access read on web-shop"),
        ("• access – read — on web-shop", "access read on web-shop"),
        ("access read on web-shop for -3 days", "access read on web-shop for -3 days"),
        ("for {a1b2-c3}", "for {a1b2-c3}"),
        ("(access read) on [web-shop]", "access read on web-shop"),
        ("<http://web.shop|web.shop>", "web.shop"),
        (
            "<https://bitbucket.org/acme/infra/src/main/|the code>",
            "https://bitbucket.org/acme/infra/src/main/",
        ),
        (
            "[payments-api](https://bitbucket.org/acme/payments-api)",
            "https://bitbucket.org/acme/payments-api",
        ),
        ("[payments-api](https://wiki.example/payments)", "payments-api"),
        ("<https://acme.atlassian.net/browse/OPS-17>", "https://acme.atlassian.net/browse/OPS-17"),
        ("1 < 2", "1 < 2"),
    ] {
        assert_eq!(said(text), plain, "{text}");
    }
}

#[test]
fn trust_c1_what_is_quoted_in_a_reason_stays_where_it_stands() {
    let text = "access read on web-shop because “the *rollout* — phase 2”";
    let because = words(text).into_iter().find(|word| word.lower == "because").unwrap();
    assert_eq!(&text[because.end..], " “the *rollout* — phase 2”");
}

#[test]
fn trust_c1_every_line_of_the_lexicon_can_be_read_and_no_phrase_means_two_things() {
    let mut seen = std::collections::BTreeMap::new();
    for line in include_str!("lexicon.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let (tag, phrases) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
        for phrase in phrases.split('|') {
            assert_eq!(phrase, phrase.trim().to_lowercase(), "{line}");
            let other = seen.insert(phrase, tag);
            assert!(other.is_none_or(|other| other == tag), "{phrase} is {tag} and {other:?}");
            let read: Vec<_> = words(phrase).into_iter().map(|word| word.lower).collect();
            assert!(phrase.ends_with(':') || read.join(" ") == phrase, "{phrase:?} is read as {read:?}");
        }
    }
    assert!(LEXICON.knows("please"));
}

#[test]
fn trust_c1_a_tenants_own_words_are_those_that_everybody_knows() {
    let own = [("deploy rights".to_owned(), Permission::Write), ("peek".to_owned(), Permission::Read)].into();
    let plain = |text| {
        with_own_words(&words(text), &own).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(plain("I need Deploy Rights on infra"), "I need write on infra");
    assert_eq!(plain("peek into \"peek\""), "read into peek");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn trust_c1_every_word_stands_where_it_says(
        text in "\\PC{0,60}|([a-z ]|[*_`\"“”„<>|&;()\\[\\]:/-]|&nbsp;|&#39;|👍|\\n|https://a.b/c){0,40}",
    ) {
        let mut end = 0;
        for word in words(&text) {
            prop_assert!(text.is_char_boundary(word.start) && text.is_char_boundary(word.end), "{word:?}");
            prop_assert!(word.start >= end && word.end > word.start && word.end <= text.len(), "{word:?} after {end}");
            end = word.end;
        }
    }
}

#[test]
fn trust_c1_a_word_that_is_another_word_is_no_slip_of_a_permission() {
    let guessed = |text: &str| LEXICON.mistyped(&words(text)[0]).is_some();
    for slip in ["wirte", "raed", "acces", "accesss", "writte", "amdin", "permision"] {
        assert!(guessed(slip), "{slip}");
    }
    for word in ["ready", "bread", "bright", "rechts", "reicht", "seen", "edith", "lone", "echt", "full"] {
        assert!(!guessed(word), "{word}");
    }
}
