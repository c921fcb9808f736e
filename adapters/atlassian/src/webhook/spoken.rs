//! Whether a ticket without a form asks for access in its own words.

use serde_json::{Map, Value};

use crate::document;

/// How far a description is looked at, in characters.
const FAR: usize = 2_000;
/// Words for access in the languages that are read.
const ACCESS: [&str; 20] = [
    "access",
    "permission",
    "permissions",
    "rights",
    "zugriff",
    "zugang",
    "berechtigung",
    "berechtigungen",
    "rechte",
    "zugriffsrechte",
    "accès",
    "acces",
    "droit",
    "droits",
    "permiso",
    "permisos",
    "acceso",
    "accesos",
    "derecho",
    "derechos",
];
/// Words for what one may do with it.
const LEVELS: [&str; 19] = [
    "read",
    "write",
    "push",
    "admin",
    "administrator",
    "lesen",
    "lesend",
    "lesenden",
    "schreiben",
    "schreibend",
    "schreibenden",
    "lecture",
    "écriture",
    "ecriture",
    "administrateur",
    "lectura",
    "escritura",
    "escribir",
    "administrador",
];
/// In German both are one word.
const LEVELS_BEFORE: [&str; 4] = ["lese", "schreib", "admin", "push"];
const ACCESS_BEHIND: [&str; 6] = ["zugriff", "zugang", "recht", "rechte", "rechten", "berechtigung"];

/// Whether title and description speak of access and of what one may do with it, in words that are no form: a sentence that says
/// both, or a title that says one of it.
pub(super) fn asks_in_words(title: &str, fields: &Map<String, Value>) -> bool {
    let said = match fields.get("description") {
        Some(description) if document::is_document(description) => document::to_said(description),
        description => {
            let description = description.and_then(super::form::text_of).unwrap_or_default();
            super::quoted::outside(&description.chars().take(FAR).collect::<String>())
        }
    };
    let description: String = said.chars().take(FAR).collect();
    let title = Spoken::of(title);
    // A line of the form is no sentence.
    let lines = description.lines().filter(|line| !super::labels::is_labelled(line));
    let mut sentences = lines.flat_map(|line| line.split(['.', '!', '?'])).map(Spoken::of);
    title.asks() || sentences.any(|sentence| title.with(sentence).asks())
}

/// Words by which somebody wishes for something.
const WISHES: [&str; 24] = [
    "need",
    "needs",
    "want",
    "please",
    "pls",
    "give",
    "grant",
    "get",
    "request",
    "require",
    "bitte",
    "brauche",
    "benötige",
    "möchte",
    "gib",
    "besoin",
    "voudrais",
    "donner",
    "donnez",
    "svp",
    "necesito",
    "quiero",
    "solicito",
    "favor",
];
/// How far apart words of one thing stand at most: "access in order to write".
const NEAR: usize = 4;

/// What a sentence speaks of.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that is spoken of or not")]
struct Spoken {
    access: bool,
    level: bool,
    /// Both as one thing.
    together: bool,
    wishes: bool,
}

impl Spoken {
    fn of(sentence: &str) -> Self {
        let lower = sentence.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let is_compound = |word: &&str| {
            let rest = LEVELS_BEFORE.iter().find_map(|level| word.strip_prefix(level));
            rest.is_some_and(|rest| ACCESS_BEHIND.contains(&rest))
        };
        let compound = words.iter().any(is_compound);
        let places = |all: &[&str]| {
            let is_one = |(place, word): (usize, &&str)| all.contains(word).then_some(place);
            words.iter().enumerate().filter_map(is_one).collect::<Vec<_>>()
        };
        let (access, level) = (places(&ACCESS), places(&LEVELS));
        // Both are in order, so each is compared with the nearest behind and before it.
        let is_near = |place: &usize| {
            let next = level.partition_point(|other| other < place);
            let beside = level[next.saturating_sub(1)..].iter().take(2);
            beside.into_iter().any(|other| place.abs_diff(*other) <= NEAR)
        };
        Self {
            access: compound || !access.is_empty(),
            level: compound || !level.is_empty(),
            together: compound || access.iter().any(is_near),
            wishes: words.iter().any(|word| WISHES.contains(word)),
        }
    }

    const fn with(self, other: Self) -> Self {
        Self {
            access: self.access || other.access,
            level: self.level || other.level,
            together: self.together || other.together,
            wishes: self.wishes || other.wishes,
        }
    }

    /// Whether access of some level is wished for: “access logs show what users write” speaks of both and wishes for none.
    const fn asks(self) -> bool {
        self.together || self.access && self.level && self.wishes
    }
}
