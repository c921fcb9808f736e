//! What a ticket says beside its form that asks for nothing and changes nothing: greetings, thanks, that access is asked for, and
//! the lines that the bot itself writes. Nothing else is left out unasked, so this is a list of what is known, and never of what is not.

use super::limits::{DAYS, LIMITS, is_one_of};

/// What a line begins with that greets whoever is named next.
const GREETINGS: &str = "hi|hello|hey|dear|hallo|liebe|lieber|bonjour|salut|hola|moin|servus|ciao";
/// Who is greeted without a name.
const GREETED: &str = "team|all|everyone|everybody|folks|there|colleagues|zusammen|alle|kollegen|kolleginnen|à|tous|a|todos|equipo";
/// What is said at the end, with a name behind it.
const CLOSINGS: &str = "thanks|thank|thx|best|kind|warm|regards|cheers|danke|dank|vielen|viele|liebe|lg|vg|mfg|gruß|grüße|\
     grüssen|grüßen|merci|cordialement|bonne|gracias|saludos|obrigado|obrigada|grazie|bedankt";
/// The other words of thanks, politeness, and of asking for what the form says.
const WORDS: &str = "you|very|much|many|lot|a|in|again|wishes|bye|so|and|please|pls|kindly|just|look|at|it|soon|asap|urgent|urgently|good|\
     i|i'd|i'm|me|my|would|like|want|wanted|need|to|have|get|ask|asking|request|requesting|requested|grant|give|the|an|\
     this|following|below|above|here|is|are|as|see|access|permission|permissions|form|details|ticket|filled|out|bot|\
     mit|guten|schönen|schöne|schon|freundlichen|freundliche|herzliche|herzlichen|bitte|ich|brauche|benötige|\
     möchte|zugriff|zugang|antrag|formular|siehe|unten|beaucoup|s'il|vous|plaît|svp|je|voudrais|demande|accès|formulaire|\
     muchas|por|favor|necesito|solicito|acceso|formulario";
/// Phrases that are taken out before words are looked at: they thank for something, or name what is asked for.
const PHRASES: [&str; 13] = [
    "for your help",
    "for your time",
    "for your support",
    "for looking at it",
    "for helping",
    "für die hilfe",
    "für eure hilfe",
    "pour votre aide",
    "por su ayuda",
    "request for access",
    // Words of time are courtesies only where they stand so: "I need it in the morning" says when.
    "nice day",
    "schönen tag",
    "bonne journée",
];
/// What greets in two words.
const GREETING_PHRASES: [&str; 8] = [
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "guten morgen",
    "guten tag",
    "guten abend",
    "buenos días",
];
/// The same of who thanks before.
const BEFORE: [&str; 4] = ["in advance", "im voraus", "d'avance", "de antemano"];
/// What the templates of other people say around a form.
const TEMPLATES: [&str; 4] = [
    "please do not change the lines above",
    "please do not edit below this line",
    "please fill in the form below",
    "bitte die zeilen oben nicht ändern",
];
/// What else is no name, however it is written.
const NO_NAMES: &str = "on|next|nobody|none|noon|midnight|morning|afternoon|evening|day|night|week|abend|tag|review|january|\
     february|march|april|may|june|july|august|september|october|november|december";
/// The longest name that is greeted, or written beneath, in words.
const NAME: usize = 3;

/// Whether a line says nothing that matters for a request.
pub(super) fn says_nothing(line: &str) -> bool {
    let lower = line.to_lowercase().replace('’', "'");
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() || TEMPLATES.contains(&bare) {
        return true;
    }
    let thanks = words(line).any(|word| is_one_of(CLOSINGS, word));
    let phrases = PHRASES.iter().chain(BEFORE.iter().filter(|_| thanks));
    let told = phrases.fold(line.replace('’', "'"), |line, phrase| with(&line, phrase, ""));
    let told = GREETING_PHRASES.iter().fold(told, |line, phrase| with(&line, phrase, "hello"));
    let words: Vec<&str> = words(&told).collect();
    let (greets, mut at) = (words.first().is_some_and(|first| is_one_of(GREETINGS, first)), 0);
    if greets {
        let greeted = |word: &&&str| is_one_of(GREETED, word) || is_name(word);
        at = 1 + words[1..].iter().take(NAME).take_while(greeted).count();
    }
    let mut closes = false;
    while let Some(word) = words.get(at) {
        if is_one_of(CLOSINGS, word) {
            closes = true;
        } else if !is_one_of(WORDS, word) {
            return closes && is_signed(&words[at..]);
        }
        at += 1;
    }
    true
}

/// Whether a line only thanks or closes.
pub(super) fn closes(line: &str) -> bool {
    words(line).any(|word| is_one_of(CLOSINGS, word)) && says_nothing(line)
}

/// Whether a line is no more than the name of who wrote what stands before it.
pub(super) fn signs(line: &str) -> bool {
    line.chars().all(|c| c.is_alphabetic() || " .,-'’".contains(c))
        && is_signed(&words(line).collect::<Vec<_>>())
}

fn is_signed(words: &[&str]) -> bool {
    words.len() <= NAME && words.iter().all(|word| is_name(word))
}

fn is_name(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
        && word.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'')
        && ![NO_NAMES, LIMITS, DAYS].iter().any(|all| is_one_of(all, word))
}

/// What stands between blanks, without the signs around it. A sign that is no sign of a sentence is no part of a courtesy.
fn words(line: &str) -> impl Iterator<Item = &str> {
    const SIGNS: [char; 16] =
        ['.', ',', '!', '?', ':', ';', '*', '_', '-', '–', '—', '(', ')', '"', '•', '#'];
    line.split([' ', '\t', '\u{a0}', ','])
        .map(|word| word.trim_matches(SIGNS))
        .filter(|word| !word.is_empty())
}

/// The line with something else in the place of a phrase, however that is written.
fn with(line: &str, phrase: &str, other: &str) -> String {
    let lower = line.to_lowercase();
    match lower.find(phrase) {
        // Where a letter changes its length in lower case, nothing is taken out.
        Some(from) if lower.len() == line.len() && line.is_char_boundary(from) => {
            let behind = line.get(from + phrase.len()..).unwrap_or_default();
            format!("{}{other}{behind}", &line[..from])
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_d4_a_courtesy_is_told_from_what_says_something() {
        for line in [
            "----",
            "Hello!",
            "Hi team,",
            "Hello there, and thank you very much.",
            "Hello team: please look at it soon",
            "Dear Ada,",
            "Please grant the following access:",
            "I need the access below, please.",
            "Access request",
            "Thanks a lot for your help, Erin",
            "Mit freundlichen Grüßen Erin Employee",
            "Vielen Dank im Voraus!",
            "Bonjour à tous, merci d'avance",
            "Good morning team,",
            "Guten Tag, vielen Dank schon im Voraus",
            "Thank you very much in advance, Erin",
            "Have a nice day",
            "Please do not change the lines above.",
            "🙂",
        ] {
            assert!(says_nothing(line), "{line}");
        }
        for line in [
            "Hello For Ben",
            "Hi Ada, it is for Ben",
            "Best not before Monday, please",
            "Thanks, only Ben",
            "Thanks, Only Ben",
            "Mit Ben",
            "Please grant it on Monday",
            "I need write access",
            "I need access to infra",
            "Thank you for waiting until Monday",
            "Please do not grant this",
            "@Ben",
            "557058:ba89",
            "web-shop",
            "Monday",
            "- Ben",
            "Ich brauche Zugriff morgen",
            "Bitte morgen Abend",
            "I need access this afternoon",
            "Please grant access in the morning",
            "Just a day, please",
            "I need access a day in advance",
            "I need it in advance",
            "Thanks! Needs Approval",
            "Danke, Übermorgen",
        ] {
            assert!(!says_nothing(line), "{line}");
        }
        assert!(signs("Erin Employee") && signs("Erin,") && !signs("for Ben") && !signs("Only Ben"));
        assert!(!signs("@Ben") && !signs("557058:ba89") && !signs("Not on Monday"));
        assert!(closes("Thanks, Erin") && closes("Best regards") && !closes("Best not before Monday"));
    }
}
