//! `countersign serve`: boot, listen, and stop in good order when told to.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::http::Uri;
use countersign_domain::names::Tenant;
use countersign_domain::ports::Secrets;
use countersign_observed::sns::{Amazon, Notary};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::boot::{self, Booted};
use crate::config::Config;
use crate::demo::Demo;
use crate::http::{
    self, AlarmTopics, Breakers, GithubWebhook, Holder, Hosts, HttpParts, HttpSettings, HttpState,
    JiraWebhook, Monitors, Quotas, SignInChoice, TokenTable,
};
use crate::listener;
use crate::oversight::Mark;
use crate::telemetry;

/// Serves until SIGTERM or SIGINT. With `demo`, the sandbox runs beside it and the configuration points there. `restored`: the
/// log is an older copy of itself.
pub async fn serve(config: Config, demo: bool, restored: bool) -> anyhow::Result<()> {
    listener::raise_limit();
    let metrics = telemetry::install_recorder().context("the metrics recorder")?;
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("cannot listen on {}: choose another address with --listen", config.listen)
    })?;
    let address = listener.local_addr()?;
    let config = Config { listen: address, ..config };
    if demo {
        let demo = Arc::new(Demo::whole(config).await?);
        demo.deliver_to(address);
        let choices = Demo::sign_in_choices();
        let choices = choices.into_iter().map(|(label, token)| SignInChoice { label, token }).collect();
        let (config, secrets) = (demo.config.clone(), Arc::clone(&demo.secrets));
        let about = demo.about(address);
        run(listener, &config, secrets, choices, metrics, Some(demo.router()), (&about, restored)).await
    } else {
        let secrets = boot::secrets(&config);
        let missing = boot::missing_secrets(&config, &*secrets).await;
        anyhow::ensure!(missing.is_empty(), "secrets are missing:\n{}", missing.join("\n"));
        let shared = boot::shared_secrets(&config, &*secrets).await;
        anyhow::ensure!(
            shared.is_empty(),
            "secrets are not one organisation's alone:\n{}",
            shared.join("\n")
        );
        let about = format!("the bot listens on http://{address}");
        run(listener, &config, secrets, Vec::new(), metrics, None, (&about, restored)).await
    }
}

async fn run(
    listener: TcpListener,
    config: &Config,
    secrets: Arc<dyn Secrets>,
    sign_in_choices: Vec<SignInChoice>,
    metrics: PrometheusHandle,
    beside: Option<Router>,
    (about, restored): (&str, bool),
) -> anyhow::Result<()> {
    let Booted { mut bot, outbound, kept } = boot::boot(config, Arc::clone(&secrets)).await?;
    bot.look_around(&Mark::path(&config.keys, &config.data), restored);
    let stopping = CancellationToken::new();
    let notary = Some(Arc::new(Amazon::new(Arc::clone(&outbound), secrets)) as Arc<dyn Notary>);
    let breakers = Arc::new(move || outbound.breakers());
    let settings = settings(config, breakers);
    let settings = HttpSettings { sign_in_choices, metrics: Some(metrics), notary, ..settings };
    let state = HttpState::new(HttpParts {
        world: bot.world.clone(),
        engine: bot.engine.clone(),
        directory: bot.directory.clone(),
        chat: bot.chat.clone(),
        desk: Arc::clone(&bot.desk),
        settings,
        stopping: stopping.clone(),
    });
    let router = http::router_with(&state, beside.unwrap_or_default());
    tracing::info!("{about}");
    let serving = listener::serve(listener, router, config.http.clone(), stopping.clone());
    tokio::join!(serving, told_to_stop(stopping, bot.ended()));
    tracing::info!("stopping: what is being done is finished first");
    anyhow::ensure!(
        bot.stop().await,
        "a part of the bot had ended by itself; the log of the program says why"
    );
    drop(kept);
    Ok(())
}

/// What the HTTP side takes from the configuration: tokens, webhooks, and how the breakers stand.
pub fn settings(config: &Config, breakers: Breakers) -> HttpSettings {
    let tokens = config.tenants.iter().flat_map(|(tenant, its)| {
        its.tokens.iter().map(move |token| {
            (token.sha256, Holder { tenant: tenant.clone(), principal: token.principal.clone() })
        })
    });
    let webhooks: BTreeMap<Tenant, JiraWebhook> = config
        .tenants
        .iter()
        .filter_map(|(tenant, its)| its.jira.as_ref().map(|jira| (tenant, jira)))
        .map(|(tenant, jira)| {
            let (secret, fields) = (jira.webhook_secret.clone(), jira.fields.clone());
            (tenant.clone(), JiraWebhook { requests: jira.projects.requests.clone(), secret, fields })
        })
        .collect();
    let github = config.tenants.iter().filter_map(|(tenant, its)| {
        let integrations = its.integrations.as_ref()?;
        let secrets = integrations.github.as_ref()?.webhook_secrets.clone();
        Some((tenant.clone(), GithubWebhook { secrets, reader: integrations.github_reader()? }))
    });
    let cloudwatch = config.tenants.iter().filter_map(|(tenant, its)| {
        let (topics, reader) = its.integrations.as_ref()?.alarms()?;
        Some((tenant.clone(), AlarmTopics { topics, reader }))
    });
    HttpSettings {
        tokens: TokenTable::new(tokens),
        webhooks,
        github: github.collect(),
        cloudwatch: cloudwatch.collect(),
        breakers,
        secure_cookies: config.console().starts_with("https://"),
        hosts: hosts(config),
        // A test of the configuration holds that each can stand in a header.
        origins: config.http.origins.iter().filter_map(|origin| origin.parse().ok()).collect(),
        quotas: Quotas { person: config.http.person_per_minute, tenant: config.http.tenant_per_minute },
        streams_of_tenant: streams_of_tenant(config),
        monitors: Monitors { token: config.http.monitor_sha256, this_machine: config.public_url.is_none() },
        ..HttpSettings::default()
    }
}

/// Where there are several tenants, none of them takes more than half of the room there is.
fn streams_of_tenant(config: &Config) -> usize {
    let room = config.http.connections;
    if config.tenants.len() > 1 { room.div_ceil(2) } else { room }
}

/// The names that the bot answers to: those of its configuration.
fn hosts(config: &Config) -> Hosts {
    let public = config.public_url.as_deref().and_then(|url| url.parse::<Uri>().ok());
    let public = public.as_ref().and_then(Uri::host);
    Hosts::new(config.http.hosts.iter().map(String::as_str).chain(public))
}

async fn told_to_stop(stopping: CancellationToken, ended: CancellationToken) {
    let (terminate, interrupt) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    match (terminate, interrupt) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                () = ended.cancelled() => {}
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!("signals cannot be heard, only a kill will stop this: {error}");
            ended.cancelled().await;
        }
    }
    stopping.cancel();
}
