//! Slack's own example of a signed request, and everything that is not one.

use async_trait::async_trait;
use countersign_outbound::MemorySecrets;
use http::HeaderValue;

use super::*;

// https://docs.slack.dev/authentication/verifying-requests-from-slack#step-by-step-walk-through
const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const AT: i64 = 1_531_420_618;
const SIGNED: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

struct At(i64);

#[async_trait]
impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap()
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(SIGNATURE, HeaderValue::from_static(SIGNED));
    headers.insert(TIMESTAMP, HeaderValue::from(AT));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers
}

async fn verify_at(now: i64, headers: &HeaderMap, body: &[u8]) -> Result<(), &'static str> {
    let secrets = Arc::new(MemorySecrets::from([("signing", SECRET)]));
    let signatures = Signatures::new("signing", secrets, Arc::new(At(now)));
    let verified = signatures.verify(headers, body).await.map_err(|refusal| refusal.code())?;
    assert_eq!((verified.body(), verified.is_form()), (body, true));
    Ok(())
}

#[tokio::test]
async fn the_example_of_slacks_documentation_is_taken() {
    assert_eq!(verify_at(AT, &headers(), BODY).await, Ok(()));
}

#[tokio::test]
async fn nothing_older_or_newer_than_five_minutes_is_taken() {
    for (now, result) in [(300, Ok(())), (301, Err("old")), (-300, Ok(())), (-301, Err("from_the_future"))] {
        assert_eq!(verify_at(AT + now, &headers(), BODY).await, result, "{now}");
    }
}

#[tokio::test]
async fn a_changed_body_or_time_is_not_taken() {
    let changed = [&BODY[..BODY.len() - 1], b"d"].concat();
    assert_eq!(verify_at(AT, &headers(), &changed).await, Err("wrong_signature"));
    let mut later = headers();
    later.insert(TIMESTAMP, HeaderValue::from(AT + 1));
    assert_eq!(verify_at(AT, &later, BODY).await, Err("wrong_signature"));
}

#[tokio::test]
async fn a_header_that_is_missing_malformed_or_there_twice_is_refused() {
    for (name, missing, malformed) in [
        (SIGNATURE, "unsigned", "malformed_signature"),
        (TIMESTAMP, "untimed", "malformed_timestamp"),
        (CONTENT_TYPE, "unknown_content", "unknown_content"),
    ] {
        let mut without = headers();
        let value = without.remove(name).unwrap();
        assert_eq!(verify_at(AT, &without, BODY).await, Err(missing));
        let mut twice = headers();
        twice.append(name, value);
        assert_eq!(verify_at(AT, &twice, BODY).await, Err(malformed));
        for bad in ["", "v0=", "v1=00", "v0=zz", "-1", "1e9", "9999999999999", "text/plain"] {
            let mut wrong = headers();
            wrong.insert(name, HeaderValue::from_static(bad));
            assert_eq!(verify_at(AT, &wrong, BODY).await, Err(malformed), "{name}: {bad}");
        }
    }
}

#[tokio::test]
async fn a_body_of_more_than_a_mebibyte_is_not_even_checked() {
    assert_eq!(verify_at(AT, &headers(), &vec![b'x'; LARGEST_BODY + 1]).await, Err("too_large"));
}

#[tokio::test]
async fn without_the_secret_nobody_is_believed() {
    let signatures = Signatures::new("signing", Arc::new(MemorySecrets::default()), Arc::new(At(AT)));
    let refusal = signatures.verify(&headers(), BODY).await.unwrap_err();
    assert_eq!((refusal.code(), refusal.status()), ("no_secret", StatusCode::SERVICE_UNAVAILABLE));
}
