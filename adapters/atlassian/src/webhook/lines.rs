//! The form in a description: `Permission: write` on a line of its own, in a table, under a heading, or as a box to tick.

use countersign_domain::denied::Field;

use super::AccessForm;
use super::form::clean;
use super::markup::words_of;
use super::quoted::Quotes;

/// What is read of a description, in characters: what Jira takes in one.
const LONGEST: usize = 32_767;
/// The longest value under a heading that is taken for one, in words: what is longer is a sentence about something.
const FEW_WORDS: usize = 4;

/// A place of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Permission,
    Repository,
    User,
    Duration,
    /// The end of the duration.
    Until,
    Reason,
}

impl Label {
    const fn field(self) -> Field {
        match self {
            Self::Permission => Field::Permission,
            Self::Repository => Field::Repository,
            Self::User => Field::User,
            Self::Duration | Self::Until => Field::Duration,
            Self::Reason => Field::Reason,
        }
    }
}

/// What was found: the form, and how many of its labels stood there, whether or not anything stood behind them.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) form: AccessForm,
    pub(super) labels: usize,
    /// Of what more than one thing is said: which one is meant, nobody can tell.
    pub(super) several: Vec<Field>,
}

/// What the lines so far leave open.
#[derive(Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    /// The reason goes on over the next lines.
    Reason,
    /// A label without a value, which may stand on the next line.
    Value(Label),
    /// A label over boxes to tick, and what is ticked so far.
    Boxes(Label, Vec<String>),
    /// A row of labels, whose values are in the next row.
    Columns(Vec<Option<Label>>),
}

/// Reads a text. Of two equal labels the first is kept, and where they say different things, that they do. What stands in code or
/// quotes is shown to somebody, and asked of nobody.
pub(super) fn read(text: &str) -> Found {
    let mut reader = Reader { found: Found::default(), open: Open::Nothing };
    let mut quotes = Quotes::default();
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    text[..end].lines().for_each(|line| {
        #[cfg(test)]
        super::work::add(line.len());
        reader.line(&words_of(&quotes.outside(line)));
    });
    reader.close();
    reader.found
}

struct Reader {
    found: Found,
    open: Open,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            if matches!(self.open, Open::Reason | Open::Columns(_)) {
                self.open = Open::Nothing;
            }
            return;
        }
        let cells = cells(line);
        if cells.len() > 1 {
            return self.row(line, &cells);
        }
        let (ticked, line) = unboxed(line);
        if let Some((label, value)) = labelled(line) {
            self.close();
            self.found.labels += 1;
            return self.put(label, value);
        }
        if is_heading(line) {
            self.close();
            if let Some(label) = label_of(heading(line)) {
                self.found.labels += 1;
                self.open = Open::Value(label);
            }
            return;
        }
        self.unlabelled(line, ticked);
    }

    /// A label with what stands behind it, if anything does.
    fn put(&mut self, label: Label, value: &str) {
        let value = value_of(label, value);
        let before = self.place(label).clone();
        let is_new = before.is_none();
        // Two reasons are one reason.
        let differs = before.zip(value.as_ref()).is_some_and(|(one, other)| !one.eq_ignore_ascii_case(other));
        if differs && label != Label::Reason && !self.found.several.contains(&label.field()) {
            self.found.several.push(label.field());
        }
        self.open = match (&value, is_new) {
            (None, true) => Open::Value(label),
            (Some(_), true) if label == Label::Reason => Open::Reason,
            _ => Open::Nothing,
        };
        if is_new {
            *self.place(label) = value;
        }
    }

    /// A line that goes on with what is open, or says nothing to us.
    fn unlabelled(&mut self, line: &str, ticked: Option<bool>) {
        match (std::mem::replace(&mut self.open, Open::Nothing), ticked) {
            (Open::Reason, _) => {
                self.go_on(line);
                self.open = Open::Reason;
            }
            (Open::Value(label), Some(is_ticked)) => {
                self.open = Open::Boxes(label, is_ticked.then(|| line.to_owned()).into_iter().collect());
            }
            (Open::Boxes(label, mut all), Some(is_ticked)) => {
                all.extend(is_ticked.then(|| line.to_owned()));
                self.open = Open::Boxes(label, all);
            }
            (Open::Value(label), None)
                if label == Label::Reason || line.split_whitespace().count() <= FEW_WORDS =>
            {
                self.put(label, line);
            }
            (boxes @ Open::Boxes(..), None) => {
                self.open = boxes;
                self.close();
            }
            _ => {}
        }
    }

    fn go_on(&mut self, more: &str) {
        let reason = &mut self.found.form.reason;
        *reason = Some(reason.take().map_or_else(|| more.to_owned(), |reason| format!("{reason} {more}")));
    }

    fn row(&mut self, line: &str, cells: &[&str]) {
        let labels: Vec<Option<Label>> = cells.iter().map(|cell| label_of(cell)).collect();
        let known = labels.iter().flatten().count();
        let is_rule = cells.iter().all(|cell| cell.chars().all(|c| "-: =".contains(c)));
        if is_rule {
            return;
        }
        if let (Open::Columns(columns), None) = (&self.open, labels[0]) {
            let columns = columns.clone();
            for (label, value) in
                columns.iter().zip(cells).filter_map(|(label, value)| Some(((*label)?, value)))
            {
                self.put(label, value);
            }
            // What is empty in the row is not on the next line; but there may be another row, which is another request.
            self.open = Open::Columns(columns);
            return;
        }
        let pairs =
            cells.len().is_multiple_of(2) && (0..cells.len()).all(|at| labels[at].is_some() == (at % 2 == 0));
        match known {
            0 if cells.iter().any(|cell| labelled(cell).is_some()) => {
                for (label, value) in cells.iter().filter_map(|cell| labelled(cell)) {
                    self.close();
                    self.found.labels += 1;
                    self.put(label, value);
                }
                self.close();
            }
            0 => self.unlabelled(line, None),
            _ if pairs => {
                self.close();
                for pair in labels.iter().zip(cells).collect::<Vec<_>>().chunks(2) {
                    if let [(Some(label), _), (_, value)] = pair {
                        self.found.labels += 1;
                        self.put(*label, value);
                    }
                }
                self.open = Open::Nothing;
            }
            1 if labels[0].is_some() => {
                self.close();
                self.found.labels += 1;
                if let Some(label) = labels[0] {
                    self.put(label, cells[1]);
                }
                self.open = Open::Nothing;
            }
            1 => self.close(),
            _ => {
                self.close();
                self.found.labels += known;
                self.open = Open::Columns(labels);
            }
        }
    }

    /// What is open comes to its end. Of boxes to tick exactly one must be ticked: several, or none, say nothing.
    fn close(&mut self) {
        if let Open::Boxes(label, ticked) = std::mem::replace(&mut self.open, Open::Nothing)
            && let ([one], None) = (&ticked[..], &self.place(label))
        {
            *self.place(label) = value_of(label, one);
        }
    }

    const fn place(&mut self, label: Label) -> &mut Option<String> {
        let form = &mut self.found.form;
        match label {
            Label::Permission => &mut form.permission,
            Label::Repository => &mut form.repository,
            Label::User => &mut form.user,
            Label::Duration | Label::Until => &mut form.duration,
            Label::Reason => &mut form.reason,
        }
    }
}

/// `Permission: write`, and nothing else than a label before the colon.
fn labelled(text: &str) -> Option<(Label, &str)> {
    let (label, value) = text.split_once([':', '：'])?;
    Some((label_of(label)?, value))
}

/// Whether a line is one of the form.
pub(super) fn is_labelled(line: &str) -> bool {
    labelled(line).is_some()
}

fn label_of(text: &str) -> Option<Label> {
    let text = text.trim().trim_start_matches(|c: char| c.is_ascii_digit());
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    Some(match bare.as_str() {
        "permission" | "permissions" | "permission level" | "access level" | "berechtigung"
        | "zugriffsrecht" | "droit" | "permiso" => Label::Permission,
        "repository" | "repo" | "repository name" | "dépôt" | "depot" | "repositorio" => Label::Repository,
        "user" | "username" | "user name" | "benutzer" | "utilisateur" | "usuario" => Label::User,
        "duration" | "for how long" | "how long" | "dauer" | "durée" | "duración" => Label::Duration,
        "until" | "ends" | "end date" | "valid until" | "expires" | "bis" | "gültig bis" | "jusqu'à"
        | "jusqu'au" | "hasta" => Label::Until,
        "reason" | "why" | "justification" | "grund" | "begründung" | "raison" | "motif" | "motivo" => {
            Label::Reason
        }
        _ => return None,
    })
}

/// A value as it counts for this place. Whoever writes “Write access.” means `write`.
fn value_of(label: Label, text: &str) -> Option<String> {
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
        Label::User | Label::Reason => text,
    };
    clean(&bare)
}

fn is_heading(line: &str) -> bool {
    let bytes = line.as_bytes();
    let wiki = bytes.first() == Some(&b'h')
        && bytes.get(1).is_some_and(|digit| (b'1'..=b'6').contains(digit))
        && bytes.get(2) == Some(&b'.');
    let bold = line.len() > 2 && line.starts_with('*') && line.ends_with('*');
    wiki || bold || (line.starts_with('#') && line.trim_start_matches('#').starts_with(' '))
}

fn heading(line: &str) -> &str {
    let bytes = line.as_bytes();
    let is_wiki = bytes.first() == Some(&b'h') && bytes.get(2) == Some(&b'.');
    if is_wiki { line.get(3..).unwrap_or_default() } else { line }
}

/// Whether a line is a box to tick, and ticked; and the line without it.
fn unboxed(line: &str) -> (Option<bool>, &str) {
    let bare = line.strip_prefix(['-', '*', '+']).map_or(line, str::trim_start);
    for (mark, is_ticked) in [("[ ]", false), ("[]", false), ("[x]", true), ("[X]", true)] {
        if let Some(rest) = bare.strip_prefix(mark) {
            return (Some(is_ticked), rest.trim());
        }
    }
    (None, line)
}

/// The cells of a row of a table, as wiki markup (`||label|value|`), Markdown and people (`label | value`) write them.
fn cells(line: &str) -> Vec<&str> {
    if !line.contains('|') {
        return vec![line];
    }
    let inner = line.strip_prefix('|').unwrap_or(line);
    // Only a row of headings parts its cells by two bars; elsewhere an empty cell stands between them.
    let (inner, double) = inner.strip_prefix('|').map_or((inner, false), |inner| (inner, true));
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let inner = if double { inner.strip_suffix('|').unwrap_or(inner) } else { inner };
    let parts = inner.split('|').map(str::trim);
    if double { parts.filter(|cell| !cell.is_empty()).collect() } else { parts.collect() }
}

#[cfg(test)]
mod tests;
