//! How people ask for a ticket or for a person in their own words: a table of sentences, each a grammar line. They are not told in the
//! help, which has the one sentence that does the same.

use std::sync::LazyLock;

use crate::grammar::{Pattern, Said, Sentence, is_key};

/// What each line says is `open ticket`, with what it is about or without.
const LINES: &[&str] = &[
    // A ticket: what it is about stands behind a word, or behind nothing but a colon.
    "open|make|create|file|raise|log|submit|start [me] a|an|another [new|support|help] ticket saying|for|about|that|because|regarding <text>",
    "open|make|create|file|raise|log|submit|start [me] a|an|another [new|support|help] ticket <text>",
    "open|create|file|raise|log|submit ticket saying|for|about|that|because|regarding <text>",
    "open|create|file|raise|log|submit ticket <text>",
    "i|i'd [would] want|need|like to open|make|create|file|raise|log|submit a|another [new|support] ticket saying|for|about|that|because <text>",
    "i|i'd [would] want|need|like to open|make|create|file|raise|log|submit a|another [new|support] ticket <text>",
    "can|could|may|would|will i|you|we [please] open|make|create|file|raise|log [me] a|another [new|support] ticket saying|for|about|that|because <text>",
    "can|could|may|would|will i|you|we [please] open|make|create|file|raise|log [me] a|another [new|support] ticket <text>",
    "i need|want a|another [new|support] ticket saying|for|about|because <text>",
    "i need|want a|another [new|support] ticket <text>",
    "new|another [support] ticket saying|for|about|because <text>",
    "new|another [support] ticket <text>",
    "eröffne|öffne|erstelle|mach [mir|bitte] ein [neues] ticket für|wegen|über|weil <text>",
    "eröffne|öffne|erstelle|mach [mir|bitte] ein [neues] ticket <text>",
    "ouvre|ouvrez|crée|créez un ticket pour|car <text>",
    "ouvre|ouvrez|crée|créez un ticket <text>",
    "abre|crea un ticket para|porque <text>",
    "abre|crea un ticket <text>",
    // A person.
    "ask a|some [real] person|human|colleague about|whether|if|for|why|how <text>",
    "ask a|some [real] person|human|colleague",
    "ask somebody|someone about|whether|if|for|why|how <text>",
    "get|find|give me a [real] person|human",
    "i|i'd [would] want|need|like a [real] person|human",
    "talk|speak to|with a|an [real] person|human|agent|colleague",
    "talk|speak to|with somebody|someone",
    "i|i'd [would] want|need|like|have|wish to talk|speak to|with a|an [real] person|human|agent|colleague",
    "i|i'd [would] want|need|like|have|wish to talk|speak to|with somebody|someone",
    "can|could|may i [please] talk|speak to|with a|an [real] person|human|agent|colleague",
    "can|could|may i [please] talk|speak to|with somebody|someone",
    "let me talk|speak to|with a|an [real] person|human|agent|colleague",
    "let me talk|speak to|with somebody|someone",
    "connect me to|with a|an [real] person|human|agent|colleague",
    "ich will|möchte|muss mit einem|einer [echten] menschen|person|mitarbeiter|mitarbeiterin sprechen|reden",
    "ich will|möchte|muss mit jemandem|jemand sprechen|reden",
    "je veux|voudrais parler à|avec une [vraie] personne",
    "je veux|voudrais parler à|avec quelqu'un",
    "quiero|quisiera|necesito hablar con una persona",
    "quiero|quisiera|necesito hablar con alguien",
];

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let read = |line: &&str| Pattern::read(line).expect("a test reads every line of the table");
    LINES.iter().map(read).collect()
});

/// What a sentence asks a ticket or a person for; `None` where it asks for neither. What it is about may be missing, and nothing else.
pub(crate) fn asks_for_a_person(sentence: &Sentence<'_>) -> Option<Said> {
    let mut bare = None;
    // "New ticket OPS-18" names one of the tracker's, "open ticket 3" one of ours, and neither asks for one.
    let is_number = |word: &str| word.trim_start_matches('#').bytes().all(|byte| byte.is_ascii_digit());
    let is_name = |word: &str| is_key(word) || is_number(word);
    let names_one = |said: &Said| said.get("text").is_some_and(|text| text.split_whitespace().all(is_name));
    let matching = PATTERNS.iter().filter_map(|pattern| pattern.matches(sentence));
    for said in matching.filter(|said| !names_one(said)) {
        if said.is_exact() {
            return Some(said);
        }
        // Nothing stands behind it: it is asked about.
        if said.is_bare() {
            bare.get_or_insert(said);
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it is asked about, where it is asked for at all.
    fn asks(text: &str) -> Result<Option<String>, ()> {
        let said = asks_for_a_person(&Sentence::new(text)).ok_or(())?;
        Ok(said.get("text").map(str::to_owned))
    }

    #[test]
    fn every_line_can_be_read() {
        for line in LINES {
            Pattern::read(line).unwrap();
        }
    }

    #[test]
    fn a_ticket_is_asked_for_in_whatever_words() {
        for (text, about) in [
            ("make a ticket: printer broken", "printer broken"),
            (
                "Make me a ticket: the printer has been broken for days",
                "the printer has been broken for days",
            ),
            ("open a ticket for the lift, it is stuck", "the lift, it is stuck"),
            ("file a ticket about the door", "the door"),
            ("file ticket: the door", "the door"),
            ("create a new ticket because my laptop does not start", "my laptop does not start"),
            ("raise another ticket that the VPN is down again", "the VPN is down again"),
            ("I'd like to open a ticket about my badge", "my badge"),
            ("I want to file a ticket: no coffee", "no coffee"),
            ("could you open a ticket for me about the lift?", "me about the lift?"),
            ("new ticket: printer broken", "printer broken"),
            ("Erstelle ein Ticket wegen des Druckers", "des Druckers"),
            ("ouvre un ticket pour l'imprimante", "l'imprimante"),
            ("abre un ticket para la impresora", "la impresora"),
            ("ask a person about the bonus", "the bonus"),
        ] {
            assert_eq!(asks(text), Ok(Some(about.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_person_is_asked_for_in_whatever_words() {
        for text in [
            "I want to talk to a person",
            "can I speak to a human",
            "can I speak to a human?",
            "Could I please talk to someone?",
            "ask a person",
            "I need a human",
            "let me talk to a real person",
            "talk to a human",
            "I would like to speak with a colleague",
            "connect me with an agent",
            "Ich möchte mit einem Menschen sprechen",
            "ich will mit jemandem reden",
            "je voudrais parler à quelqu'un",
            "quiero hablar con una persona",
            "open a ticket",
            "file a ticket",
        ] {
            assert_eq!(asks(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_speaks_of_tickets_and_people_and_asks_for_none_is_left_alone() {
        for text in [
            "open tickets",
            "make ticket 3 urgent",
            "close ticket 3",
            "give ticket 3 to Ben",
            "who is the person that approves?",
            "I need write on infra for a person",
            "talk to a person who knows Rust",
            "how do I open a ticket?",
            "new ticket OPS-18",
            "open ticket 3",
            "open ticket #3",
            "I need another ticket: OPS-18",
        ] {
            assert_eq!(asks(text), Err(()), "{text}");
        }
    }
}
