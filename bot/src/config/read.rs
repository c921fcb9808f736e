//! From the tree to the configuration, one function a table.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_domain::effect::BackoffPolicy;
use countersign_domain::names::Tenant;
use countersign_domain::repair::Share;
use countersign_outbound::{BaseUrl, OutboundConfig};
use countersign_vault::lies_within;
use jiff::SignedDuration;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::secret::{NO_SECRET_NAME, is_in_the_vault, is_secret_name};
use super::section::{Faults, Section};
use super::tree::Node;
use super::{
    CompareConfig, Config, KeysConfig, LogConfig, OutboxConfig, SecretsConfig, StoreConfig, TenantConfig,
    VaultConfig, http, tenant,
};

/// The configuration in this tree. `folder` is what paths to rules are relative to.
pub(super) fn config(tree: &Node, folder: &Path, faults: &Faults) -> Config {
    let mut root = Section::new(tree, String::new(), faults);
    let mut config = Config::default();
    root.read("data", "the path of a folder, such as \"countersign-data\"", &mut config.data);
    root.read("listen", "an address and a port, such as \"127.0.0.1:8080\"", &mut config.listen);
    config.public_url = public_url(&mut root);
    config.http = http::read(root.section("http"));
    config.store = store(root.section("store"));
    config.log = log(root.section("log"));
    config.secrets = secrets(root.section("secrets"));
    config.keys = keys(root.section("keys"));
    config.vault = vault(root.section("vault"), &config.data);
    config.outbox = outbox(root.section("outbox"));
    config.compare = compare(root.section("compare"));
    config.http_client = http_client(root.section("http_client"));
    if config.store.url.is_some() && config.keys.seal_secret.is_none() {
        let shared =
            "buttons and sessions of one bot must count with all: name a secret with 64 hexadecimal digits";
        root.fault("keys.seal_secret", shared);
    }
    if config.keys.folder.as_ref().is_some_and(|folder| folder.starts_with(&config.data)) {
        let within =
            "this is in the data folder, which is copied for backups and auditors: name one outside of it";
        root.fault("keys.folder", within);
    }
    config.tenants = tenants(root.section("tenants"), folder, config.listen);
    if config.public_url.is_some() {
        for (tenant, its) in &config.tenants {
            if its.takes_anybody() {
                let why = "\"none\" takes whatever this machine sends, and what comes by the public_url comes from there as well: write auth = \"secret\", or leave public_url out";
                root.fault(&format!("tenants.{tenant}.teams.auth"), why);
            }
        }
    }
    if config.store.url.is_some() {
        for (tenant, its) in &config.tenants {
            if its.slack.as_ref().is_some_and(|slack| slack.vendor.refresh.is_some()) {
                let why = "a refresh token is good for one use, so several bots would lock each other out: use a token that does not rotate";
                root.fault(&format!("tenants.{tenant}.slack.refresh"), why);
            }
        }
    }
    root.finish();
    config
}

fn public_url(root: &mut Section<'_>) -> Option<String> {
    let url: String =
        root.optional("public_url", "an address, such as \"https://countersign.example.com\"")?;
    if let Err(error) = BaseUrl::parse(&url) {
        root.fault("public_url", error);
    }
    Some(url)
}

fn store(mut section: Section<'_>) -> StoreConfig {
    let mut store = StoreConfig::default();
    let like = "the address of a KurrentDB, such as \"kurrentdb://one:2113,two:2113,three:2113\"";
    store.url = section.optional_as("url", like, |value| address(value.as_str().unwrap_or_default()));
    store.credentials_secret = secret(&mut section, "credentials_secret");
    store.term = duration(&mut section, "term", "6s").unwrap_or(store.term);
    if store.term < Duration::from_secs(1) {
        section.fault("term", "it is below a second: bots would be taken for dead that are only slow");
    }
    section.finish();
    store
}

#[cfg(feature = "kurrent")]
fn address(text: &str) -> Result<String, String> {
    if text.contains('@') {
        return Err("the user and the password do not stand here: name a secret that holds user:password with credentials_secret".to_owned());
    }
    text.parse::<countersign_kurrent::Address>().map(|_| text.to_owned()).map_err(|error| error.to_string())
}

#[cfg(not(feature = "kurrent"))]
fn address(_: &str) -> Result<String, &'static str> {
    Err("this program was built without the feature `kurrent`")
}

fn log(mut section: Section<'_>) -> LogConfig {
    let mut log = LogConfig::default();
    section.read("format", "\"json\" or \"text\"", &mut log.format);
    let like = "a filter, such as \"info\" or \"warn,countersign=debug\"";
    let filter = section.optional_as("level", like, |value| level(value.as_str().unwrap_or_default()));
    log.level = filter.unwrap_or(log.level);
    section.finish();
    log
}

/// What is logged. A word alone is a level, never a part's name: that would be the one part that is heard, and a mistyped level
/// would be silence. Of what no level is said, errors are heard.
fn level(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let alone: Vec<_> = parts.iter().filter(|part| !part.contains('=')).collect();
    if let Some(wrong) = alone.iter().find(|part| part.parse::<LevelFilter>().is_err() || part.is_empty()) {
        return Err(format!("“{wrong}” is no level: there are error, warn, info, debug, trace and off"));
    }
    text.parse::<Targets>().map_err(|error| error.to_string())?;
    Ok(if alone.is_empty() { format!("error,{text}") } else { text.to_owned() })
}

fn secrets(mut section: Section<'_>) -> SecretsConfig {
    let folder = section.optional("folder", "the path of a folder with one file a secret");
    section.finish();
    SecretsConfig { folder }
}

fn keys(mut section: Section<'_>) -> KeysConfig {
    let seal_secret = secret(&mut section, "seal_secret");
    let folder = section.optional("folder", "the path of a folder outside of the data folder");
    section.finish();
    KeysConfig { seal_secret, folder }
}

fn vault(mut section: Section<'_>, data: &Path) -> VaultConfig {
    let folder: Option<PathBuf> =
        section.optional("folder", "the path of a folder outside of the data folder");
    if folder.as_ref().is_some_and(|folder| lies_within(folder, data)) {
        let within =
            "this is in the data folder, which is copied for backups and auditors: name one outside of it";
        section.fault("folder", within);
    }
    let master_secret = outside_the_vault(&mut section, "master_secret");
    let previous_secret = outside_the_vault(&mut section, "previous_secret");
    if previous_secret.is_some() && master_secret.is_none() {
        section.fault("previous_secret", "there is no master_secret that comes after it: name that too");
    }
    section.finish();
    VaultConfig { folder, master_secret, previous_secret }
}

fn outside_the_vault(section: &mut Section<'_>, key: &'static str) -> Option<String> {
    let name = secret(section, key);
    if name.as_ref().is_some_and(|name| is_in_the_vault(name)) {
        section.fault(key, "the vault cannot hold the key that opens it: name another secret");
    }
    name
}

fn secret(section: &mut Section<'_>, key: &'static str) -> Option<String> {
    let name: Option<String> = section.optional(key, "the name of a secret");
    if name.as_ref().is_some_and(|name| !is_secret_name(name)) {
        section.fault(key, NO_SECRET_NAME);
    }
    name
}

fn outbox(mut section: Section<'_>) -> OutboxConfig {
    let OutboxConfig { mut concurrency, backoff } = OutboxConfig::default();
    let BackoffPolicy { base, mut factor, cap, mut attempts, mut chat_attempts } = backoff;
    section.read("concurrency", "a whole number from 1 to 1000", &mut concurrency);
    let base = duration(&mut section, "base", "500ms").unwrap_or(base);
    let cap = duration(&mut section, "cap", "5m").unwrap_or(cap);
    section.read("factor", "a number, such as 2.0", &mut factor);
    section.read("attempts", "a whole number of at least 1, such as 8", &mut attempts);
    if !(1..=1000).contains(&concurrency) {
        section.fault("concurrency", format!("{concurrency} is not from 1 to 1000"));
    }
    section.read("chat_attempts", "a whole number of at least 1, such as 1000", &mut chat_attempts);
    for (key, number) in [("attempts", attempts), ("chat_attempts", chat_attempts)] {
        if number == 0 {
            section.fault(key, "0 would mean that nothing is ever done: write at least 1");
        }
    }
    if !(1.0..=100.0).contains(&factor) {
        section.fault("factor", format!("{factor} is not from 1 to 100"));
    }
    section.finish();
    OutboxConfig { concurrency, backoff: BackoffPolicy { base, factor, cap, attempts, chat_attempts } }
}

fn compare(mut section: Section<'_>) -> CompareConfig {
    let CompareConfig { every: usual, at_once } = CompareConfig::default();
    let like = "a duration, such as \"1d\", or \"0s\" for never";
    let every = section.optional_as("every", like, |value| {
        let text = value.as_str().ok_or("it is no text")?;
        let every: SignedDuration = text.parse().map_err(|_| "it is no duration")?;
        within(Duration::try_from(every).map_err(|_| "it is below zero")?)
    });
    let every = every.unwrap_or(usual);
    if !every.is_zero() && every < Duration::from_mins(1) {
        section.fault("every", "it is below a minute: the forge would be asked for nothing else");
    }
    let percent = section.optional_as("at_once", "a number of percent, such as 20", |value| {
        let percent = value.as_integer().and_then(|percent| u8::try_from(percent).ok());
        percent.and_then(Share::percent).ok_or("it is no number from 0 to 100")
    });
    section.finish();
    CompareConfig { every, at_once: percent.unwrap_or(at_once) }
}

fn http_client(mut section: Section<'_>) -> OutboundConfig {
    let mut client = OutboundConfig::default();
    let connect = duration(&mut section, "connect_timeout", "5s");
    client.connect_timeout = connect.unwrap_or(client.connect_timeout);
    client.timeout = duration(&mut section, "timeout", "20s").unwrap_or(client.timeout);
    section.read("max_body", "a number of bytes, such as 1048576", &mut client.max_body);
    section.read("user_agent", "a text, such as \"countersign\"", &mut client.user_agent);
    client.extra_ca_file = section.optional("extra_ca_file", "the path of a PEM file");
    let mut breaker = section.section("breaker");
    breaker.read("failures", "a whole number, such as 5", &mut client.breaker.failures);
    let cool_down = duration(&mut breaker, "cool_down", "30s");
    client.breaker.cool_down = cool_down.unwrap_or(client.breaker.cool_down);
    breaker.finish();
    section.finish();
    client
}

fn tenants(mut section: Section<'_>, folder: &Path, listen: SocketAddr) -> BTreeMap<Tenant, TenantConfig> {
    let mut tenants = BTreeMap::new();
    for (name, section) in section.entries() {
        match name.parse::<Tenant>() {
            Ok(name) if !name.is_an_organisation() => {
                section.fault("", "names that begin with _ are the bot's own: call the tenant otherwise");
            }
            Ok(name) => {
                tenants.insert(name.clone(), tenant::read(&name, section, folder, listen));
            }
            Err(error) => section.fault("", error),
        }
    }
    tenants
}

/// Nothing here is waited for longer than a year: what is, is a slip, and no clock reckons with it.
fn within(duration: Duration) -> Result<Duration, &'static str> {
    const YEAR: Duration = Duration::from_hours(366 * 24);
    Some(duration).filter(|duration| *duration <= YEAR).ok_or("it is longer than a year")
}

/// A duration as people write it; zero is none.
pub(super) fn duration(section: &mut Section<'_>, key: &'static str, like: &str) -> Option<Duration> {
    section.optional_as(key, &format!("a duration, such as \"{like}\""), |value| {
        let text = value.as_str().ok_or("it is no text")?;
        let duration: SignedDuration = text.parse().map_err(|_| "it is no duration")?;
        let duration = Duration::try_from(duration).ok().filter(|duration| !duration.is_zero());
        within(duration.ok_or("it is not above zero")?)
    })
}
