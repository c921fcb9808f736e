//! The control port of the program: commands as the paths of HTTP requests.
use std::convert::Infallible;
use std::sync::Arc;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::control::Control;

/// Answers commands until the end of the program.
pub async fn serve(control: Arc<Control>, listener: TcpListener) {
    loop {
        let socket = match listener.accept().await {
            Ok((socket, _)) => socket,
            Err(error) => {
                tracing::debug!(%error, "a connection to the control port could not be taken in");
                continue;
            }
        };
        let control = Arc::clone(&control);
        tokio::spawn(async move {
            let answer = service_fn(move |request| answer(Arc::clone(&control), request));
            if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(socket), answer).await {
                tracing::debug!(%error, "a connection to the control port ended");
            }
        });
    }
}

async fn answer(control: Arc<Control>, request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let words: Vec<_> = request.uri().path().split('/').filter(|word| !word.is_empty()).collect();
    let (status, text) = match control.obey(&words).await {
        Ok(text) => (StatusCode::OK, text),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()),
    };
    let mut response = Response::new(text + "\n");
    *response.status_mut() = status;
    Ok(response)
}
