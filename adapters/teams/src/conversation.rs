//! Conversations by their names. In a channel Teams writes the thread behind the channel: `19:…@thread.tacv2;messageid=1772`
//! (<https://learn.microsoft.com/en-us/microsoftteams/platform/resources/bot-v3/bot-conversations/bots-conv-channel>).

use countersign_domain::ports::Posted;

const THREAD: &str = ";messageid=";

/// The channel and the thread in it.
pub(crate) fn split(conversation: &str) -> (&str, Option<&str>) {
    match conversation.split_once(THREAD) {
        Some((channel, thread)) if !channel.is_empty() && !thread.is_empty() => (channel, Some(thread)),
        _ => (conversation, None),
    }
}

/// The conversation of a thread in a channel; of the channel itself where there is none.
pub(crate) fn join(channel: &str, thread: Option<&str>) -> String {
    match thread {
        Some(thread) => format!("{}{THREAD}{thread}", split(channel).0),
        None => channel.to_owned(),
    }
}

/// A message in a conversation, by the one name it has wherever it is spoken of. A message that begins a thread is posted
/// to the channel, but spoken of in the thread.
pub(crate) fn posted(conversation: &str, message: &str, via: &str) -> Posted {
    let (channel, thread) = split(conversation);
    let thread = thread.filter(|thread| *thread != message);
    Posted { channel: join(channel, thread), message: message.to_owned(), via: Some(via.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_one_name_however_it_is_spoken_of() {
        let channel = "19:x@thread.tacv2";
        let begun = posted(channel, "17", "https://s/");
        assert_eq!(begun, posted("19:x@thread.tacv2;messageid=17", "17", "https://s/"));
        let reply = posted("19:x@thread.tacv2;messageid=17", "18", "https://s/");
        assert_eq!(reply.channel, join(channel, Some("17")));
        assert_eq!(split(&reply.channel), (channel, Some("17")));
        assert_eq!(posted("a:1personal", "9", "https://s/").channel, "a:1personal");
    }
}
