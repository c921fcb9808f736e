//! What is pasted with a sentence: the text in its code block, or below its first line. Only a few commands take one, and only
//! for those it is apart from the sentence and may be long; in any other sentence it is words like all others.

use countersign_domain::card::Card;

use super::{Chat, LONGEST, mood};
use crate::cards;
use crate::commands::{self, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{BLOCK, Said, Sentence};
use crate::words;

/// How long a pasted text may be, in bytes: longer than any chat takes a message, and short enough for one event.
pub(crate) const LONGEST_BLOCK: usize = 64 * 1024;

/// So many backticks open a code block, at least.
const FENCE: usize = 3;
/// What people write behind an opening fence to have the block coloured.
const LANGUAGES: [&str; 6] = ["cedar", "json", "text", "toml", "txt", "plain"];

impl Chat {
    /// A command with a block of text behind it.
    pub(super) async fn hear_pasted(
        &self,
        context: &Context,
        text: &str,
        (spec, said): (&'static CommandSpec, &Said),
    ) -> Result<Vec<Card>, Failure> {
        if said.get(BLOCK).is_some_and(|block| block.trim_end().len() > LONGEST_BLOCK) {
            return Ok(vec![cards::too_long(LONGEST_BLOCK)]);
        }
        if is_asked(text, said.get("reason")) {
            return Ok(vec![cards::nothing(words::asked_with_a_block())]);
        }
        self.carry_out(context, spec, said).await
    }
}

/// The command that takes what was pasted with it, and what it says.
pub(crate) fn command(text: &str) -> Option<(&'static CommandSpec, Said)> {
    let (sentence, block) = apart(text)?;
    if sentence.len() > LONGEST {
        return None;
    }
    let (spec, said) = commands::taking_a_block(&Sentence::new(&sentence))?;
    Some((spec, said.with_block(block)))
}

/// Whether what was pasted came with a question: then nothing is done with it.
fn is_asked(text: &str, reason: Option<&str>) -> bool {
    apart(text).is_some_and(|(sentence, _)| mood::asks_before(&sentence, reason))
}

/// As much of what was said as can be heard, and one character more: who said too much is told so.
pub(crate) fn audible(text: &str) -> String {
    let is_heard_out = text.len() > LONGEST && command(text).is_some();
    text.chars().take(if is_heard_out { LONGEST + LONGEST_BLOCK } else { LONGEST } + 1).collect()
}

/// Whether a sentence is a command that lacks nothing but a text to be pasted with it.
pub(crate) fn lacks_a_block(sentence: &str) -> bool {
    sentence.len() <= LONGEST && commands::taking_a_block(&Sentence::new(sentence)).is_some()
}

/// Whether a sentence is a command that a file belongs to.
pub(crate) fn takes_a_file(sentence: &str) -> bool {
    sentence.len() <= LONGEST && commands::taking_a_file(&Sentence::new(sentence)).is_some()
}

/// A sentence with a text pasted to it, whatever stands in the text.
pub(crate) fn with_block(sentence: &str, block: &str) -> String {
    let mut longest = 0;
    let mut rest = block;
    while let Some((_, run, after)) = fence(rest, 1) {
        (longest, rest) = (longest.max(run.len()), after);
    }
    let fence = "`".repeat(FENCE.max(longest + 1));
    format!("{sentence}\n{fence}\n{}\n{fence}", block.trim_end())
}

/// What stands before the first row of at least so many backticks, the row, and what stands behind it.
fn fence(text: &str, least: usize) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let begin = from + text.get(from..)?.find('`')?;
        let behind = text[begin..].find(|c| c != '`').map_or(text.len(), |length| begin + length);
        if behind - begin >= least {
            return Some((&text[..begin], &text[begin..behind], &text[behind..]));
        }
        from = behind;
    }
}

/// A sentence and what was pasted with it. A block ends where a row of backticks comes that is as long as the one it began with.
fn apart(text: &str) -> Option<(String, String)> {
    if let Some((before, opening, rest)) = fence(text, FENCE) {
        let (block, _, after) = fence(rest, opening.len()).unwrap_or((rest, "", ""));
        let block = match block.split_once('\n') {
            Some((first, body)) if is_language(first) => body,
            _ => block,
        };
        return Some((format!("{} {}", before.trim(), after.trim()), block.to_owned()));
    }
    let (sentence, block) = text.trim_start().split_once('\n')?;
    (!block.trim().is_empty()).then(|| (sentence.to_owned(), block.to_owned()))
}

fn is_language(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || LANGUAGES.iter().any(|language| line.eq_ignore_ascii_case(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "@id(\"a\")\npermit (principal, action, resource); // because why";

    fn pasted(text: &str) -> Option<(&'static str, String, Option<String>)> {
        let (spec, said) = command(text)?;
        Some((spec.name, said.get(BLOCK)?.to_owned(), said.get("reason").map(str::to_owned)))
    }

    #[test]
    fn an_agent_is_pasted_as_rules_are() {
        let agent = "name = \"travel\"\n".to_owned();
        let said = pasted(&format!("define agent because trips are asked about\n```toml\n{agent}```"));
        assert_eq!(said, Some(("define agent", agent, Some("trips are asked about".to_owned()))));
        assert!(lacks_a_block("define agent") && lacks_a_block("rules propose"));
        assert_eq!(pasted("show agent travel\n```\nname\n```"), None, "what is only shown takes nothing");
    }

    #[test]
    fn what_stands_in_a_code_block_is_taken_as_it_is() {
        let rules = || Some(("rules propose", format!("{RULES}\n"), None));
        assert_eq!(pasted(&format!("rules propose ```\n{RULES}\n```")), rules());
        assert_eq!(pasted(&format!("Rules propose\n```cedar\n{RULES}\n```")), rules());
        assert_eq!(
            pasted(&format!("rules propose ```{RULES}\n```\n")),
            rules(),
            "Slack needs no line of its own"
        );
        let because = Some(("rules propose", format!("{RULES}\n"), Some("two pairs of eyes".to_owned())));
        assert_eq!(pasted(&format!("rules propose ```\n{RULES}\n``` because two pairs of eyes")), because);
        assert_eq!(pasted(&format!("rules propose because two pairs of eyes\n```\n{RULES}\n```")), because);
        let open = Some(("rules propose", RULES.to_owned(), None));
        assert_eq!(pasted(&format!("rules propose ```\n{RULES}")), open, "nobody closed it");
        assert_eq!(pasted(&format!("rules propose\n{RULES}")), open, "without a block: below the first line");
    }

    #[test]
    fn a_file_stands_for_what_is_pasted_whatever_is_in_it() {
        for text in [
            RULES,
            "`",
            "// ```\npermit (principal, action, resource); // ````",
            "a`\n```cedar\nb\n```",
            "\n\n x",
        ] {
            let said = with_block("rules propose because why", text);
            let (_, block, reason) = pasted(&said).unwrap_or_else(|| panic!("{said}"));
            assert_eq!((block, reason.as_deref()), (format!("{text}\n"), Some("why")), "{said}");
        }
        assert!(lacks_a_block("rules propose") && lacks_a_block("Rules propose because why"));
        for other in ["help", "rules propose\n```\na\n```", "rules back to 1", "see my rules propose file"] {
            assert!(!lacks_a_block(other), "{other}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

        #[test]
        fn every_text_comes_out_of_its_block_as_it_went_in(text in "(`|\n| |cedar|permit;|é|```){0,20}x") {
            let (_, block, _) = pasted(&with_block("rules propose", &text)).expect("it is a command with its block");
            proptest::prop_assert_eq!(block, format!("{text}\n"));
        }
    }

    #[test]
    fn a_file_belongs_to_what_brings_one_and_to_nothing_else() {
        for text in [
            "add document",
            "Add this document for everybody, please",
            "upload the file called VPN hours in handbook for hr, legal because it changed",
            "add document replacing K7QM2X review 2027-01-31",
        ] {
            assert!(takes_a_file(text), "{text}");
        }
        for text in
            ["add document travel", "documents", "rules propose", "add me to infra", "retire document K7QM2X"]
        {
            assert!(!takes_a_file(text), "{text}");
        }
    }

    #[test]
    fn other_sentences_keep_their_blocks() {
        for text in [
            "access write on infra because ```it says 403```",
            "why does ```rules propose``` not work",
            "rules propose",
            "rules propose permit (principal, action, resource);",
            "help\nme",
        ] {
            assert_eq!(pasted(text), None, "{text}");
        }
    }

    #[test]
    fn only_what_is_pasted_with_a_command_that_takes_it_may_be_long() {
        let long = "x".repeat(LONGEST_BLOCK * 2);
        assert_eq!(audible(&format!("help {long}")).chars().count(), LONGEST + 1);
        assert_eq!(audible(&format!("help ```{long}```")).chars().count(), LONGEST + 1);
        assert_eq!(audible(&format!("rules propose {long}")).chars().count(), LONGEST + 1);
        let rules = format!("rules propose ```{long}```");
        assert_eq!(audible(&rules).chars().count(), LONGEST + LONGEST_BLOCK + 1);
        let short = format!("rules propose ```{}```", "x".repeat(LONGEST * 2));
        assert_eq!(audible(&short), short);
    }
}
