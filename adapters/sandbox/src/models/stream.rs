//! An answer on its way, with what goes wrong there.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::stream::{self, StreamExt as _};
use tokio::sync::watch;

use super::state::Trouble;

/// Who listens to answers now.
#[derive(Debug, Clone)]
pub(crate) struct Listening(Arc<watch::Sender<usize>>);

impl Default for Listening {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

/// One who listens, until they do not.
struct Listener(Listening);

impl Listening {
    fn begin(&self) -> Listener {
        self.0.send_modify(|listeners| *listeners += 1);
        Listener(self.clone())
    }

    /// Returns once there is nobody.
    pub(crate) async fn nobody(&self) {
        // The sender is here, so there is no end of it.
        let _ = self.0.subscribe().wait_for(|listeners| *listeners == 0).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.0.send_modify(|listeners| *listeners -= 1);
    }
}

/// Sends these parts one by one.
pub(crate) fn send(
    media: &'static str,
    parts: &[String],
    trouble: Option<&Trouble>,
    listening: &Listening,
) -> Response {
    let listener = listening.begin();
    let whole: Vec<u8> = parts.concat().into_bytes();
    let cut = |at: usize| whole[..at.min(whole.len())].to_vec();
    let one_by_one = || stream::iter(parts.to_vec()).map(|part| Ok::<_, io::Error>(Bytes::from(part)));
    let body = match trouble {
        Some(Trouble::CutAfter(at)) => {
            let lost = stream::iter([Err(io::Error::from(io::ErrorKind::ConnectionAborted))]);
            // What was written goes out before the connection is lost.
            let pause = stream::once(async {
                tokio::task::yield_now().await;
                Ok(Bytes::new())
            });
            kept(stream::iter([Ok(Bytes::from(cut(*at)))]).chain(pause).chain(lost), listener)
        }
        Some(Trouble::SilentAfter(at)) => {
            kept(stream::iter([Ok(Bytes::from(cut(*at)))]).chain(stream::pending()), listener)
        }
        Some(Trouble::EndsAfter(at)) => kept(stream::iter([Ok(Bytes::from(cut(*at)))]), listener),
        Some(Trouble::Endless) => {
            let last = Bytes::from(parts.last().cloned().unwrap_or_default());
            let for_ever = stream::repeat_with(move || Ok(last.clone()));
            kept(one_by_one().chain(for_ever), listener)
        }
        Some(Trouble::Page) | None => kept(one_by_one(), listener),
    };
    (StatusCode::OK, [(header::CONTENT_TYPE, media)], body).into_response()
}

/// A body, for as long as somebody listens.
fn kept<S>(parts: S, listener: Listener) -> Body
where
    S: stream::Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    Body::from_stream(parts.map(move |part| {
        let _kept = &listener;
        part
    }))
}
