//! What a policy does not want talked about.

use countersign_domain::ports::{Finding, FindingKind};
use regex::RegexBuilder;

use crate::policy::{BadPolicy, Topic};
use crate::seen::Seen;

const MOST: usize = 500;
const LONGEST: usize = 200;

/// The topics of a policy, ready to be looked for.
#[derive(Debug, Clone)]
pub(crate) struct Topics(Vec<(String, regex::Regex)>);

impl Topics {
    pub(crate) fn new(topics: &[Topic]) -> Result<Self, BadPolicy> {
        topics.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn find(&self, seen: &Seen) -> Vec<Finding> {
        let one = |(name, pattern): &(String, regex::Regex)| {
            let found = pattern.find(&seen.text)?;
            Some(Finding {
                kind: FindingKind::DeniedTopic(name.clone()),
                at: Some(seen.stood(found.start(), found.end())),
            })
        };
        self.0.iter().filter_map(one).collect()
    }
}

fn one(topic: &Topic) -> Result<(String, regex::Regex), BadPolicy> {
    let name = topic.name.clone();
    if topic.phrases.is_empty() {
        return Err(BadPolicy::NoPhrases(name));
    }
    let too_much = || BadPolicy::TooMuch { topic: topic.name.clone(), most: MOST, longest: LONGEST };
    if topic.phrases.len() > MOST || topic.phrases.iter().any(|phrase| phrase.chars().count() > LONGEST) {
        return Err(too_much());
    }
    let phrases = topic.phrases.iter().map(|phrase| {
        // As a text is looked at, so is a phrase.
        let seen = Seen::words(phrase).text;
        let words: Vec<String> = seen.split_whitespace().map(regex::escape).collect();
        if !seen.contains(char::is_alphanumeric) {
            return Err(BadPolicy::NoWord { topic: topic.name.clone(), phrase: phrase.clone() });
        }
        Ok(words.join(r"\s{1,4}"))
    });
    let phrases = phrases.collect::<Result<Vec<_>, _>>()?.join("|");
    let pattern = RegexBuilder::new(&format!(r"\b(?:{phrases})\b")).size_limit(32 << 20).build();
    Ok((name, pattern.map_err(|_| too_much())?))
}
