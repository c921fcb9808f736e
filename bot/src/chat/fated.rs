//! Why something was denied, revoked or withdrawn: that is asked of what it happened to, and not of whatever else is open.

use countersign_domain::card::Card;
use countersign_domain::request::{Code, Facets};

use super::Chat;
use super::named::is_named;
use crate::commands::CommandSpec;
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::{Said, Sentence, joined};
use crate::normalise::{Says, Word};

/// What may have become of a request, by its own word for that, and the words by which people ask after it.
const FATES: [(&str, &[&str]); 4] = [
    (
        DENIED,
        &[
            "denied",
            "refused",
            "rejected",
            "declined",
            "abgelehnt",
            "refusé",
            "refusée",
            "rechazado",
            "rechazada",
            "rifiutato",
            "rifiutata",
            "recusado",
            "recusada",
            "afgewezen",
        ],
    ),
    (
        "revoked",
        &[
            "revoked",
            "entzogen",
            "widerrufen",
            "révoqué",
            "révoquée",
            "revocado",
            "revocada",
            "revocato",
            "revocata",
            "revogado",
            "revogada",
            "ingetrokken",
        ],
    ),
    (
        "withdrawn",
        &["withdrawn", "zurückgezogen", "retiré", "retirée", "retirado", "retirada", "ritirato", "ritirata"],
    ),
    ("expired", &["expired", "lapsed", "abgelaufen", "expiré", "caducado", "scaduto", "verlopen"]),
];
const DENIED: &str = "denied";
/// What was asked for beside an access that is in force.
const EXTENSION: [&str; 5] = ["extension", "verlängerung", "prolongation", "extensión", "proroga"];
/// Said around all that, and no name.
const AROUND: [Says; 10] = [
    Says::AsksWhether,
    Says::AroundQuestion,
    Says::Fate,
    Says::Progress,
    Says::Decided,
    Says::AroundName,
    Says::Own,
    Says::It,
    Says::Last,
    Says::Wish,
];

/// What is asked after.
struct Asked {
    fate: &'static str,
    is_extension: bool,
    /// What names it, if anything does.
    name: Option<String>,
    /// It was asked in no more words than "why not?".
    is_bare: bool,
}

impl Asked {
    fn read(words: &[Word]) -> Option<Self> {
        let asks = [Says::AsksWhy, Says::AsksWho].into_iter().filter_map(|says| says.begins(words)).max()?;
        let rest = &words[asks..];
        let is_bare = matches!(rest, [only] if only.lower == "not");
        let says = |all: &[&str]| rest.iter().any(|word| !word.quoted && all.contains(&word.lower.as_str()));
        let fate = FATES.iter().find(|(_, words)| says(words)).map(|(fate, _)| *fate);
        let is_beside = |word: &Word| {
            let is_fate = FATES.iter().any(|(_, words)| words.contains(&word.lower.as_str()));
            let is_around = AROUND.into_iter().any(|says| says.is_word(word));
            !word.quoted && (is_fate || is_around || EXTENSION.contains(&word.lower.as_str()))
        };
        let named: Vec<Word> = rest.iter().filter(|word| !is_beside(word)).cloned().collect();
        Some(Self {
            fate: fate.or_else(|| is_bare.then_some(DENIED))?,
            is_extension: says(&EXTENSION),
            name: (!named.is_empty()).then(|| joined(&named)),
            is_bare,
        })
    }

    /// Whether that happened to this request. What was denied beside it, as more time is, leaves it as it was.
    fn fits(&self, request: &dyn Facets) -> bool {
        let is_so = request.standing().word == self.fate;
        let became = if self.is_extension {
            request.denial().is_some() && !is_so
        } else {
            is_so || self.fate == DENIED && request.denial().is_some()
        };
        became && self.name.as_ref().is_none_or(|name| is_named(request, name))
    }
}

impl Chat {
    /// The story of the newest of theirs that became of which they ask why; `None` where they ask nothing of the kind, name it by its
    /// code, talk about one anyway, or where none became that.
    pub(super) async fn why_it_ended(
        &self,
        context: &Context,
        sentence: &Sentence<'_>,
        (spec, said): (&CommandSpec, &Said),
    ) -> Result<Option<Vec<Card>>, Failure> {
        let by_code = said.get("code").is_some_and(|code| code.parse::<Code>().is_ok());
        let asked = Asked::read(&sentence.words).filter(|_| spec.name == "why" && !by_code);
        let Some(asked) = asked.filter(|_| context.scene.about.is_none()) else { return Ok(None) };
        if asked.is_bare && self.question(context).await?.is_some() {
            return Ok(None);
        }
        let rows = self.concerned_with(&context.tenant, &context.person)?;
        let Some(row) = rows.into_iter().find(|row| asked.fits(&*row.request)) else { return Ok(None) };
        let said = Said::plainly([("code", row.code.to_string())], vec![], vec![]);
        (spec.run)(self, context, &said).await.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_c3_what_is_asked_after_is_told_from_its_name() {
        for (text, fate, name) in [
            ("why was it denied?", "denied", None),
            ("why was my request denied", "denied", None),
            ("why was my last request denied?", "denied", None),
            ("who denied it?", "denied", None),
            ("why not?", "denied", None),
            ("why was it revoked", "revoked", None),
            ("why was write on infra denied?", "denied", Some("write infra")),
            ("why was my extension denied", "denied", None),
            ("warum wurde es abgelehnt?", "denied", None),
        ] {
            let asked = Asked::read(&Sentence::new(text).words).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((asked.fate, asked.name.as_deref()), (fate, name), "{text}");
        }
        for text in ["why?", "why is it waiting", "denied", "who approved it?", "how was it denied"] {
            assert!(Asked::read(&Sentence::new(text).words).is_none(), "{text}");
        }
    }
}
