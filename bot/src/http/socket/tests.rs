//! Who opens a WebSocket, and what is done with who does not read.

use std::time::Duration;

use tokio::io::duplex;
use tokio_tungstenite::tungstenite::Message;

use super::line::sent;
use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), value.parse::<HeaderValue>().unwrap())
    };
    pairs.iter().map(pair).collect()
}

#[test]
fn conversation_ws_a_token_is_taken_out_of_the_protocols_and_nowhere_said_again() {
    let offered = format!("{PROTOCOL}, {BEARER}{}", URL_SAFE_NO_PAD.encode("s3cret/+="));
    let mut taken = headers(&[("sec-websocket-protocol", &offered)]);
    take_token(&mut taken).unwrap();
    assert_eq!(taken[AUTHORIZATION], "Bearer s3cret/+=");
    assert!(taken[AUTHORIZATION].is_sensitive());
    assert_eq!(taken[SEC_WEBSOCKET_PROTOCOL], PROTOCOL);
    let mut none = headers(&[("sec-websocket-protocol", PROTOCOL)]);
    take_token(&mut none).unwrap();
    assert!(!none.contains_key(AUTHORIZATION));
    for (offered, authorization, status) in [
        ("chat", None, 400),
        ("bearer.ZXJpbg", None, 400),
        ("countersign.v1, bearer.ZXJpbg, bearer.YWRh", None, 400),
        ("countersign.v1, bearer.ZXJpbg", Some("Bearer ada"), 400),
        ("countersign.v1, bearer.", None, 401),
        ("countersign.v1, bearer.Z", None, 401),
        // A line break, as somebody would smuggle another header in.
        ("countersign.v1, bearer.ZQ0Keg", None, 401),
    ] {
        let mut given = headers(&[("sec-websocket-protocol", offered)]);
        given.extend(authorization.map(|text| (AUTHORIZATION, HeaderValue::from_static(text))));
        let before = given.get(AUTHORIZATION).cloned();
        let refused = take_token(&mut given).and_then(|()| match given.get(AUTHORIZATION) {
            // An empty one is none: whoever looks at it says so.
            Some(bearer) if bearer == "Bearer " => Err(Problem::sign_in_needed("")),
            _ => Ok(()),
        });
        assert_eq!(refused.unwrap_err().status().as_u16(), status, "{offered}");
        assert!(before.is_none_or(|before| given[AUTHORIZATION] == before), "{offered}");
    }
}

#[test]
fn conversation_ws_what_asks_for_none_is_told_what_is_spoken() {
    let whole = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let asked = |given: &[(&'static str, &str)]| {
        let mut parts = Request::new(Body::empty()).into_parts().0;
        parts.headers = headers(given);
        handshake(&parts)
    };
    let answer = asked(&whole).unwrap();
    assert_eq!(answer.status().as_u16(), 101);
    assert_eq!(answer.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert!(!answer.headers().contains_key(SEC_WEBSOCKET_PROTOCOL), "none was offered");
    for missing in 0..whole.len() {
        let mut given = whole.to_vec();
        given.remove(missing);
        assert!(asked(&given).is_none(), "{given:?}");
    }
    let told = not_here();
    assert_eq!(told.status().as_u16(), 426);
    assert_eq!(told.headers()[UPGRADE], "websocket");
}

#[tokio::test]
async fn conversation_ws_who_does_not_read_is_not_waited_for() {
    let (ours, theirs) = duplex(KEPT);
    let mut socket = WebSocketStream::from_raw_socket(ours, Role::Server, Some(config())).await;
    assert!(sent(&mut socket, Message::text("short"), Duration::from_secs(20)).await);
    assert!(!sent(&mut socket, Message::text("long ".repeat(KEPT)), Duration::ZERO).await);
    drop(theirs);
}
