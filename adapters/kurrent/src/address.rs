//! A connection string, read by ourselves: the client does not decode a password, and panics at a certificate file that
//! holds something else. What is wrong with one is named.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use eventstore::{ClientSettings, Credentials};
use percent_encoding::percent_decode_str;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The schemes the client knows; each may be followed by `+discover`.
const SCHEMES: [&str; 4] = ["kurrentdb", "kurrent", "kdb", "esdb"];
/// What may be set in the query.
const SETTINGS: [&str; 12] = [
    "tls",
    "tlsVerifyCert",
    "tlsCaFile",
    "userCertFile",
    "userKeyFile",
    "maxDiscoverAttempts",
    "discoveryInterval",
    "gossipTimeout",
    "keepAliveInterval",
    "keepAliveTimeout",
    "defaultDeadline",
    "connectionName",
];
/// What the client takes at least, in milliseconds; it silently ignores less.
const LEAST_KEEP_ALIVE: u64 = 10_000;
/// Where a node listens that says nothing else.
const PORT: u16 = 2113;

/// Why a connection string cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the address of the KurrentDB cannot be used: {0}")]
pub struct AddressError(String);

/// Where a KurrentDB is, and who we are there. Shown without the password.
#[derive(Clone)]
pub struct Address {
    shown: String,
    settings: ClientSettings,
    credentials: Option<Credentials>,
}

impl Address {
    /// Whether a text is meant to be such an address.
    pub fn is_one(text: &str) -> bool {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        SCHEMES.contains(&scheme.trim_end_matches("+discover"))
    }

    /// With this user and password, given as `user:password`, in place of what the address says.
    pub fn signed_in(self, credentials: &str) -> Result<Self, AddressError> {
        let (user, password) = credentials.trim_end().split_once(':').ok_or_else(|| {
            wrong("the secret with the user and the password must read user:password".to_owned())
        })?;
        let credentials = Some(Credentials::new(user.to_owned(), password.to_owned()));
        Ok(Self { credentials, ..self })
    }

    pub(crate) const fn settings(&self) -> &ClientSettings {
        &self.settings
    }

    pub(crate) const fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text
            .split_once("://")
            .filter(|_| Self::is_one(text))
            .ok_or_else(|| wrong("it must begin with kurrentdb:// or esdb://".to_owned()))?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        if query.contains('@') {
            // Not shown: it may be the half of a password.
            return Err(wrong("in a user or a password, ? is written %3F, @ %40 and % %25".to_owned()));
        }
        let (user, hosts) = match place.rsplit_once('@') {
            Some((user, hosts)) => (Some(user), hosts),
            None => (None, place),
        };
        let hosts = hosts_of(hosts.trim_end_matches('/'), scheme.ends_with("+discover"))?.join(",");
        let query = settings_of(query)?;
        let shown = format!("{scheme}://{hosts}");
        // The client is dropped and built anew when it finds no node, so it need not be patient itself. The bot reads what
        // it wrote, so it always talks to the leader.
        let plain =
            format!("{shown}?maxDiscoverAttempts=3&discoveryInterval=20&{query}&nodePreference=leader");
        let settings = plain.parse().map_err(|error: eventstore::ClientSettingsParseError| {
            wrong(error.error().map_or_else(|| error.message().to_owned(), ToString::to_string))
        })?;
        Ok(Self { shown, settings, credentials: user.map(credentials_of).transpose()? })
    }
}

fn wrong(why: String) -> AddressError {
    AddressError(why)
}

fn credentials_of(user: &str) -> Result<Credentials, AddressError> {
    let decoded = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| wrong("its user or password is no text".to_owned()))
    };
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    if user.is_empty() {
        return Err(wrong("the user before the @ is missing".to_owned()));
    }
    Ok(Credentials::new(decoded(user)?, decoded(password)?))
}

/// Each host with its port.
fn hosts_of(hosts: &str, discover: bool) -> Result<Vec<String>, AddressError> {
    if let Some((_, path)) = hosts.split_once('/') {
        return Err(wrong(format!("after the hosts comes only what follows a question mark, not /{path}")));
    }
    let hosts: Vec<_> = hosts.split(',').map(str::trim).collect();
    if hosts == [""] {
        return Err(wrong("it names no host".to_owned()));
    }
    if discover && hosts.len() > 1 {
        return Err(wrong("with +discover there is one name to be asked for, not several hosts".to_owned()));
    }
    hosts.into_iter().map(host_of).collect()
}

fn host_of(host: &str) -> Result<String, AddressError> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') => (name, port.parse().ok()),
        _ => (host, Some(PORT)),
    };
    if name.is_empty() {
        return Err(wrong(format!("`{host}` names no host")));
    }
    let port = port.filter(|port| *port > 0);
    let port = port.ok_or_else(|| wrong(format!("`{host}` has no port between 1 and 65535")))?;
    Ok(format!("{name}:{port}"))
}

/// The query, every setting of which is known and makes sense.
fn settings_of(query: &str) -> Result<String, AddressError> {
    let mut kept = Vec::new();
    for setting in query.split('&').filter(|setting| !setting.is_empty()) {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        if name.eq_ignore_ascii_case("nodePreference") {
            if value.eq_ignore_ascii_case("leader") {
                continue;
            }
            return Err(wrong("leave nodePreference out: the bot always talks to the leader".to_owned()));
        }
        let known = SETTINGS.iter().find(|known| known.eq_ignore_ascii_case(name));
        let Some(known) = known else {
            return Err(wrong(format!("`{name}` is no setting; there are {}", SETTINGS.join(", "))));
        };
        let decoded = percent_decode_str(value).decode_utf8_lossy();
        check(known, &decoded)?;
        kept.push(format!("{known}={value}"));
    }
    let has = |name: &str| kept.iter().any(|setting| setting.starts_with(&format!("{name}=")));
    if has("userCertFile") != has("userKeyFile") {
        return Err(wrong("a client certificate needs both userCertFile and userKeyFile".to_owned()));
    }
    if kept.iter().any(|setting| setting == "tls=false") && has("tlsCaFile") {
        return Err(wrong("tlsCaFile says nothing where tls=false".to_owned()));
    }
    Ok(kept.join("&"))
}

fn check(setting: &str, value: &str) -> Result<(), AddressError> {
    match setting {
        "tls" | "tlsVerifyCert" if !["true", "false"].contains(&value) => {
            Err(wrong(format!("{setting} is true or false, not `{value}`")))
        }
        "tlsCaFile" | "userCertFile" => certificates(setting, Path::new(value)),
        "userKeyFile" => PrivateKeyDer::from_pem_file(value)
            .map(drop)
            .map_err(|error| wrong(format!("userKeyFile: there is no private key in {value}: {error}"))),
        "keepAliveInterval" | "keepAliveTimeout" => match number(setting, value)? {
            Some(milliseconds) if milliseconds < LEAST_KEEP_ALIVE => {
                Err(wrong(format!("{setting} is at least {LEAST_KEEP_ALIVE} milliseconds, or -1 for never")))
            }
            _ => Ok(()),
        },
        "maxDiscoverAttempts" | "discoveryInterval" | "gossipTimeout" | "defaultDeadline" => {
            number(setting, value).map(drop)
        }
        _ => Ok(()),
    }
}

fn number(setting: &str, value: &str) -> Result<Option<u64>, AddressError> {
    if value == "-1" {
        return Ok(None);
    }
    value.parse().map(Some).map_err(|_| wrong(format!("{setting} is a whole number, not `{value}`")))
}

fn certificates(setting: &str, path: &Path) -> Result<(), AddressError> {
    let place = path.display();
    let read = CertificateDer::pem_file_iter(path)
        .map_err(|error| wrong(format!("{setting}: {place} cannot be read: {error}")))?;
    match read.collect::<Result<Vec<_>, _>>() {
        Ok(certificates) if !certificates.is_empty() => Ok(()),
        _ => Err(wrong(format!("{setting}: {place} holds no certificate in PEM form"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_hold_anything() {
        let address: Address = "kurrentdb://ops:p%40ss%2Fw%3Aord%3F@db.example:2114".parse().unwrap();
        assert_eq!(address.credentials, Some(Credentials::new("ops".to_owned(), "p@ss/w:ord?".to_owned())));
        let address: Address = "esdb://ops:a@b@db.example".parse().unwrap();
        assert_eq!(address.credentials, Some(Credentials::new("ops".to_owned(), "a@b".to_owned())));
        let address = address.signed_in("admin:change:it\n").unwrap();
        assert_eq!(address.credentials, Some(Credentials::new("admin".to_owned(), "change:it".to_owned())));
        assert_eq!(format!("{address} {address:?}"), "esdb://db.example:2113 \"esdb://db.example:2113\"");
    }

    #[test]
    fn several_hosts_each_have_a_port() {
        let address: Address = "kurrentdb://one,two:2114,three/?tls=false".parse().unwrap();
        let hosts: Vec<_> =
            address.settings.hosts().iter().map(|host| (host.host.as_str(), host.port)).collect();
        assert_eq!(hosts, [("one", 2113), ("two", 2114), ("three", 2113)]);
        assert!(!address.settings.is_secure_mode_enabled());
        assert_eq!(address.settings.node_preference(), eventstore::NodePreference::Leader);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (address, why) in [
            ("postgres://db", "kurrentdb:// or esdb://"),
            ("kurrentdb://", "names no host"),
            ("kurrentdb://db:port", "`db:port` has no port"),
            ("kurrentdb://db:0", "between 1 and 65535"),
            ("kurrentdb://db/path", "not /path"),
            ("kurrentdb://u:p?w@db", "? is written %3F"),
            ("kurrentdb://@db", "user before the @"),
            ("kurrentdb+discover://a,b", "+discover"),
            ("kurrentdb://db?tsl=false", "`tsl` is no setting"),
            ("kurrentdb://db?tls=yes", "true or false"),
            ("kurrentdb://db?keepAliveInterval=500", "at least 10000"),
            ("kurrentdb://db?gossipTimeout=soon", "a whole number"),
            ("kurrentdb://db?nodePreference=follower", "leave nodePreference out"),
            ("kurrentdb://db?userKeyFile=/nowhere", "no private key in /nowhere"),
            ("kurrentdb://db?tlsCaFile=/dev/null", "no certificate"),
            ("kurrentdb://db?tlsCaFile=/nowhere", "/nowhere cannot be read"),
        ] {
            let error = address.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(why), "{address}: {error}");
        }
    }
}
