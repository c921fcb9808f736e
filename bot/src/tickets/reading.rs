//! What a ticket asks for, read as its reporter means it. Where something in it cannot be read or found, nothing is asked for:
//! the ticket is told what, with the nearest that there is and the form to write it anew.

use countersign_domain::access;
use countersign_domain::access::Asked;
use countersign_domain::capabilities::violation;
use countersign_domain::denied::{Denied, Field, Violation};
use countersign_domain::envelope::Cause;
use countersign_domain::heard::Form;
use countersign_domain::named::Named;
use countersign_domain::names::Tenant;
use countersign_domain::ports::{CallError, Located};
use countersign_domain::record::TicketRequest;
use countersign_domain::request::{Code, Requester};
use countersign_domain::rules::Ruling;
use countersign_domain::tenant::Person;
use countersign_domain::ticket;
use countersign_domain::words::{BLANK, flat, to_mend};

use super::beside;
use crate::chat::{bystander, field_of, here, lasting, may_be_meant, nearest_repositories};
use crate::directory::Present;
use crate::engine::Failure;
use crate::grammar::permission;
use crate::patience::patiently;
use crate::plain::turned_behind_label;
use crate::requests::requester;
use crate::resolve::{Resolved, Resolver, TRACKER};
use crate::words;
use crate::world::{Customs, Vendors, World};

/// How many lines of a reason are told that may say something else, and how much of each, in characters.
const TOLD: usize = 5;
const LONGEST_LINE: usize = 120;

/// Reads what tickets ask for.
pub(crate) struct Reader<'a> {
    pub(crate) world: &'a World,
    pub(crate) resolver: &'a Resolver,
    pub(crate) present: &'a Present,
}

/// What a ticket asks for, and who does.
pub(crate) struct Meant {
    pub(crate) requester: Requester,
    pub(crate) resolved: Resolved,
}

impl Meant {
    /// The content as it would be asked.
    pub(crate) fn asked(&self, cause: &Cause) -> Asked {
        read(&self.requester, &self.resolved, cause)
    }
}

/// What reading a ticket came to.
pub(crate) enum Read {
    /// It asks for this.
    Asks(Box<Meant>),
    /// Nothing is asked for.
    Unread(Unread),
    /// Nobody can say now, for a vendor does not answer.
    Away(CallError),
}

/// Why nothing is asked for.
pub(crate) struct Unread {
    pub(crate) denied: Denied,
    /// What the ticket is told.
    pub(crate) said: Vec<String>,
}

/// Something that cannot be read or found.
struct Fault {
    /// In which line of the form.
    field: Option<Field>,
    why: Violation,
    said: String,
}

impl Fault {
    fn of(why: Violation) -> Self {
        Self { field: field_of(&why), said: violation(&why), why }
    }

    fn near(field: Field, why: Violation, near: &[String]) -> Self {
        let fault = Self::of(why);
        let said = if near.is_empty() { fault.said } else { words::or_one_of(&fault.said, near) };
        Self { field: Some(field), said, ..fault }
    }
}

impl Reader<'_> {
    /// Reads a ticket; who asks is whom the tenant knows by the tracker's account.
    pub(crate) async fn read(
        &self,
        tenant: &Tenant,
        cause: &Cause,
        request: &TicketRequest,
    ) -> Result<Read, Failure> {
        let account = request.reporter.as_deref().unwrap_or_default();
        let person = self.present.state.by_account(TRACKER, account);
        let vendors = self.world.vendors(tenant);
        let customs = vendors.map(|vendors| vendors.customs.clone()).unwrap_or_default();
        let (reason, turns) = apart(request.form.reason.as_deref());
        let named = |fault: Violation| Fault::of(with_names(fault, self.present));
        let mut faults: Vec<Fault> = request.faults.iter().cloned().chain(turns).map(named).collect();
        let given = Form { reason, ..request.form.clone() };
        let form = self.plain(&given, &customs, person, &mut faults);
        let Some(person) = person else {
            let account = request.reporter.clone().unwrap_or_default();
            let name = request.reporter_name.clone().unwrap_or(account);
            faults.push(Fault::of(Violation::from(access::Fault::UnknownRequester {
                account: name.chars().take(80).collect(),
            })));
            return Ok(Read::Unread(unread(faults, form)));
        };
        let resolved = self.resolver.form(tenant, person, &form).await?;
        let asker = requester(person);
        let asked = read(&asker, &resolved, cause);
        faults.extend(asked.faults.iter().cloned().map(Fault::of));
        faults.extend(
            resolved.open.iter().map(|open| Fault { field: Some(open.field), ..Fault::of(open.why.clone()) }),
        );
        let is_clear = resolved.open.is_empty();
        let away = self.look_up((&asked, &form, is_clear), vendors, &request.beside, &mut faults).await;
        if let Some(error) = away.filter(|_| faults.is_empty()) {
            return Ok(Read::Away(error));
        }
        if faults.is_empty() {
            faults.extend(lacking_reason(&asked, self.present));
        }
        if faults.is_empty() {
            return Ok(Read::Asks(Box::new(Meant { requester: asker, resolved })));
        }
        // Whoever writes it anew is shown names, and no account that stands for one.
        let subject = asked.subject.principal.as_ref().and_then(|id| self.present.state.people.get(id));
        let user = match (&form.user, subject) {
            (Some(_), Some(subject)) => Some(flat(&subject.name)),
            _ => form.user.clone(),
        };
        Ok(Read::Unread(unread(faults, Form { user, ..form })))
    }

    /// What is named: whether it is there, and what else is named that may be meant instead. Says who does not answer.
    async fn look_up(
        &self,
        (asked, form, is_clear): (&Asked, &Form, bool),
        vendors: Option<&Vendors>,
        harmless: &[String],
        faults: &mut Vec<Fault>,
    ) -> Option<CallError> {
        let people = &self.present.state;
        let mut away = None;
        let mut found = Vec::new();
        if let Some(vendors) = vendors {
            found.push(not_found_repository(asked, vendors).await.map(Vec::from_iter));
            if is_clear {
                found.push(not_found_user(asked, form, vendors, self.present).await.map(Vec::from_iter));
            }
        }
        let naming = beside::naming(harmless, asked, people, vendors).await;
        found.push(naming.map(|lines| lines.into_iter().map(Fault::of).collect()));
        for found in found {
            match found {
                Ok(found) => faults.extend(found),
                Err(error) => away = away.or(Some(error)),
            }
        }
        let own: Vec<_> =
            [Some(&asked.requester.id), asked.subject.principal.as_ref()].into_iter().flatten().collect();
        let things: Vec<&str> = asked.repository.as_deref().into_iter().collect();
        if let Some(reason) = asked.reason.as_deref()
            && let Some(named) = bystander(people, vendors, reason, (&own, &things)).await
        {
            faults.push(Fault::of(unplaced(named.from)));
        }
        away
    }

    /// The form in the words that are read everywhere: permissions by their synonyms, ends by the time of who asks.
    fn plain(
        &self,
        form: &Form,
        customs: &Customs,
        person: Option<&Person>,
        faults: &mut Vec<Fault>,
    ) -> Form {
        let said = |given: &String| {
            customs.permissions.get(&given.trim().to_lowercase()).copied().or_else(|| permission(given))
        };
        let meant = form.permission.as_ref().and_then(said).map(|permission| permission.to_string());
        let here =
            here(&self.present.state, person.map(|person| &person.id), customs, self.world.clock.now());
        let duration = match form.duration.as_deref().map(|given| (given, lasting(given, customs, &here))) {
            None => None,
            Some((_, Ok(lasting))) => Some(lasting),
            Some((given, Err(said))) => {
                let why = Violation::BadMoment { given: given.chars().take(100).collect() };
                faults.push(Fault { field: Some(Field::Duration), why, said });
                None
            }
        };
        Form { permission: meant.or_else(|| form.permission.clone()), duration, ..form.clone() }
    }
}

/// The reason up to where it may turn into something else than why, and each line from there on.
fn apart(reason: Option<&str>) -> (Option<String>, Vec<Violation>) {
    let Some(reason) = reason else { return (None, vec![]) };
    let turned = turned_behind_label(reason).unwrap_or_default();
    let kept = reason[..reason.len() - turned.len()]
        .trim_end_matches([' ', ',', ';', '.', '-', '–', '—', '(', '\n']);
    let kept = if turned.is_empty() { reason } else { kept };
    let lines = turned.lines().map(flat).filter(|line| !line.trim().is_empty()).take(TOLD);
    let unread = lines.map(|line| unplaced(&line)).collect();
    (Some(kept.to_owned()).filter(|kept| !kept.is_empty()), unread)
}

/// That nobody knows what a line means for it.
fn unplaced(line: &str) -> Violation {
    ticket::Fault::UnreadLine { line: flat(line).chars().take(LONGEST_LINE).collect() }.into()
}

/// A line as people read it: by the names of those whom it mentions.
fn with_names(fault: Violation, present: &Present) -> Violation {
    let Some(ticket::Fault::UnreadLine { line }) = fault.own() else { return fault };
    let name = |word: &str| {
        let person = present.state.by_account(TRACKER, word);
        person.map_or_else(|| word.to_owned(), |person| flat(&person.name))
    };
    ticket::Fault::UnreadLine { line: line.split(' ').map(name).collect::<Vec<_>>().join(" ") }.into()
}

/// The content as it would be asked.
fn read(asker: &Requester, resolved: &Resolved, cause: &Cause) -> Asked {
    let code = Code::candidate(cause.command, 0);
    Asked::read(code, asker.clone(), resolved.subject.clone(), &resolved.form, cause.at)
}

/// What a vendor said; nothing where it refuses to say, which the check of the request will tell of.
pub(super) async fn said<T>(
    vendors: &Vendors,
    ask: impl Future<Output = Result<T, CallError>>,
) -> Result<Option<T>, CallError> {
    match patiently(vendors.forge.vendor(), ask).await {
        Ok(said) => Ok(Some(said)),
        Err(error) if error.kind.is_refusal() => Ok(None),
        Err(error) => Err(error),
    }
}

async fn not_found_repository(asked: &Asked, vendors: &Vendors) -> Result<Option<Fault>, CallError> {
    let Some(name) = &asked.repository else { return Ok(None) };
    let why = match said(vendors, vendors.forge.repository(name)).await? {
        Some(Located::Nowhere) => {
            Violation::from(access::Fault::UnknownRepository { repository: name.clone() })
                .at(vendors.forge.vendor())
        }
        Some(Located::Elsewhere { ours }) => {
            Violation::from(access::Fault::OtherWorkspace { repository: name.clone(), ours })
        }
        Some(Located::Here(_)) | None => return Ok(None),
    };
    let near = nearest_repositories(name, vendors).await;
    Ok(Some(Fault::near(Field::Repository, why, &near)))
}

async fn not_found_user(
    asked: &Asked,
    form: &Form,
    vendors: &Vendors,
    present: &Present,
) -> Result<Option<Fault>, CallError> {
    let found = said(vendors, vendors.forge.user(&asked.subject.account)).await?;
    let Some(Named::Nothing) = found else { return Ok(None) };
    let why = Violation::from(access::Fault::UnknownUser { user: asked.subject.name.clone() })
        .at(vendors.forge.vendor());
    Ok(Some(match (&form.user, &asked.subject.principal) {
        (Some(name), None) => {
            let near: Vec<_> =
                may_be_meant(name, &present.state).into_iter().map(|person| flat(&person.name)).collect();
            Fault::near(Field::User, why, &near)
        }
        // Nobody can write themselves which account somebody has.
        _ => Fault { field: None, ..Fault::of(why) },
    }))
}

/// What the rules want to be written beside what was.
fn lacking_reason(asked: &Asked, present: &Present) -> Option<Fault> {
    let Some(Ruling::Allowed(terms)) = present.rule(asked, None) else { return None };
    let lacks = terms.reason_required && asked.reason.is_none();
    lacks.then(|| Fault::of(Violation::from(access::Fault::MissingField { field: Field::Reason })))
}

/// What is told of it: the form, where writing it anew mends something, with all that could be read.
fn unread(faults: Vec<Fault>, mut form: Form) -> Unread {
    // Whatever cannot be placed is said in a line of the form.
    let is_unplaced = |fault: &Fault| {
        use ticket::Fault as F;
        matches!(fault.why.own(), Some(F::UnreadLine { .. } | F::UnreadTitle | F::BeginsLater { .. }))
    };
    let mut is_in_form = faults.iter().any(is_unplaced);
    for field in faults.iter().filter_map(|fault| fault.field) {
        is_in_form = true;
        let place = match field {
            Field::Permission => &mut form.permission,
            Field::Repository => &mut form.repository,
            Field::User => {
                // Somebody was named, and it is not proposed that it is for whoever asks.
                form.user = Some(BLANK.to_owned());
                continue;
            }
            Field::Duration => &mut form.duration,
            Field::Reason => &mut form.reason,
            Field::Ticket => continue,
        };
        *place = None;
    }
    let (denied, said) = faults.into_iter().map(|fault| (fault.why, fault.said)).unzip();
    Unread { denied: Denied(denied), said: to_mend(said, is_in_form.then_some(&form)) }
}
