//! The vendor's event stream: each event in a frame of its own, with its length and two check sums.

use super::state::StreamEvent;

/// A header whose value is a text.
const TEXT: u8 = 7;

/// An event, as it goes over the line.
pub(crate) fn frame(event: &StreamEvent) -> Vec<u8> {
    let (kind, named) =
        if event.is_error { ("exception", ":exception-type") } else { ("event", ":event-type") };
    let mut headers = Vec::new();
    for (name, value) in
        [(":message-type", kind), (named, &event.name), (":content-type", "application/json")]
    {
        headers.push(u8::try_from(name.len()).unwrap_or_default());
        headers.extend(name.bytes());
        headers.push(TEXT);
        headers.extend(u16::try_from(value.len()).unwrap_or_default().to_be_bytes());
        headers.extend(value.bytes());
    }
    let payload = event.says.to_string().into_bytes();
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or_default().to_be_bytes();
    let mut frame = Vec::new();
    frame.extend(length(headers.len() + payload.len() + 16));
    frame.extend(length(headers.len()));
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend(headers);
    frame.extend(payload);
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame
}
