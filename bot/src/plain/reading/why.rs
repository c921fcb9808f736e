//! Whether a clause behind a request says why it is asked for. What shows a sign of anything else is asked about, and so is
//! what shows no sign of work: nothing becomes a reason because it was not understood.

use super::looks::Looks;
use super::repositories::{is_address, is_shaped};
use crate::grammar::is_key;
use crate::normalise::{Tag, Word};

/// What work is told with, in the languages that people write here: what a word begins with.
const WORK: &str = "hotfix bugfix fix patch debug bug deploy releas rollout roll-out rollback incident outage urgent urgen \
    emergenc crash broken breaks breaking fail block stuck disk certif expir runner pipeline builds building test migrat \
    upgrad updat refactor review investigat analy troubleshoot reproduc latenc timeout slow errors alert pager on-call oncall \
    customer client production server database memory queue audit complian securit vulnerab leak onboard handover demo \
    feature develop document backup restore dashboard report invoice checkout performance profil benchmark research workshop \
    training cleanup regression freeze-exception overload maintenance \
    ausroll ausfall störung fehler defekt kaputt festplatte platte zertifikat notfall eilig blockier stillstand \
    umzug wartung prüfung untersuch behebung beheben kunde produktion einarbeit \
    panne correctif corriger déploi déploy bloqué cassé disque débog tester audit \
    avería despliegue desplegar implant corregir corrigir arreglar fallo falla falha caído disco producción produção pruebas \
    depurar falló \
    storing spoed uitrol klant productie schijf blokk onderzoek";
/// The same, where only the whole word tells it.
const WORK_ALONE: &str = "down build log logs pr prod cve docs db cpu ci full voll red logging";
/// What shows that something is taken back, put right, said of another time or of more than was asked for.
const SIGNS: &str = "wait hold hang stand sorry meant mean ignore disregard kidding joking joke scrap forget nevermind nvm \
    cancel cancelled canceled undo retract wrong mistake mistakenly instead rather better actually oops whoops hmm hm uh er \
    ah oh already done solved resolved fixed obsolete unnecessary needless later earlier sooner also too additionally same \
    correction typo nope if unless maybe perhaps after afterwards before once when then first finally over finished \
    moot withdrawn postponed \
    warte wartet moment stopp halt vergiss vergesst doch eigentlich lieber besser sondern falsch falsche falsches irrtum \
    versehen schon bereits erledigt hinfällig später ebenfalls auch nachdem sobald wenn meinte scherz quatsch nein behoben \
    gelöst repariert \
    wacht laat toch liever beter verkeerd verkeerde vergissing al klaar ook bedoelde grapje nee niet vergeet opgelost \
    attends attendez laisse laissez oublie oubliez plutôt finalement faux mauvais déjà aussi également après pardon désolé \
    annule annulez blague non tard résolu réparé \
    espera espere olvídalo olvida olvídate olvidalo mejor equivocado equivocada equivoqué perdón perdona ya también luego \
    después cuando broma déjalo dejalo deja cancela resuelto arreglado \
    esquece esqueça desculpa desculpe engano errado já também depois melhor aliás brincadeira não resolvido";

/// What a clause behind a request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    /// Why it is asked for.
    Why,
    /// Perhaps that; nothing shows that it is anything else.
    Unclear,
    /// Something else, or something more.
    Other,
}

impl Clause {
    /// What these words say, behind a request for these repositories.
    pub(super) fn of(words: &[Word], repositories: &[String]) -> Self {
        let looks = Looks::at(words);
        let mut works = false;
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let is_own = repositories.iter().any(|name| name.eq_ignore_ascii_case(&word.text));
            let (tag, count) = looks.tag(at).map_or((None, 1), |(tag, count)| (Some(tag), count));
            works |= (at..at + count).any(|at| is_of_work(&words[at]));
            if !is_own && shows_other(word, tag) || looks.is_time(at) || looks.duration(at).is_some() {
                return Self::Other;
            }
            at += count;
        }
        // "And Ben", "please tell Ada", "is that enough?".
        let joins = matches!(looks.tag(0), Some((Tag::And, _)));
        let asks = words.last().is_some_and(|last| last.stop == Some('?'));
        match works {
            _ if joins || asks => Self::Other,
            true => Self::Why,
            false => Self::Unclear,
        }
    }
}

/// Whether a word, known for this, shows that a clause says something else than why.
fn shows_other(word: &Word, tag: Option<Tag>) -> bool {
    let is_sign = SIGNS.split_whitespace().any(|sign| sign == word.lower);
    let says_other = match tag {
        None => is_named(word),
        Some(
            Tag::Polite
            | Tag::Idle
            | Tag::Want
            | Tag::Needs
            | Tag::Everyone
            | Tag::Me
            | Tag::Permission(_)
            | Tag::PermissionOn(_)
            | Tag::On
            | Tag::Repository
            | Tag::About
            | Tag::Telling
            | Tag::For
            | Tag::And,
        ) => false,
        Some(_) => true,
    };
    is_sign || says_other
}

/// Whether a word that is not known names somebody or something: by how it is written.
fn is_named(word: &Word) -> bool {
    let is_capital = word.text.starts_with(char::is_uppercase) && word.text.chars().any(char::is_lowercase);
    let names =
        word.text.contains(['@', '‹']) || word.quoted || is_key(&word.text) || is_address(&word.lower);
    names || (is_capital || is_shaped(word)) && !is_of_work(word)
}

fn is_of_work(word: &Word) -> bool {
    let is_joined = |text: &str| text.contains(['-', '_', '/']);
    // "demo-approver2" is a name.
    let begins =
        |begins: &str| word.lower.starts_with(begins) && (is_joined(begins) || !is_joined(&word.lower));
    WORK.split_whitespace().any(begins) || WORK_ALONE.split_whitespace().any(|whole| word.lower == whole)
}

/// Where behind a reason somebody thinks better of all of it: "… the rollout. Sorry, I meant infra". The place of its first
/// word.
pub(in crate::plain) fn taken_back(words: &[Word]) -> Option<usize> {
    const TURNS: [&str; 12] =
        ["oh", "no", "hmm", "hm", "uh", "ah", "well", "nein", "non", "nee", "não", "ach"];
    let looks = Looks::at(words);
    let begins = |at: usize| at == 0 || words[at - 1].stop.is_some();
    let takes_back = |at: usize| {
        let mut next = at;
        loop {
            next += match looks.tag(next) {
                Some((Tag::TakenBack, _)) => return true,
                Some((Tag::Polite, count)) => count,
                _ if words.get(next).is_some_and(|word| TURNS.contains(&word.lower.as_str())) => 1,
                _ => return false,
            };
        }
    };
    (0..words.len()).filter(|at| begins(*at)).find(|at| takes_back(*at))
}
