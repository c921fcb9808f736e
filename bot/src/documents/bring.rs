//! Bringing a file: what is wrong with what is said of it is refused at once; its bytes are kept before anybody is asked; and of a
//! document that is there already it is the next version.

use std::num::NonZeroU32;

use countersign_domain::audience::{Acl, Audience};
use countersign_domain::capabilities::Listed as _;
use countersign_domain::denied::{Denied, Violation};
use countersign_domain::documents::{
    Document, DocumentCommand, Fault, File, Replaced, Submission, bare_name,
};
use countersign_domain::envelope::Digest;
use countersign_domain::ports::{CallError, Unreadable};
use countersign_domain::request::{Code, Command, Facets as _, Standing};
use countersign_domain::tenant::{People, Person};
use countersign_projections::help_desk::{self, DocumentRow};
use jiff::civil::Date;

use super::groups::unknown;
use crate::capabilities;
use crate::context::Context;
use crate::engine::{Decided, Failure};
use crate::help::Help;
use crate::requests::{Opened, Requests, Touched, requester};

/// The command's name in the log.
const NAME: &str = "bring document";

/// What is in a file that is brought.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// These bytes, which nobody keeps yet.
    Bytes(bytes::Bytes),
    /// What is kept already.
    Kept(File),
}

/// A file, and what is said of it.
#[derive(Debug, Clone)]
pub(super) struct Brought {
    pub(super) content: Content,
    /// What it is called, with folders or without.
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) collection: Option<String>,
    pub(super) acl: Option<Acl>,
    /// Any version of the document of which it is the next one.
    pub(super) document: Option<String>,
    pub(super) review: Option<Date>,
    pub(super) why: Option<String>,
    /// Where it lies in the watched folder, where nobody but that brings it.
    pub(super) watched: Option<String>,
}

impl Brought {
    /// A file of which nothing is said but its name.
    pub(super) fn new(content: Content, name: String) -> Self {
        let (title, collection, acl, document, review) = (None, None, None, None, None);
        Self { content, name, title, collection, acl, document, review, why: None, watched: None }
    }

    fn file(&self, name: String) -> File {
        match &self.content {
            Content::Kept(File { sha, size, .. }) => File { sha: *sha, name, size: *size },
            Content::Bytes(bytes) => {
                let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                File { sha: Digest::of(bytes), name, size }
            }
        }
    }
}

/// What is not done with a file.
#[derive(Debug)]
pub(super) enum NotKept {
    /// Something broke.
    Failure(Failure),
    /// Nobody could keep it.
    Blobs(CallError),
}

impl From<Failure> for NotKept {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Asks for it.
pub(super) async fn bring(
    requests: &Requests,
    help: &Help,
    context: &Context,
    brought: Brought,
) -> Result<Decided<Touched>, NotKept> {
    let before = match &brought.document {
        Some(given) => {
            let Some(row) = last_version(requests, context, given).await? else {
                let fault = why_none(requests, context, given).await?;
                return Ok(requests.refuse(context, NAME, fault.into()).await?);
            };
            Some(row)
        }
        None => None,
    };
    let cause = context.cause(NAME, requests.world.clock.now());
    let submission = submission(context, help, &brought, before.as_ref());
    let asked = submission(Code::candidate(cause.command, 0));
    let mut faults: Vec<_> = asked.faults().into_iter().map(Violation::from).collect();
    faults.extend(unkept(&asked.file, help).map(Violation::from));
    faults.extend(moved(&brought, before.as_ref()));
    let people = requests.directory.present(&context.tenant).await?.state;
    let readers = brought.acl.iter().flat_map(|acl| unknown(acl, &people));
    faults.extend(readers.map(Violation::from));
    if !faults.is_empty() {
        let denied = Denied(faults);
        requests.engine.deny(&context.tenant, &cause, NAME, None, &denied).await.map_err(NotKept::Failure)?;
        return Ok(Err(denied));
    }
    // Kept before it is asked for: who decides on it finds it, and the same bytes are kept once.
    if let Content::Bytes(bytes) = &brought.content {
        help.blobs.put(bytes).await.map_err(NotKept::Blobs)?;
    }
    Ok(requests.begin::<Document>(&context.tenant, &cause, NAME, submission).await?)
}

/// Why a file is not even kept: what nobody would read takes no room on the disk.
fn unkept(file: &File, help: &Help) -> Option<Fault> {
    let most = help.settings.most_bytes;
    match file.size {
        0 => Some(Fault::NoFile),
        size if size > most => Some(Fault::CannotBeRead { why: Unreadable::TooLarge { most } }),
        _ => None,
    }
}

/// The next version of a document stays in its collection: the rules of another one are not asked about what goes out of this one.
fn moved(brought: &Brought, before: Option<&DocumentRow>) -> Option<Violation> {
    let (given, is) = (brought.collection.as_ref()?, &before?.collection);
    (given != is).then(|| Violation::NotUnderstood {
        said: format!("in {}", given.chars().take(40).collect::<String>()),
        nearest: vec![format!("in {is}, where the version before it is")],
    })
}

fn submission<'a>(
    context: &'a Context,
    help: &'a Help,
    brought: &'a Brought,
    before: Option<&'a DocumentRow>,
) -> impl Fn(Code) -> Submission + 'a {
    let name = bare_name(&brought.name);
    let titled = name.rsplit_once('.').map_or(&*name, |(title, _)| title).replace(['_', '-'], " ");
    let of_before = |take: fn(&DocumentRow) -> String| before.map(take);
    let title = brought.title.clone().or_else(|| of_before(|row| row.title.clone())).unwrap_or(titled);
    let collection = brought.collection.clone().or_else(|| of_before(|row| row.collection.clone()));
    let collection = collection.unwrap_or_else(|| "general".to_owned());
    let acl = brought.acl.clone().or_else(|| before.map(|row| row.acl.clone()));
    // Where that is said of the whole collection, it goes without saying of what comes into it.
    let acl = acl.or_else(|| help.settings.collections.get(&collection).cloned()).unwrap_or_default();
    let file = brought.file(name);
    let next = before.map_or(NonZeroU32::MIN, |row| row.edition.version.saturating_add(1));
    let replaces = before.map(|row| Replaced {
        document: row.document.clone(),
        request: row.code.clone(),
        readers: Some(row.acl.clone()),
    });
    move |code| Submission {
        code,
        requester: requester(&context.person),
        title: title.trim().to_owned(),
        collection: collection.clone(),
        version: next,
        replaces: replaces.clone(),
        file: file.clone(),
        acl: acl.clone(),
        review: brought.review,
        why: brought.why.clone(),
        watched: brought.watched.clone(),
    }
}

/// The version of a document that answers are taken from, by the code of any of its versions; of those that this person may read, or
/// brought. Who only sees that there is one brings nothing in its place: they would be told what it is called, and what it takes away.
async fn last_version(
    requests: &Requests,
    context: &Context,
    given: &str,
) -> Result<Option<DocumentRow>, Failure> {
    let Ok(code) = given.split('@').next().unwrap_or_default().parse::<Code>() else { return Ok(None) };
    let readable = readable(requests, context).await?;
    let all = help_desk::documents(&*requests.world.projections.rows(help_desk::NAME), &context.tenant)?;
    let named = all.into_iter().find(|row| row.code == code || row.document == code);
    let Some(document) = named.map(|row| row.document) else { return Ok(None) };
    let people = requests.directory.present(&context.tenant).await?.state;
    let who = (&context.person, &*people, requests.world.help(&context.tenant));
    Ok(readable.into_iter().find(|row| row.document == document && knows(row, who)))
}

/// Why there is no version of it that this one could follow, as far as this person sees what they name.
async fn why_none(requests: &Requests, context: &Context, given: &str) -> Result<Fault, Failure> {
    let named = given.split('@').next().unwrap_or_default().parse::<Code>();
    let unknown = Fault::UnknownDocument { given: given.chars().take(40).collect() };
    let Ok(code) = named else { return Ok(unknown) };
    let Some(opened) = requests.read(&context.tenant, &code).await? else { return Ok(unknown) };
    let absent = opened.present.state.absent_for(&context.person, requests.world.clock.now());
    let here = (&requests.world, &context.tenant);
    if !capabilities::is_seen_by(here, &opened.request, &context.person, &absent) {
        return Ok(unknown);
    }
    let Some(document) = Document::of(Some(&opened.request)) else { return Ok(unknown) };
    Ok(match document.standing() {
        _ if document.is_undecided() || document.is_approved() => Fault::StillWaits { document: code },
        _ if document.own.is_live() => unknown,
        Standing { word, .. } => Fault::HasEnded { document: code, word: word.to_owned() },
    })
}

/// The documents that answers are taken from, as far as they are listed for this person.
pub(super) async fn readable(requests: &Requests, context: &Context) -> Result<Vec<DocumentRow>, Failure> {
    requests.world.folded().await?;
    let people = requests.directory.present(&context.tenant).await?.state;
    let live = help_desk::live(&*requests.world.projections.rows(help_desk::NAME), &context.tenant)?;
    let help = requests.world.help(&context.tenant);
    Ok(live.into_iter().filter(is_listed_for(&context.person, &people, help)).collect())
}

/// Whether a document is listed for somebody: they may read it, brought it, or administer; these see there what it is called only where
/// they may read it.
pub(super) fn is_listed_for<'a>(
    person: &'a Person,
    people: &'a People,
    help: Option<&'a Help>,
) -> impl Fn(&DocumentRow) -> bool + 'a {
    move |row| knows(row, (person, people, help)) || person.is_administrator()
}

/// Whether this person may know what a live document is called and what it says: it is open to them, or they brought it.
pub(super) fn knows(row: &DocumentRow, (person, people, help): (&Person, &People, Option<&Help>)) -> bool {
    is_answered_from(row, (person, people, help)) || row.by == person.id
}

/// Whether answers to this person are taken from it: for those whom it is open to.
pub(super) fn is_answered_from(
    row: &DocumentRow,
    (person, people, help): (&Person, &People, Option<&Help>),
) -> bool {
    lets(row, &Audience::Person { id: person.id.clone() }, (people, help))
}

/// Whether whoever belongs to the tenant may read it.
pub(super) fn is_for_all(row: &DocumentRow, here: (&People, Option<&Help>)) -> bool {
    lets(row, &Audience::Everybody {}, here)
}

fn lets(row: &DocumentRow, audience: &Audience, (people, help): (&People, Option<&Help>)) -> bool {
    match help {
        Some(help) => help.settings.lets((row.collection.as_str(), &row.acl), audience, people),
        None => row.acl.lets(audience, people),
    }
}

/// Lets nothing be taken from it any more.
pub(super) async fn retire(
    requests: &Requests,
    context: &Context,
    opened: &Opened,
    reason: Option<String>,
) -> Result<Decided<Touched>, Failure> {
    let by = Box::new(context.person.clone());
    tell(requests, context, "retire document", opened, DocumentCommand::Retire { by, reason }).await
}

/// Tells a document something that only documents can be told.
pub(super) async fn tell(
    requests: &Requests,
    context: &Context,
    name: &'static str,
    opened: &Opened,
    command: DocumentCommand,
) -> Result<Decided<Touched>, Failure> {
    if Document::of(Some(&opened.request)).is_none() {
        let kind = opened.kind().to_owned();
        return requests.refuse(context, name, Violation::AnotherKind { kind }).await;
    }
    let command: Command<Document> = command.into();
    requests.tell(context, name, opened, &command.into()).await
}

/// Those who may read it, as people say it in a sentence, of which no commas are left: what is no group's name may be those of several.
pub(super) fn readers_said(text: &str, people: &People) -> Acl {
    let is_group = |name: &str| people.people.values().any(|person| person.groups.contains(name));
    let all = readers_named(text);
    let each = all.groups.into_iter().flat_map(|name| {
        let words: Vec<_> = name.split_whitespace().map(ToOwned::to_owned).collect();
        if is_group(&name) { vec![name] } else { words }
    });
    Acl { everybody: all.everybody, ..Acl::of(each) }
}

/// Those who may read it, as they are written: everybody, or groups with commas or “and” between.
pub(super) fn readers_named(text: &str) -> Acl {
    const EVERYBODY: [&str; 5] = ["*", "everybody", "everyone", "all", "all of us"];
    let text = text.replace(" and ", ",").replace(" & ", ",");
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let is_everybody = |name: &&str| EVERYBODY.contains(&name.to_lowercase().as_str());
    let (everybody, named): (Vec<_>, Vec<_>) = names.partition(is_everybody);
    Acl { everybody: !everybody.is_empty(), ..Acl::of(named.into_iter().map(ToOwned::to_owned)) }
}
