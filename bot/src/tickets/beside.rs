//! What every template has beside a form, `Team: Payments`, is harmless unless it names somebody else or another repository: that may be
//! whom or what it is meant for, so it is told. Only who knows the names can tell.

use countersign_domain::access::Asked;
use countersign_domain::denied::Violation;
use countersign_domain::ports::{CallError, Located};
use countersign_domain::tenant::{People, Person};
use countersign_domain::ticket::Fault;

use super::reading::said;
use crate::chat::is_called;
use crate::world::Vendors;

/// How many names are looked up at the forge for one ticket.
const LOOKED_UP: usize = 12;
/// The least letters of a name.
const SHORTEST: usize = 3;

/// The lines that name somebody else or another repository. Beyond what is looked up nobody knows, so it is told as well.
pub(super) async fn naming(
    lines: &[String],
    asked: &Asked,
    people: &People,
    vendors: Option<&Vendors>,
) -> Result<Vec<Violation>, CallError> {
    let (mut told, mut left) = (Vec::new(), LOOKED_UP);
    for line in lines {
        let value = line.split_once(':').map_or(line.as_str(), |(_, value)| value).trim();
        if names_somebody(value, asked, people)
            || names_a_repository(value, asked, vendors, &mut left).await?
        {
            told.push(Violation::from(Fault::UnreadLine { line: line.clone() }));
        }
    }
    Ok(told)
}

/// What of a value may be a name: all of it, and each of its words.
fn names(value: &str) -> impl Iterator<Item = &str> {
    let is_edge = |sign: char| !sign.is_alphanumeric();
    let words = value.split([' ', ',', ';', '/']).map(move |word| {
        let bare = word.trim_matches(is_edge);
        bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s")).unwrap_or(bare)
    });
    let whole = Some(value).filter(|value| value.contains([' ', '/']));
    whole.into_iter().chain(words).filter(|name| name.chars().count() >= SHORTEST)
}

fn names_somebody(value: &str, asked: &Asked, people: &People) -> bool {
    let own = [Some(&asked.requester.id), asked.subject.principal.as_ref()];
    let is_own = |person: &Person| own.contains(&Some(&person.id));
    let others = || people.people.values().filter(|person| !is_own(person));
    names(value).any(|name| others().any(|person| is_called(&person.name, name)))
}

async fn names_a_repository(
    value: &str,
    asked: &Asked,
    vendors: Option<&Vendors>,
    left: &mut usize,
) -> Result<bool, CallError> {
    let Some(vendors) = vendors else { return Ok(false) };
    for name in names(value) {
        let is_own = asked.repository.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
        // No repository's name has a blank in it.
        if is_own || name.contains(' ') {
            continue;
        }
        let Some(less) = left.checked_sub(1) else { return Ok(true) };
        *left = less;
        if matches!(said(vendors, vendors.forge.repository(name)).await?, Some(Located::Here(_))) {
            return Ok(true);
        }
    }
    Ok(false)
}
