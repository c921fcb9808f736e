//! `Read`: of a stream or of everything, a number of events or a subscription.
use std::future::ready;
use std::iter;
use std::pin::Pin;

use futures::stream::{self, Stream, StreamExt};
use tonic::{Request, Response, Status};

use super::events::{Telling, answer};
use super::{Call, access, status, subscribe, write};
use crate::faults::ReadFault;
use crate::log::{Direction, Filter, StreamError};
use crate::wire::read::{
    AllOptions, Extent, FilterBy, FromPosition, FromRevision, ReadOptions, ReadReq, Source, StreamOptions,
};
use crate::wire::read_answer::{ReadContent, ReadResp, StreamNotFound};
use crate::wire::shared::StreamIdentifier;

/// What a read answers with.
pub(super) type Answers = Pin<Box<dyn Stream<Item = Result<ReadResp, Status>> + Send>>;

/// How many events are fetched at once; the real server's number.
pub(super) const PAGE: usize = 32;

pub(super) async fn read(call: Call, request: Request<ReadReq>) -> Result<Response<Answers>, Status> {
    access::user(&call, request.metadata())?;
    let insists = access::insists_on_leader(request.metadata());
    let options = request.into_inner().options.ok_or_else(|| status::invalid("the options are missing"))?;
    call.in_time(ready(Ok(()))).await?;
    if insists {
        call.as_leader(true)?;
    }
    let counted = matches!(options.extent, Some(Extent::Count(_)));
    let fault = counted.then(|| call.shared.faults.next_read()).flatten();
    if let Some(ReadFault::Refuse(code)) = fault {
        return Err(Status::new(code, "refused on command"));
    }
    let answers = begin(&call, &options)?;
    Ok(Response::new(match fault {
        Some(fault) => broken(call, answers, fault),
        None => until_deadline(call, answers),
    }))
}

/// The answers, and an error if the client's deadline passes before they are all told.
fn until_deadline(call: Call, answers: Answers) -> Answers {
    let late = stream::once(async move {
        call.too_late().await;
        Err(status::deadline())
    });
    let answers = stream::select(answers.map(Some).chain(stream::iter([None])), late.map(Some));
    Box::pin(answers.take_while(|answer| ready(answer.is_some())).filter_map(ready))
}

/// The answers as far as a fault lets them be told.
fn broken(call: Call, answers: Answers, fault: ReadFault) -> Answers {
    match fault {
        ReadFault::Refuse(_) => answers,
        ReadFault::CutAfter(messages) => Box::pin(answers.take(messages)),
        ReadFault::SilenceAfter(messages) => Box::pin(answers.take(messages).chain(stream::pending())),
        ReadFault::DropAfter(messages) => {
            let drop = stream::once(async move { call.drop_connection().await });
            Box::pin(answers.take(messages).chain(drop))
        }
    }
}

fn begin(call: &Call, options: &ReadOptions) -> Result<Answers, Status> {
    let extent = options.extent.ok_or_else(|| status::invalid("the count is missing"))?;
    let direction = if options.direction == 0 { Direction::Forwards } else { Direction::Backwards };
    let source = options.source.clone().ok_or_else(|| status::invalid("neither a stream nor everything"))?;
    let telling = Telling::new(call.clone(), options);
    match (source, extent) {
        (Source::Stream(from), Extent::Count(count)) => {
            let compatibility = options.control.map_or(0, |control| control.compatibility);
            read_stream(telling, &from, direction, count, compatibility >= 1)
        }
        (Source::All(from), Extent::Count(count)) => {
            read_all(telling, from, direction, count, filter(options)?)
        }
        (_, Extent::Subscription(())) if direction == Direction::Backwards => {
            Err(status::invalid("a subscription goes forwards"))
        }
        (Source::Stream(from), Extent::Subscription(())) => subscribe::to_stream(telling, &from),
        (Source::All(from), Extent::Subscription(())) => {
            subscribe::to_all(telling, from, filter(options)?, options.filter.as_ref())
        }
    }
}

fn filter(options: &ReadOptions) -> Result<Option<Filter>, Status> {
    let Some(filter) = &options.filter else { return Ok(None) };
    let (by_stream, expression) = match &filter.by {
        Some(FilterBy::StreamName(expression)) => (true, expression),
        Some(FilterBy::EventType(expression)) => (false, expression),
        None => return Err(status::invalid("the filter says not by what")),
    };
    Filter::new(by_stream, &expression.regex, expression.prefix.clone())
        .map(Some)
        .map_err(|error| status::invalid(error.to_string()))
}

fn read_stream(
    telling: Telling,
    options: &StreamOptions,
    direction: Direction,
    count: u64,
    tell_ends: bool,
) -> Result<Answers, Status> {
    let name = write::stream_name(options.stream_identifier.as_ref())?;
    let from = match (options.from, direction) {
        (Some(FromRevision::Revision(revision)), _) => revision,
        (Some(FromRevision::Start(())), _) => 0,
        (Some(FromRevision::End(())), _) => u64::MAX,
        (None, _) => return Err(status::invalid("the revision is missing")),
    };
    let (limit, mut next, mut left) = (telling.limit(), Some(from), count);
    let pages = iter::from_fn(move || {
        let from = next.take()?;
        let wanted = usize::try_from(left).unwrap_or(PAGE).min(PAGE);
        let page = telling.call.shared.log().stream_page(limit, &name, from, direction, wanted);
        let page = match page {
            Ok(page) => page,
            Err(StreamError::Deleted) => return Some(vec![Err(status::stream_deleted(&name))]),
            Err(StreamError::NotFound) => {
                let stream_identifier = Some(StreamIdentifier::new(&name));
                return Some(vec![Ok(answer(ReadContent::StreamNotFound(StreamNotFound {
                    stream_identifier,
                })))]);
            }
        };
        left -= page.records.len() as u64;
        next = page.next.filter(|_| left > 0);
        let mut answers = Vec::with_capacity(page.records.len() + 1);
        let skips = direction == Direction::Forwards && from.saturating_add(PAGE as u64) <= page.first;
        if tell_ends && skips {
            answers.push(Ok(answer(ReadContent::FirstStreamPosition(page.first))));
        }
        answers.extend(page.records.iter().map(|record| Ok(telling.event(record))));
        if tell_ends && next.is_none() {
            answers.push(Ok(answer(ReadContent::LastStreamPosition(page.last))));
        }
        Some(answers)
    });
    Ok(Box::pin(stream::iter(pages.flatten())))
}

fn read_all(
    telling: Telling,
    options: AllOptions,
    direction: Direction,
    count: u64,
    filter: Option<Filter>,
) -> Result<Answers, Status> {
    let place = match options.from {
        None | Some(FromPosition::Start(())) => 0,
        Some(FromPosition::End(())) => usize::MAX,
        Some(FromPosition::Position(position)) if position.commit_position == u64::MAX => usize::MAX,
        Some(FromPosition::Position(position)) => {
            let log = telling.call.shared.log();
            log.place_of(position.commit_position).map_err(|_| status::invalid_position())?
        }
    };
    let (limit, mut next, mut left) = (telling.limit(), Some(place), count);
    let pages = iter::from_fn(move || {
        let from = next.take()?;
        let wanted = usize::try_from(left).unwrap_or(PAGE).min(PAGE);
        let log = telling.call.shared.log();
        let page = log.all_page(limit, from, direction, wanted, PAGE, filter.as_ref());
        drop(log);
        left -= page.records.len() as u64;
        next = (!page.at_end && left > 0).then_some(page.next);
        Some(page.records.iter().map(|record| telling.event(record)).map(Ok).collect::<Vec<_>>())
    });
    Ok(Box::pin(stream::iter(pages.flatten())))
}
