//! A running bot, over its API: what every command that needs one shares.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use countersign_outbound::install_tls;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;

use super::output::{Listing, cell};
use super::refused::Refused;
use super::table::plain;
use crate::demo;

/// Where a bot listens when nothing else is said.
const USUAL: &str = "http://127.0.0.1:8080";
/// The longest page that the API gives.
const PAGE: usize = 500;

/// Which bot, and who asks.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct BotArgs {
    /// The bot's address [default: `COUNTERSIGN_URL`, else what `COUNTERSIGN_LISTEN` says, else `http://127.0.0.1:8080`]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Ask as one of the people of a bot that runs with --demo: demo-employee, demo-approver, demo-approver2, demo-admin, demo-auditor
    #[arg(long = "as", id = "speaker", value_name = "NAME", conflicts_with = "token")]
    pub(crate) speaker: Option<String>,
    /// The bearer token to ask with; better put into `COUNTERSIGN_TOKEN`, where no other user sees it
    #[arg(long, value_name = "TOKEN")]
    pub(crate) token: Option<String>,
}

impl BotArgs {
    /// Whether the command line itself speaks of a bot.
    pub(crate) const fn is_given(&self) -> bool {
        self.url.is_some() || self.speaker.is_some() || self.token.is_some()
    }

    /// The bot that these say.
    pub(crate) fn bot(&self) -> anyhow::Result<Bot> {
        if let Some(speaker) = self.speaker.as_deref().filter(|name| !demo::people().any(|own| own == *name))
        {
            let known: Vec<_> = demo::people().collect();
            bail!("`{}` is nobody of the demo: `--as` takes {}", plain(speaker), known.join(", "));
        }
        let token =
            self.speaker.clone().or_else(|| self.token.clone()).or_else(|| variable("COUNTERSIGN_TOKEN"));
        let Some(token) = token else {
            bail!(
                "say who asks: put a token into COUNTERSIGN_TOKEN, or use `--as demo-employee` where the bot runs with --demo"
            );
        };
        let url = match self.url.clone().or_else(|| variable("COUNTERSIGN_URL")) {
            Some(url) => url,
            None => variable("COUNTERSIGN_LISTEN").map_or_else(|| Ok(USUAL.to_owned()), |text| at(&text))?,
        };
        Bot::new(&url, &token)
    }
}

/// Whether the environment says where a bot is.
pub(crate) fn is_in_environment() -> bool {
    variable("COUNTERSIGN_URL").is_some()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The address under which a bot that listens there is reached.
fn at(listen: &str) -> anyhow::Result<String> {
    let mut listen: SocketAddr =
        listen.parse().with_context(|| format!("COUNTERSIGN_LISTEN is `{listen}`"))?;
    if listen.ip().is_unspecified() {
        listen.set_ip(if listen.is_ipv6() { [0, 0, 0, 0, 0, 0, 0, 1].into() } else { [127, 0, 0, 1].into() });
    }
    Ok(format!("http://{listen}"))
}

/// A running bot.
#[derive(Debug, Clone)]
pub(crate) struct Bot {
    base: Url,
    client: reqwest::Client,
}

impl Bot {
    fn new(url: &str, token: &str) -> anyhow::Result<Self> {
        let wrong = || format!("`{url}` is no address of a bot: write one like {USUAL}");
        let base = Url::parse(url).with_context(wrong)?;
        if !matches!(base.scheme(), "http" | "https") {
            bail!(wrong());
        }
        install_tls();
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| anyhow::anyhow!("the token holds characters that cannot be sent"))?;
        bearer.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (reqwest::header::AUTHORIZATION, bearer),
            ("x-countersign-surface".parse()?, HeaderValue::from_static("terminal")),
        ]);
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none());
        if base.scheme() == "http" {
            // In clear it can only be this machine or its network; no certificate plays a part.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        Ok(Self { base, client: builder.build()? })
    }

    /// `GET path?query`, as JSON.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> anyhow::Result<Value> {
        self.json(self.request(Method::GET, path)?.query(query)).await
    }

    /// `POST path` with a JSON body.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.json(self.request(Method::POST, path)?.json(body)).await
    }

    /// A list, page after page, up to `limit` items.
    pub(crate) async fn list(
        &self,
        path: &str,
        query: &[(&'static str, Option<String>)],
        limit: usize,
    ) -> anyhow::Result<Listing> {
        let given = query.iter().filter_map(|(name, value)| Some((*name, value.clone()?)));
        let given: Vec<_> = given.collect();
        let mut listing = Listing::default();
        loop {
            let wanted = (limit - listing.items.len()).min(PAGE);
            let mut page = given.clone();
            page.push(("limit", wanted.to_string()));
            page.extend(listing.next.take().map(|after| ("after", after)));
            let mut answer = self.get(path, &page).await?;
            let Some(items) = answer["items"].as_array_mut() else { bail!("the bot's answer is no list") };
            listing.items.append(items);
            listing.next = answer["next"].as_str().map(str::to_owned);
            listing.notes = answer["notes"].as_array().into_iter().flatten().map(cell).collect();
            if listing.next.is_none() || listing.items.len() >= limit {
                return Ok(listing);
            }
        }
    }

    /// An answer to be read as it comes, without an end in sight.
    pub(crate) async fn stream(&self, path: &str, accept: &'static str) -> anyhow::Result<Response> {
        self.send(self.request(Method::GET, path)?.header(ACCEPT, accept)).await
    }

    fn request(&self, method: Method, path: &str) -> anyhow::Result<RequestBuilder> {
        Ok(self.client.request(method, self.base.join(path)?))
    }

    async fn json(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let response = self.send(request.timeout(Duration::from_mins(1))).await?;
        response.json().await.context("the bot's answer cannot be read")
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let problem: Value = response.json().await.unwrap_or_default();
        Err(refusal(status, &problem))
    }

    fn unreachable(&self, error: &reqwest::Error) -> anyhow::Error {
        let base = self.base.as_str().trim_end_matches('/');
        if error.is_connect() {
            return anyhow::anyhow!(
                "no bot answers at {base}: start one with `countersign serve` (or `countersign serve --demo`), or say where it is with --url"
            );
        }
        let why = if error.is_timeout() { "it took too long".to_owned() } else { error.to_string() };
        anyhow::anyhow!("the bot at {base} did not answer: {why}")
    }
}

/// What a problem document says; a "no" of the bot is told from a failure.
fn refusal(status: StatusCode, problem: &Value) -> anyhow::Error {
    let detail = problem["detail"].as_str().unwrap_or("there is no more to it; is this a Countersign bot?");
    let mut said = super::table::plain(detail);
    for violation in problem["violations"].as_array().into_iter().flatten() {
        if let Some(text) = violation["text"].as_str().filter(|text| !detail.contains(text)) {
            said.push_str("\n- ");
            said.push_str(&super::table::plain(text));
        }
    }
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::UNPROCESSABLE_ENTITY => {
            Refused(said).into()
        }
        _ => anyhow::anyhow!("the bot answered {}: {said}", status.as_u16()),
    }
}
