//! What fits on a button or into a heading: whole words, and a sign that there were more.

/// At most so many characters of a text, in whole words where there is more than one.
pub fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    match cut.rsplit_once(' ') {
        Some((whole, _)) if !whole.trim().is_empty() => format!("{} …", whole.trim_end_matches([',', ' '])),
        _ => cut.chars().chain("…".chars().take(most)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trust_c2_a_label_is_cut_between_words() {
        assert_eq!(short("write for 2 days", 16), "write for 2 days");
        assert_eq!(short("write for 2 days, OPS-17", 19), "write for 2 days …");
        assert_eq!(short("write for 22 hours", 15), "write for 22 …");
        assert_eq!(short("payments-api", 5), "paym…");
        assert_eq!([short("ab", 1), short("ab", 0)], ["…", ""]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn trust_c2_no_word_of_a_label_is_cut_where_one_fits(text in "[a-zé]{1,9}( [a-zé]{1,9}){0,9}", most in 12_usize..60) {
            let short = short(&text, most);
            prop_assert!(short.chars().count() <= most);
            let whole = short.strip_suffix(" …").unwrap_or(&short);
            prop_assert!(text == whole || text.starts_with(&format!("{whole} ")), "{short}");
        }
    }
}
