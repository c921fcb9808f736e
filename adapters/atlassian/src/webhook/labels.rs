//! The labels of the form in the languages that are read, and the values behind them as they count.

use countersign_domain::denied::Field;

use super::form::clean;

/// A place of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Permission,
    Repository,
    User,
    Duration,
    /// The end of the duration.
    Until,
    /// When it shall begin, which nobody can choose.
    Begins,
    Reason,
}

impl Label {
    pub(super) const fn field(self) -> Field {
        match self {
            Self::Permission => Field::Permission,
            Self::Repository => Field::Repository,
            Self::User => Field::User,
            Self::Duration | Self::Until | Self::Begins => Field::Duration,
            Self::Reason => Field::Reason,
        }
    }
}

/// Every label in lower case, by what it is for.
const LABELS: [(Label, &str); 7] = [
    (
        Label::Permission,
        "permission|permissions|permission level|access level|access type|access rights|rights|\
         berechtigung|berechtigungen|zugriffsrecht|zugriffsrechte|droit|droits|droits d'accès|\
         niveau d'accès|permiso|permisos|nivel de acceso|permesso|permissão|toestemming|rechten|\
         権限|アクセス権",
    ),
    (
        Label::Repository,
        "repository|repositories|repo|repos|repository name|repositorium|dépôt|depot|repositorio|\
         repositório|リポジトリ",
    ),
    (
        Label::User,
        "user|users|username|user name|for|for whom|for user|on behalf of|requested for|access for|\
         beneficiary|recipient|who|name|full name|account|employee|person|colleague|team member|\
         benutzer|benutzername|nutzer|nutzerin|für|für wen|im namen von|begünstigter|begünstigte|\
         mitarbeiter|mitarbeiterin|kollege|kollegin|konto|utilisateur|utilisatrice|pour|pour qui|\
         bénéficiaire|compte|collaborateur|collaboratrice|nom|usuario|usuaria|para|para quién|\
         beneficiario|cuenta|empleado|nombre|utente|usuário|gebruiker|voor|ユーザー",
    ),
    (
        Label::Duration,
        "duration|for how long|how long|period|dauer|wie lange|zeitraum|durée|pendant|\
         combien de temps|duración|durante|durata|duração|duur|期間",
    ),
    (
        Label::Until,
        "until|till|end|ends|end date|end time|ending|valid until|expires|expiry|expiry date|bis|\
         ende|enddatum|gültig bis|jusqu'à|jusqu'au|date de fin|hasta|fecha de fin|fino a|até|\
         einddatum",
    ),
    (
        Label::Begins,
        "start|starts|start date|start time|starting|from|begin|begins|beginning|valid from|\
         effective from|effective date|not before|when|date|ab|ab wann|von|beginn|anfang|startdatum|\
         gültig ab|début|date de début|à partir de|à partir du|dès|desde|inicio|fecha de inicio|\
         a partir de|vanaf|開始",
    ),
    (
        Label::Reason,
        "reason|reasons|why|justification|business justification|purpose|grund|begründung|warum|\
         zweck|raison|motif|pourquoi|motivo|razón|porqué|justificación|reden|理由",
    ),
];

/// Labels that stand in other tickets as well, and make no request of one.
const ELSEWHERE: &str = "rights|for|who|name|full name|account|employee|person|colleague|\
     team member|konto|mitarbeiter|mitarbeiterin|compte|nom|cuenta|nombre|period|zeitraum|to|end|\
     ende|fin|start|starts|start date|start time|starting|from|begin|begins|beginning|when|date|\
     von|beginn|anfang|startdatum|début|inicio|purpose|zweck|warum|pourquoi|users";

/// What parts a label from its value.
const PARTS: [&str; 6] = [":", "：", "=", "→", " - ", " – "];

/// `Permission: write`, and nothing else than a label before the colon.
pub(super) fn labelled(text: &str) -> Option<(Label, &str)> {
    let parted = PARTS.iter().filter_map(|part| text.split_once(part));
    let (label, value) = parted.min_by_key(|(label, _)| label.len())?;
    Some((label_of(label)?, value))
}

/// How many labels of a request the label of a line counts for.
pub(super) fn counts(line: &str) -> usize {
    let end = PARTS.iter().filter_map(|part| line.find(part)).min().unwrap_or(line.len());
    usize::from(!is_one_of(ELSEWHERE, &bare(&line[..end])))
}

/// Whether a line is one of the form.
pub(super) fn is_labelled(line: &str) -> bool {
    labelled(line).is_some()
}

/// The place that a label stands for.
pub(super) fn label_of(text: &str) -> Option<Label> {
    /// No label is longer, in bytes.
    const LONGEST: usize = 80;
    if text.len() > LONGEST {
        return None;
    }
    let bare = bare(text);
    LABELS.iter().find(|(_, own)| is_one_of(own, &bare)).map(|(label, _)| *label)
}

fn is_one_of(labels: &str, bare: &str) -> bool {
    labels.split('|').any(|label| label == bare)
}

/// A label without its number, its marks, and in lower case.
fn bare(text: &str) -> String {
    let text = text.trim().trim_start_matches(|c: char| c.is_ascii_digit());
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('’', "'")
}

/// The parts of a line that each begin with a label: `Permission: read, Repository: web-shop`.
pub(super) fn fields_of(line: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut rest = line;
    if labelled(line).is_none() {
        return vec![line];
    }
    let mut from = 0;
    while let Some(place) = rest[from..].find([',', ';']).map(|place| from + place) {
        #[cfg(test)]
        super::work::add(place - from + 1);
        let behind = rest[place + 1..].trim_start();
        let near = &behind[..behind.floor_char_boundary(behind.len().min(100))];
        if is_labelled(near) {
            fields.push(&rest[..place]);
            (rest, from) = (behind, 0);
        } else {
            from = place + 1;
        }
    }
    fields.push(rest);
    fields
}

/// A value as it counts for this place. Whoever writes “Write access.” means `write`.
pub(super) fn value_of(label: Label, text: &str) -> Option<String> {
    // Somebody was to be named here: that is not whoever asks.
    if label == Label::User && matches!(text.trim(), "…" | "...") {
        return Some("…".to_owned());
    }
    // A line that was to be filled in, and was not; our own form has "…" there.
    let is_line = text.trim().len() > 1 && text.trim().chars().all(|sign| sign == '_');
    if label == Label::Reason && is_line {
        return Some(text.trim().to_owned());
    }
    let text = clean(text)?;
    let bare = match label {
        Label::Permission => {
            let lower = text.to_lowercase();
            let word = lower.trim_end_matches(['.', ',', ';', '!']).trim();
            let word =
                word.strip_suffix(" access").or_else(|| word.strip_suffix(" permission")).unwrap_or(word);
            if word.split_whitespace().count() == 1 { word.to_owned() } else { text }
        }
        Label::Duration | Label::Repository => text.trim_end_matches(['.', ',', ';']).to_owned(),
        Label::Until => {
            let end = text.trim_end_matches(['.', ',', ';']);
            if end.starts_with("until ") { end.to_owned() } else { format!("until {end}") }
        }
        Label::User | Label::Begins | Label::Reason => text,
    };
    clean(&bare)
}
