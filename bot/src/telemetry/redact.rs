//! Redaction: whatever looks like a credential, or is one we know, leaves the program as `***`.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use regex::{Captures, Regex};
use secrecy::{ExposeSecret as _, SecretString};
use tracing_subscriber::fmt::MakeWriter;

/// What stands in place of a secret.
pub const MASK: &str = "***";
/// Shorter texts are no credentials, and masking them would eat half of the log. In bytes.
const SHORTEST: usize = 6;

/// What credentials look like; group 1 stays, the rest is masked.
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let names = "authorization|proxy-authorization|cookie|set-cookie|x-hub-signature(?:-256)?|x-api-key|api[_-]?key\
        |token|access_token|refresh_token|id_token|password|passwd|passphrase|secret|client_secret|private_key|signature";
    // What stands before one of them may be the `n` of a line break that was written as `\n`: a word need not begin there.
    let shapes = [
        // A header or field and its value, whatever quotes and escapes stand around it.
        format!(
            r#"((?i:\b[a-z0-9_-]*(?:{names})\b)(?:\\*["'])?\s*[:=]\s*(?:\\*["'])?(?i:(?:bearer|basic|sha256=)\s*)?)[^\s"'\\,;&)}}\]]+"#
        ),
        // A scheme and its credentials anywhere.
        r"((?i:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{6,}".to_owned(),
        // A signature of a webhook.
        r"((?i:sha(?:1|256|512)=))[0-9a-fA-F]{16,}".to_owned(),
        // A user and password in an address.
        r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/@]+:[^\s/@]+(?:@)".to_owned(),
        // The same on the line of a command.
        r#"((?:\s-u|--user)[\s=]+[^\s:"'\\]+:)[^\s"'\\]+"#.to_owned(),
        // JSON web tokens, and the tokens of vendors that begin with their own sign.
        r"()eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?".to_owned(),
        r"()(?:ATATT|ATCTT|ATBB)[A-Za-z0-9_=-]{8,}".to_owned(),
        r"()(?:xox[a-z]|xapp|glpat)-[A-Za-z0-9_-]{10,}".to_owned(),
        r"()(?:gh[oprsu]|github_pat)_[A-Za-z0-9_]{20,}".to_owned(),
        r"()(?:AKIA|ASIA)[A-Z0-9]{16}".to_owned(),
        r"()[MNO][A-Za-z0-9_-]{23,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}".to_owned(),
    ];
    Regex::new(&shapes.join("|")).expect("the shapes are constants, and a test reads them")
});

/// Masks credentials in texts. Cheap to clone; all clones know the same secrets.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Vec<SecretString>>>,
}

/// The redactor of this process: what the log of `serve` goes through.
pub fn redactor() -> &'static Redactor {
    static REDACTOR: LazyLock<Redactor> = LazyLock::new(Redactor::default);
    &REDACTOR
}

impl Redactor {
    /// From now on this value is masked wherever it stands, also written as JSON or in an address writes it. Values of
    /// fewer than six bytes are too common in texts to be masked.
    pub fn register(&self, secret: &SecretString) {
        let value = secret.expose_secret();
        let mut forms: Vec<String> = vec![value.to_owned()];
        forms.extend(serde_json::to_string(value).ok().map(|text| text.trim_matches('"').to_owned()));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for form in forms.into_iter().filter(|form| form.len() >= SHORTEST) {
            if !known.iter().any(|one| one.expose_secret() == form) {
                known.push(form.into());
            }
        }
        // The longest first: a secret may hold another one.
        known.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
    }

    /// The text without credentials; the text itself where it holds none.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for secret in self.known.read().unwrap_or_else(PoisonError::into_inner).iter() {
            if text.contains(secret.expose_secret()) {
                text = Cow::Owned(text.replace(secret.expose_secret(), MASK));
            }
        }
        match SHAPES.replace_all(&text, mask) {
            Cow::Borrowed(_) => text,
            Cow::Owned(redacted) => Cow::Owned(redacted),
        }
    }
}

fn mask(found: &Captures<'_>) -> String {
    let kept = found.iter().skip(1).flatten().next().map_or("", |kept| kept.as_str());
    let tail = if kept.ends_with("://") { "@" } else { "" };
    format!("{kept}{MASK}{tail}")
}

/// A writer whose texts are redacted, one write (one line of a log) at a time.
#[derive(Debug, Clone)]
pub struct Redacted<W> {
    inner: W,
    redactor: Redactor,
}

impl<W> Redacted<W> {
    /// Redacts what goes to `inner`.
    pub const fn new(inner: W, redactor: Redactor) -> Self {
        Self { inner, redactor }
    }
}

impl<W: Write> Write for Redacted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.inner.write_all(self.redactor.redact(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacted<M> {
    type Writer = Redacted<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Redacted { inner: self.inner.make_writer(), redactor: self.redactor.clone() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redact(text: &str) -> String {
        Redactor::default().redact(text).into_owned()
    }

    #[test]
    fn what_looks_like_a_credential_is_masked_and_the_rest_stays() {
        let table = [
            ("Authorization: Bearer abc.DEF-123", "Authorization: Bearer ***"),
            (r#"{"authorization":"Basic YWRhOnh5eg=="}"#, r#"{"authorization":"Basic ***"}"#),
            ("got Bearer demo-employee-secret from web", "got Bearer *** from web"),
            ("GET /x?token=s3cret&page=2", "GET /x?token=***&page=2"),
            ("password = hunter2, user = ada", "password = ***, user = ada"),
            (r#"{\"api_key\":\"k-1234567\",\"n\":1}"#, r#"{\"api_key\":\"***\",\"n\":1}"#),
            ("X-Hub-Signature: sha256=0123456789abcdef0123", "X-Hub-Signature: sha256=***"),
            ("signature sha256=0123456789abcdef0123 was wrong", "signature sha256=*** was wrong"),
            ("https://ada:xyzzy@example.com/a", "https://***@example.com/a"),
            ("jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIx.sgn here", "jwt *** here"),
            (r#"{\\\"api_key\\\":\\\"k-1234567\\\"}"#, r#"{\\\"api_key\\\":\\\"***\\\"}"#),
            ("curl -u ada:xyzzy https://x.example", "curl -u ada:*** https://x.example"),
            (r"a line\nsha256=0123456789abcdef0123", r"a line\nsha256=***"),
            (r"a line\nBearer abc.DEF-123", r"a line\nBearer ***"),
            (r"first line\nxoxb-123456789012-abcdef and more", r"first line\n*** and more"),
            ("ghp_0123456789abcdefghij0123456789abcdef", "***"),
            ("the token is gone; the basic rules stay", "the token is gone; the basic rules stay"),
            ("granted write on payments-api until 10:00", "granted write on payments-api until 10:00"),
        ];
        for (text, expected) in table {
            assert_eq!(redact(text), expected);
        }
    }

    #[test]
    fn a_text_without_credentials_is_not_copied() {
        assert!(matches!(Redactor::default().redact("all is well"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_secret_registered_later_is_masked_by_writers_that_exist_already() {
        let redactor = Redactor::default();
        let mut writer = Redacted::new(Vec::new(), redactor.clone());
        redactor.register(&"open sesame".into());
        writer.write_all(b"he said open sesame\n").unwrap();
        assert_eq!(String::from_utf8(writer.inner).unwrap(), "he said ***\n");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a_known_secret_never_comes_out(secret in "[!-~]{8,40}", before in ".{0,40}", after in ".{0,40}") {
            let redactor = Redactor::default();
            redactor.register(&secret.clone().into());
            let plain = redactor.redact(&format!("{before} {secret} {after}")).into_owned();
            prop_assert!(!plain.contains(&secret), "{plain}");
            let json = serde_json::json!({ "message": format!("{before} {secret} {after}") }).to_string();
            let shown = redactor.redact(&json).into_owned();
            let escaped = serde_json::to_string(&secret).unwrap();
            prop_assert!(!shown.contains(escaped.trim_matches('"')), "{shown}");
        }

        #[test]
        fn whatever_stands_behind_bearer_or_token_is_masked(
            secret in "[A-Za-z0-9._~+/-]{8,60}", name in "token|password|api_key|client_secret|Authorization",
            separator in "=|: |\":\"",
        ) {
            for text in [format!("x Bearer {secret} y"), format!("x {name}{separator}{secret} y")] {
                let shown = redact(&text);
                prop_assert!(!shown.contains(&secret), "{shown}");
                prop_assert!(shown.starts_with("x ") && shown.ends_with(" y"), "{shown}");
            }
        }

        #[test]
        fn redacting_twice_is_redacting_once(text in ".{0,200}") {
            let once = redact(&text);
            prop_assert_eq!(redact(&once), once);
        }
    }
}
