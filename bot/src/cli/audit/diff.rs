//! `countersign audit diff`: what became of the grants between two moments.

use clap::Args;
use countersign_projections::Moment;
use serde_json::{Value, json};

use super::grants::{self, GrantArgs};
use crate::cli::block_on;
use crate::cli::output::{Column, Form, Listing, cell, write_json};
use crate::cli::source::SourceArgs;

/// Which moments, which grants.
#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    /// The first moment, written as for `as-of`
    #[arg(value_parser = grants::parse)]
    from: Moment,
    /// The second moment
    #[arg(value_parser = grants::parse)]
    to: Moment,
    #[command(flatten)]
    grants: GrantArgs,
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    form: Form,
}

impl Diff {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let source = self.source.source()?;
        let (from, to) = block_on(async {
            Ok((self.grants.at(&source, self.from).await?, self.grants.at(&source, self.to).await?))
        })?;
        let mut notes = if to.items.is_empty() { [from.notes, to.notes].concat() } else { vec![] };
        notes.dedup();
        let changes = Changes::between(&from.items, &to.items);
        if self.form.json {
            let (from, to) = (grants::told(self.from), grants::told(self.to));
            let Changes { added, removed, changed } = changes;
            return write_json(
                &json!({ "from": from, "to": to, "added": added, "removed": removed, "changed": changed }),
            );
        }
        let none = "No grant that fits changed between these moments.";
        Listing { items: changes.rows(), next: None, notes }.write(self.form, &columns(), json!({}), none)
    }
}

/// What two lists of grants differ in, by their requests.
#[derive(Debug, Default, PartialEq)]
struct Changes {
    added: Vec<Value>,
    removed: Vec<Value>,
    /// Each as `{"before": …, "after": …}`.
    changed: Vec<Value>,
}

impl Changes {
    fn between(from: &[Value], to: &[Value]) -> Self {
        let of =
            |list: &[Value], grant: &Value| list.iter().find(|other| other["code"] == grant["code"]).cloned();
        let mut changes = Self::default();
        for after in to {
            match of(from, after) {
                None => changes.added.push(after.clone()),
                Some(before) if before != *after => {
                    changes.changed.push(json!({ "before": before, "after": after }));
                }
                Some(_) => {}
            }
        }
        changes.removed = from.iter().filter(|before| of(to, before).is_none()).cloned().collect();
        changes
    }

    /// One row a grant, with `change` and `what` in front.
    fn rows(&self) -> Vec<Value> {
        let marked = |word: &str, grant: &Value, what: String| {
            let mut row = json!({ "change": word, "what": what });
            if let (Some(row), Some(grant)) = (row.as_object_mut(), grant.as_object()) {
                row.extend(grant.clone());
            }
            row
        };
        let added = self.added.iter().map(|grant| marked("added", grant, String::new()));
        let removed = self.removed.iter().map(|grant| marked("removed", grant, String::new()));
        let changed = self.changed.iter().map(|pair| marked("changed", &pair["after"], differences(pair)));
        added.chain(removed).chain(changed).collect()
    }
}

/// `until: 2026-03-01… → 2026-03-02…`, one after the other.
fn differences(pair: &Value) -> String {
    let (before, after) = (&pair["before"], &pair["after"]);
    let keys = after.as_object().into_iter().flatten().filter(|(key, value)| before[key.as_str()] != **value);
    let said = keys.map(|(key, value)| format!("{key}: {} → {}", cell(&before[key.as_str()]), cell(value)));
    said.collect::<Vec<_>>().join("; ")
}

fn columns() -> Vec<Column> {
    let mut columns = vec![Column { title: "change", cell: |item| cell(&item["change"]) }];
    columns.extend(grants::COLUMNS);
    columns.push(Column { title: "what", cell: |item| cell(&item["what"]) });
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_are_compared_by_their_request() {
        let grant = |code: &str, until: &str| json!({ "code": code, "until": until });
        let from = [grant("A", "1"), grant("B", "1"), grant("C", "1")];
        let to = [grant("B", "1"), grant("C", "2"), grant("D", "1")];
        let changes = Changes::between(&from, &to);
        assert_eq!((changes.added.as_slice(), changes.removed.as_slice()), (&to[2..], &from[..1]));
        assert_eq!(changes.changed, [json!({ "before": from[2], "after": to[1] })]);
        assert_eq!(changes.rows()[2]["what"], "until: 1 → 2");
    }
}
