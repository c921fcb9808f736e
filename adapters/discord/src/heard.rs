//! What somebody did on Discord, in the words of the port. Who it is is the user's id; the workspace is always `discord`, since
//! the same person is the same on every server.

mod reactions;

use countersign_domain::ports::{
    Act, Attached, Feeling, Identity, Interaction, Place, Posted, Stranger, SurfaceKind,
};
use serenity::all::{
    ApplicationId, Attachment, ChannelId, GuildId, Message, MessageType, Reaction, ReactionType, UserId,
};

use crate::answer::{self, Answer};
use crate::interaction::{Delivery, Origin, Unreadable};
use crate::slash::SlashCommand;

pub(crate) use self::reactions::Reactions;

/// The workspace of every identity and place on Discord.
pub(crate) const WORKSPACE: &str = "discord";

/// A delivery, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Discord asks whether anybody is there.
    Ping,
    /// Somebody is typing; they wait for suggestions.
    Typing {
        /// Who.
        who: Identity,
        /// What they wrote so far.
        text: String,
    },
    /// Somebody wants the form, by a command that says nothing.
    FormAsked(Box<Interaction>),
    /// Somebody did something: to be kept first, then answered.
    Did(Box<Interaction>),
}

impl Heard {
    /// What is answered at once where nothing else is to be said; where somebody [did](Self::Did) something, only after that
    /// was kept.
    pub fn answer(&self, command: &SlashCommand) -> Answer {
        match self {
            Self::Ping => Answer::Pong,
            Self::Typing { text, .. } => Answer::Suggestions(command.suggestions(text)),
            Self::FormAsked(_) => Answer::Form(command.form),
            Self::Did(interaction) => match interaction.act {
                Act::Pressed(_) | Act::Explained { .. } => Answer::LaterHere,
                _ => Answer::Later,
            },
        }
    }
}

/// A delivery that the bot does not listen to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotHeard {
    /// Of another server: the bot works for one.
    #[error("it comes from the Discord server {0}, for which this bot does not work")]
    OtherServer(GuildId),
    /// For another bot.
    #[error("it was sent to the Discord application {0}, which is another one")]
    OtherApplication(ApplicationId),
    /// A form that the bot did not open.
    #[error("the bot has no such form")]
    UnknownForm,
    /// A form with something else in it.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// For whom is listened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ear {
    pub(crate) application: ApplicationId,
    pub(crate) guild: GuildId,
    /// The bot's own user: of the same number as the application, unless it is of Discord's first years.
    pub(crate) bot: UserId,
}

impl Ear {
    /// A slash command, a button, a form.
    pub(crate) fn delivery(&self, delivery: &Delivery) -> Result<Heard, NotHeard> {
        let Some(from) = delivery.origin() else { return Ok(Heard::Ping) };
        if from.application != self.application {
            return Err(NotHeard::OtherApplication(from.application));
        }
        self.of_ours(from.guild)?;
        let (act, message) = match delivery {
            Delivery::Ping => return Ok(Heard::Ping),
            Delivery::Typing { text, .. } => {
                return Ok(Heard::Typing { who: identity(from.user), text: text.clone() });
            }
            Delivery::Command { text, files, .. } => {
                (Act::said(spoken(text, self.bot), attached(files)), None)
            }
            Delivery::Press { message, reference, .. } => {
                (Act::Pressed(reference.clone()), Some(posted(from.channel, *message)))
            }
            Delivery::Form { message, reference, inputs, .. } if reference.starts_with(answer::WHY) => {
                let (reference, reason) = (reference[answer::WHY.len()..].to_owned(), answer::reason(inputs));
                let message = message.map(|message| posted(from.channel, message));
                (Act::Explained { reference, reason }, message)
            }
            Delivery::Form { reference, inputs, .. } => {
                let name = reference.strip_prefix(answer::FORM).ok_or(NotHeard::UnknownForm)?;
                let said = |(slot, text): &(String, String)| (slot.clone(), spoken(text, self.bot));
                (Act::Filled(answer::filled(name, inputs.iter().map(said))), None)
            }
        };
        let identity = identity(from.user);
        let wants_form = matches!(&act, Act::Said(text) if text.is_empty());
        let interaction = Box::new(Interaction {
            delivery: from.interaction.to_string(),
            stranger: from.bot.then_some(Stranger::Bot),
            place: origin_place(from, &identity),
            direct: Place::direct(&identity),
            identity,
            message,
            act,
        });
        Ok(if wants_form { Heard::FormAsked(interaction) } else { Heard::Did(interaction) })
    }

    /// A message: what was said to the bot in private, or with its mention; nothing where it was not.
    pub(crate) fn message(
        &self,
        message: &Message,
        guild: Option<GuildId>,
    ) -> Result<Option<Interaction>, NotHeard> {
        let said = matches!(message.kind, MessageType::Regular | MessageType::InlineReply);
        let mentioned = message.mentions.iter().any(|user| user.id == self.bot);
        let own = message.author.id == self.bot || message.webhook_id.is_some();
        if own || !said || (guild.is_some() && !mentioned) {
            return Ok(None);
        }
        self.of_ours(guild)?;
        let identity = identity(message.author.id);
        Ok(Some(Interaction {
            delivery: message.id.to_string(),
            stranger: message.author.bot.then_some(Stranger::Bot),
            place: place(guild, message.channel_id, None, &identity),
            direct: Place::direct(&identity),
            identity,
            // Whoever replies to one of ours speaks of that.
            message: message
                .referenced_message
                .as_ref()
                .filter(|replied| replied.author.id == self.bot)
                .map(|replied| posted(replied.channel_id, replied.id)),
            act: Act::said(spoken(&message.content, self.bot), attached(&message.attachments)),
        }))
    }

    /// A reaction that means something, to a message that may be the bot's.
    pub(crate) fn reaction(
        &self,
        reaction: &Reaction,
        taken_back: bool,
        reactions: &Reactions,
    ) -> Result<Option<Interaction>, NotHeard> {
        let others = reaction.message_author_id.is_some_and(|author| author != self.bot);
        // An emoji of somebody's own may look like anything.
        let (ReactionType::Unicode(emoji), Some(user), false) = (&reaction.emoji, reaction.user_id, others)
        else {
            return Ok(None);
        };
        let Some(feeling) = Feeling::of(emoji) else { return Ok(None) };
        if user == self.bot {
            return Ok(None);
        }
        self.of_ours(reaction.guild_id)?;
        let identity = identity(user);
        let bot = reaction.member.as_ref().is_some_and(|member| member.user.bot);
        Ok(Some(Interaction {
            delivery: reactions.delivery(reaction.message_id, user, emoji, taken_back),
            stranger: bot.then_some(Stranger::Bot),
            place: place(reaction.guild_id, reaction.channel_id, None, &identity),
            direct: Place::direct(&identity),
            identity,
            message: Some(posted(reaction.channel_id, reaction.message_id)),
            act: Act::Reacted { feeling, taken_back },
        }))
    }

    fn of_ours(&self, guild: Option<GuildId>) -> Result<(), NotHeard> {
        match guild {
            Some(other) if other != self.guild => Err(NotHeard::OtherServer(other)),
            _ => Ok(()),
        }
    }
}

/// Who somebody is.
pub(crate) fn identity(user: UserId) -> Identity {
    Identity::new(SurfaceKind::Discord, WORKSPACE, user.to_string()).expect("a number is a fitting id")
}

fn origin_place(from: &Origin, identity: &Identity) -> Place {
    place(from.guild, from.channel, from.parent, identity)
}

fn place(
    guild: Option<GuildId>,
    channel: ChannelId,
    parent: Option<ChannelId>,
    identity: &Identity,
) -> Place {
    if guild.is_none() {
        return Place::direct(identity);
    }
    let id = |channel: ChannelId| channel.to_string();
    let mut place = Place::channel(SurfaceKind::Discord, WORKSPACE, &id(parent.unwrap_or(channel)));
    place.thread = parent.map(|_| id(channel));
    place
}

fn posted(channel: ChannelId, message: serenity::all::MessageId) -> Posted {
    Posted { channel: channel.to_string(), message: message.to_string(), via: None }
}

/// The files of a message. Whoever knows their addresses can read them for a while; nobody shows a credential there.
fn attached(attachments: &[Attachment]) -> Vec<Attached> {
    let file = |file: &Attachment| Attached {
        name: file.filename.clone(),
        media: file.content_type.clone(),
        size: Some(file.size.into()),
        address: Some(file.url.clone()),
    };
    attachments.iter().map(file).collect()
}

/// What was said: without the bot's mention, and with people as every surface mentions them. Discord writes `<@7>`, older
/// clients `<@!7>`.
fn spoken(content: &str, bot: UserId) -> String {
    let mut words = String::with_capacity(content.len());
    let mut rest = content;
    while let Some((before, inside)) = rest.split_once("<@") {
        words.push_str(before);
        let mention = inside.split_once('>').and_then(|(inside, after)| {
            let digits = inside.strip_prefix('!').unwrap_or(inside);
            let id = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().ok())?;
            Some((UserId::new(id.filter(|id| *id > 0)?), after))
        });
        if let Some((user, after)) = mention {
            words.push_str(&if user == bot { " ".to_owned() } else { identity(user).mention() });
            rest = after;
        } else {
            words.push_str("<@");
            rest = inside;
        }
    }
    words.push_str(rest);
    words.trim().to_owned()
}

#[cfg(test)]
mod tests;
