//! What a stage measures: the bot's own page of measures, as who watches it reads it.

use std::net::Ipv4Addr;
use std::sync::Arc;

use countersign::http::{self, HttpParts, HttpSettings, HttpState};
use countersign::{listener, serve};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::stage::Stage;

impl Stage {
    /// The page of what a recorder has measured.
    pub async fn measures(&self, metrics: &PrometheusHandle) -> String {
        let settings = serve::settings(&self.demo.config, Arc::new(Vec::new));
        let state = HttpState::new(HttpParts {
            world: self.bot.world.clone(),
            engine: self.bot.engine.clone(),
            directory: self.bot.directory.clone(),
            chat: self.bot.chat.clone(),
            desk: Arc::clone(&self.bot.desk),
            settings: HttpSettings { metrics: Some(metrics.clone()), ..settings },
            stopping: self.bot.stopping(),
        });
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = socket.local_addr().expect("an address");
        let stop = CancellationToken::new();
        let http = self.demo.config.http.clone();
        let serving = listener::serve(socket, http::router(&state), http, stop.clone());
        let reading = async {
            let page =
                self.client().get(format!("http://{address}/metrics")).send().await.expect("it answers");
            let text = page.text().await.expect("text");
            stop.cancel();
            text
        };
        tokio::join!(serving, reading).1
    }
}

/// The values of a metric on a page of measures: those of the series that have all of these labels.
pub fn values<'a>(
    text: &'a str,
    name: &'a str,
    labels: &'a [(&str, &str)],
) -> impl Iterator<Item = f64> + 'a {
    let series = text.lines().filter(move |line| {
        let rest = line.strip_prefix(name).unwrap_or_default();
        (rest.starts_with('{') || rest.starts_with(' '))
            && labels.iter().all(|(name, value)| rest.contains(&format!("{name}=\"{value}\"")))
    });
    series.filter_map(|line| line.rsplit_once(' ')?.1.parse().ok())
}

/// What a metric that counts shows, all those series together.
pub fn count(text: &str, name: &str, labels: &[(&str, &str)]) -> usize {
    let sum: f64 = values(text, name, labels).sum();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of a test are small")]
    let count = sum.round().max(0.0) as usize;
    count
}
