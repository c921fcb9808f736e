//! What people do, in the words of the port.

use countersign_domain::form::Filled;
use secrecy::SecretString;
use serenity::all::{InteractionId, MessageId};

use super::*;

const BOT: u64 = 845_027_738_276_462_632;
const GUILD: u64 = 290_926_798_626_357_999;

fn ear() -> Ear {
    Ear { application: ApplicationId::new(BOT), guild: GuildId::new(GUILD), bot: UserId::new(BOT) }
}

fn origin(guild: Option<u64>) -> Origin {
    Origin {
        interaction: InteractionId::new(7),
        token: SecretString::from("secret"),
        application: ApplicationId::new(BOT),
        guild: guild.map(GuildId::new),
        channel: ChannelId::new(20),
        parent: None,
        user: UserId::new(30),
        bot: false,
        roles: vec![],
    }
}

fn did(delivery: &Delivery) -> Interaction {
    match ear().delivery(delivery) {
        Ok(Heard::Did(interaction)) => *interaction,
        other => panic!("nothing was done: {other:?}"),
    }
}

fn message(content: &str, mentions: &[u64], author: u64) -> Message {
    let user = |id: u64| serde_json::json!({"id": id.to_string(), "username": "erin", "discriminator": "0", "avatar": null});
    let mentions: Vec<_> = mentions.iter().map(|id| user(*id)).collect();
    serde_json::from_value(serde_json::json!({
        "id": "40", "channel_id": "20", "author": user(author), "content": content, "mentions": mentions, "type": 0,
        "timestamp": "2021-05-19T02:12:51.710000+00:00", "edited_timestamp": null, "tts": false, "pinned": false,
        "mention_everyone": false, "mention_roles": [], "attachments": [], "embeds": []
    }))
    .unwrap()
}

fn reaction(emoji: &str, author: Option<u64>) -> Reaction {
    serde_json::from_value(serde_json::json!({
        "user_id": "30", "channel_id": "20", "message_id": "40", "guild_id": GUILD.to_string(), "burst": false,
        "type": 0, "emoji": {"id": null, "name": emoji}, "message_author_id": author.map(|id| id.to_string())
    }))
    .unwrap()
}

#[test]
fn a_command_in_a_thread_is_said_in_its_channel_by_a_person_of_discord() {
    let from = Origin { parent: Some(ChannelId::new(19)), ..origin(Some(GUILD)) };
    let said = did(&Delivery::Command { from, text: " my access ".to_owned(), files: vec![] });
    assert_eq!(said.act, Act::Said("my access".to_owned()));
    assert_eq!(said.identity.to_string(), "discord/discord/30");
    assert_eq!((said.place.channel.as_deref(), said.place.thread.as_deref()), (Some("19"), Some("20")));
    assert_eq!(said.direct, Place::direct(&said.identity));
}

#[test]
fn in_private_the_place_is_the_private_talk() {
    let from = origin(None);
    let press = Delivery::Press { from, message: MessageId::new(40), reference: "opaque".to_owned() };
    let pressed = did(&press);
    assert_eq!(pressed.act, Act::Pressed("opaque".to_owned()));
    assert_eq!(pressed.place, pressed.direct);
    assert_eq!(pressed.message.unwrap().message, "40");
}

#[test]
fn a_command_without_a_text_asks_for_the_form_and_the_form_is_read() {
    let asked = Delivery::Command { from: origin(Some(GUILD)), text: "  ".to_owned(), files: vec![] };
    assert!(matches!(ear().delivery(&asked), Ok(Heard::FormAsked(_))));
    let inputs = vec![("permission".to_owned(), "write".to_owned())];
    let form = Delivery::Form {
        from: origin(Some(GUILD)),
        message: None,
        reference: "form:access".to_owned(),
        inputs,
    };
    let fields = [("permission".to_owned(), "write".to_owned())].into();
    assert_eq!(did(&form).act, Act::Filled(Filled { form: "access".to_owned(), fields }));
    let other =
        Delivery::Form { from: origin(None), message: None, reference: "other".to_owned(), inputs: vec![] };
    assert_eq!(ear().delivery(&other), Err(NotHeard::UnknownForm));
}

#[test]
fn other_servers_and_other_bots_deliveries_are_not_heard() {
    let elsewhere = Delivery::Command { from: origin(Some(1)), text: "help".to_owned(), files: vec![] };
    assert_eq!(ear().delivery(&elsewhere), Err(NotHeard::OtherServer(GuildId::new(1))));
    let from = Origin { application: ApplicationId::new(1), ..origin(Some(GUILD)) };
    let other = Delivery::Command { from, text: "help".to_owned(), files: vec![] };
    assert_eq!(ear().delivery(&other), Err(NotHeard::OtherApplication(ApplicationId::new(1))));
    let said = message(&format!("<@{BOT}> help"), &[BOT], 30);
    assert_eq!(ear().message(&said, Some(GuildId::new(1))), Err(NotHeard::OtherServer(GuildId::new(1))));
}

#[test]
fn a_mention_is_taken_away_and_what_is_said_to_others_is_not_heard() {
    let guild = Some(GuildId::new(GUILD));
    let said = ear().message(&message(&format!("<@!{BOT}>  help"), &[BOT], 30), guild).unwrap().unwrap();
    assert_eq!(said.act, Act::Said("help".to_owned()));
    assert_eq!(said.delivery, "40");
    assert_eq!(ear().message(&message("help", &[], 30), guild), Ok(None));
    assert!(
        ear().message(&message("help", &[], 30), None).unwrap().is_some(),
        "in private nobody else is meant"
    );
    assert_eq!(
        ear().message(&message("help", &[], BOT), None),
        Ok(None),
        "the bot does not listen to itself"
    );
}

#[test]
fn trust_c3_whoever_replies_to_a_message_of_ours_speaks_of_that_one() {
    let about = |author: u64| {
        let mut said = message("lgtm", &[BOT], 30);
        let mut replied = message("a card", &[], author);
        replied.id = MessageId::new(39);
        (said.kind, said.referenced_message) = (MessageType::InlineReply, Some(Box::new(replied)));
        ear().message(&said, Some(GuildId::new(GUILD))).unwrap().expect("it is said to the bot").message
    };
    assert_eq!(about(BOT), Some(posted(ChannelId::new(20), MessageId::new(39))));
    assert_eq!(about(31), None, "what others wrote is no card");
}

#[test]
fn trust_a3_people_are_mentioned_as_everywhere() {
    let said = |text: &str| {
        let heard = ear().message(&message(text, &[], 30), None).unwrap().unwrap();
        let Act::Said(text) = heard.act else { panic!("it is a sentence") };
        text
    };
    assert_eq!(
        said("for <@7> and <@!8>, not <@&9> or <#5>"),
        "for @discord/discord/7 and @discord/discord/8, not <@&9> or <#5>"
    );
    assert_eq!(said(&format!("<@{BOT}> help <@{BOT}>")), "help");
    for text in ["<@", "<@>", "<@!>", "<@0>", "<@99999999999999999999999>", "<@7", "a <@x> b", "<@<@7>"] {
        said(text);
    }
    assert_eq!(said("<@<@7>"), "<@@discord/discord/7");
}

#[test]
fn a_reaction_to_the_bots_message_means_yes_or_no() {
    let reactions = Reactions::new(jiff::Timestamp::UNIX_EPOCH);
    let read = |reaction: &Reaction| ear().reaction(reaction, false, &reactions).unwrap();
    let yes = read(&reaction("👍🏽", Some(BOT))).unwrap();
    assert_eq!(yes.act, Act::Reacted { feeling: Feeling::Yes, taken_back: false });
    assert_eq!(yes.message.unwrap().channel, "20");
    assert_eq!(read(&reaction("👍", Some(31))), None, "to somebody else's message");
    assert_eq!(read(&reaction("🍕", Some(BOT))), None);
    assert!(read(&reaction("👎", None)).is_some(), "where Discord does not say whose message it is");
}
