//! One WebSocket, from its first message to its last: what is said is done, what is answered is told as it is given, and whoever does not
//! read, or is not there any more, is cut off.

use std::pin::Pin;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tracing::Instrument as _;

use super::words::{self, Said};
use crate::conversation::http::stopped;
use crate::http::answers::feed::{Feed, Reached, Start, Told, no_conversation};
use crate::http::problem::Problem;
use crate::http::rate;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::http::viewer::Viewer;

/// How often it is asked whether anybody is there; who has said nothing until the next time is not.
const PING: Duration = Duration::from_secs(20);
/// How long one message may take to be taken, before whoever should read it is cut off.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many sentences are heard at once, and so many things done: the end of an answer can be wished while others are waited for.
const SENTENCES: usize = 4;
const THINGS: usize = 8;

/// A WebSocket, and what is done over it.
pub(super) struct Line<S> {
    socket: WebSocketStream<S>,
    feed: Feed,
    id: RequestId,
    /// Each goes on by itself, to the end of the line at most: what is done can keep others from their turn, so it does not wait until
    /// somebody reads here.
    work: JoinSet<Message>,
    end: Pin<Box<dyn Future<Output = ()> + Send>>,
    pings: Interval,
    /// Whether anything came since it was asked.
    is_there: bool,
}

/// What happens on it.
enum News {
    /// It has lasted as long as it may.
    Over,
    /// Something is to be told; or nothing any more.
    Told(Option<Told>),
    Done(Result<Message, JoinError>),
    Came(Option<Result<Message, Error>>),
    Ping,
}

/// Why it ends.
enum End {
    /// Nobody is there, or nobody reads.
    Gone,
    /// It is closed, with this said.
    Closed(CloseCode, &'static str),
}

impl End {
    const AWAY: Self = Self::Closed(CloseCode::Away, "open it anew");
    const OUT: Self = Self::Closed(CloseCode::Policy, "you may not look here any more");
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    pub(super) fn new(socket: WebSocketStream<S>, feed: Feed, id: RequestId) -> Self {
        let (work, end) = (JoinSet::new(), Box::pin(feed.watching.end()));
        let mut pings = interval(PING);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { socket, feed, id, work, end, pings, is_there: true }
    }

    /// To its end.
    pub(super) async fn talk(mut self) {
        let hello = words::answer("hello", None, &json!({ "conversation": self.feed.own() }));
        let mut so_far = self.tell(hello).await;
        let end = loop {
            match so_far {
                Ok(()) => so_far = self.go_on().await,
                Err(end) => break end,
            }
        };
        if let End::Closed(code, reason) = end {
            let frame = CloseFrame { code, reason: reason.into() };
            // Who does not take it has it without.
            let _ = timeout(PATIENCE, self.bid_farewell(frame)).await;
        }
    }

    /// Says why it is closed, and takes what is still on its way: where that is left, the system throws away what was said last.
    async fn bid_farewell(&mut self, frame: CloseFrame) {
        // Who has closed it already is answered as it is read on.
        let _ = self.socket.close(Some(frame)).await;
        while let Some(Ok(_)) = self.socket.next().await {}
    }

    async fn go_on(&mut self) -> Result<(), End> {
        match self.news().await {
            News::Over => Err(End::AWAY),
            News::Told(Some(told)) => self.tell(words::told(&told)).await,
            News::Told(None) => {
                Err(if self.feed.watching.may_go_on(None).await { End::AWAY } else { End::OUT })
            }
            News::Done(Ok(message)) => self.tell(message).await,
            News::Done(Err(error)) => {
                tracing::error!("what was said over a WebSocket was not done to its end: {error}");
                Err(End::AWAY)
            }
            News::Came(Some(Ok(message))) => {
                self.is_there = true;
                self.take(message).await
            }
            News::Came(Some(Err(Error::Capacity(_)))) => {
                Err(End::Closed(CloseCode::Size, "that is too much at once"))
            }
            News::Came(Some(Err(_)) | None) => Err(End::Gone),
            News::Ping => {
                let is_there = std::mem::take(&mut self.is_there);
                if is_there { self.tell(Message::Ping(vec![].into())).await } else { Err(End::Gone) }
            }
        }
    }

    async fn news(&mut self) -> News {
        tokio::select! {
            () = self.end.as_mut() => News::Over,
            told = self.feed.next() => News::Told(told),
            Some(done) = self.work.join_next() => News::Done(done),
            came = self.socket.next() => News::Came(came),
            _ = self.pings.tick() => News::Ping,
        }
    }

    async fn tell(&mut self, message: Message) -> Result<(), End> {
        if sent(&mut self.socket, message, PATIENCE).await { Ok(()) } else { Err(End::Gone) }
    }

    async fn take(&mut self, message: Message) -> Result<(), End> {
        match message {
            Message::Text(text) => self.hear(&text).await,
            Message::Binary(_) => Err(End::Closed(CloseCode::Unsupported, "say it as text")),
            Message::Close(_) => Err(End::Closed(CloseCode::Normal, "")),
            // Pings are answered beneath.
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
        }
    }

    /// Does what was said, or begins to.
    async fn hear(&mut self, text: &str) -> Result<(), End> {
        // Whoever was removed or has signed out says nothing any more, whatever has been heard of that here.
        if !self.feed.watching.may_go_on(None).await {
            return Err(End::OUT);
        }
        let said = serde_json::from_str::<Said>(text)
            .map_err(|error| Problem::bad_request(format!("The JSON cannot be taken: {error}.")));
        let key = said.as_ref().ok().and_then(|said| said.id().map(str::to_owned));
        let id = self.id.of_said(key.as_deref());
        let no_id = || Problem::bad_request("`id` must be 1 to 200 printable characters without a space.");
        let done = match (rate::count_said(&self.feed.watching.state, &self.feed.watching.viewer), said) {
            (Err(problem), _) | (Ok(()), Err(problem)) => Err(problem),
            (Ok(()), Ok(said)) => match id.clone().ok_or_else(no_id) {
                Ok(id) => self.begin(said, id).await,
                Err(problem) => Err(problem),
            },
        };
        match done {
            Ok(None) => Ok(()),
            Ok(Some(message)) => self.tell(message).await,
            Err(problem) => {
                let problem = problem.document(Some(id.as_ref().unwrap_or(&self.id)));
                self.tell(words::answer("problem", key.as_deref(), &problem)).await
            }
        }
    }

    /// Begins with something, and what there is to say of that at once.
    async fn begin(&mut self, said: Said, id: RequestId) -> Result<Option<Message>, Problem> {
        let most = if matches!(said, Said::Chat { .. }) { SENTENCES } else { THINGS };
        if self.work.len() >= most {
            let detail = format!("{most} things that you said wait for an answer: wait for one of them.");
            return Err(Problem::too_many(detail, 1));
        }
        let (state, viewer) = (self.feed.watching.state.clone(), self.feed.watching.viewer.clone());
        match said {
            Said::Chat { conversation, .. } if conversation.is_some_and(|one| one != self.feed.own()) => {
                Err(no_conversation())
            }
            Said::Chat { id: key, text, .. } => {
                let says = async move { say(&state, &viewer, &id, key.as_deref(), &text).await };
                self.work.spawn(says.in_current_span());
                Ok(None)
            }
            Said::Stop { id: key } => {
                let stops = async move { stop(&state, &viewer, &id, key.as_deref()).await };
                self.work.spawn(stops.in_current_span());
                Ok(None)
            }
            Said::Resume { id: key, after, conversation } => {
                let after = after.map(|after| Reached::read("after", &after)).transpose()?;
                let conversation = conversation.unwrap_or_else(|| self.feed.own());
                self.feed.go_to(conversation, after.map_or(Start::Last, Start::After)).await?;
                let from = json!({ "conversation": conversation });
                Ok(Some(words::answer("resumed", key.as_deref(), &from)))
            }
        }
    }
}

async fn say(state: &HttpState, viewer: &Viewer, id: &RequestId, key: Option<&str>, text: &str) -> Message {
    match state.chat.say(&viewer.context(id, text.as_bytes()), text).await {
        Ok(cards) => words::answer("cards", key, &json!({ "cards": cards })),
        Err(failure) => words::answer("problem", key, &Problem::from(failure).document(Some(id))),
    }
}

async fn stop(state: &HttpState, viewer: &Viewer, id: &RequestId, key: Option<&str>) -> Message {
    match stopped(state, viewer, id).await {
        Ok(turn) => words::answer("stopped", key, &turn),
        Err(problem) => words::answer("problem", key, &problem.document(Some(id))),
    }
}

/// Whether whoever is there has taken a message.
pub(super) async fn sent<S>(socket: &mut WebSocketStream<S>, message: Message, patience: Duration) -> bool
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    matches!(timeout(patience, socket.send(message)).await, Ok(Ok(())))
}
