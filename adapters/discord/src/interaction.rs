//! What Discord delivers, read with serenity's model, and told in the few words that the bot needs
//! (<https://discord.com/developers/docs/interactions/receiving-and-responding>).
//!
//! Who did it is the user's id alone; names change and say nothing.

use std::borrow::Borrow;

use secrecy::SecretString;
use serenity::all::{
    ActionRowComponent, ApplicationId, Attachment, ChannelId, ChannelType, CommandDataOptionValue,
    CommandInteraction, CommandType, ComponentInteraction, ComponentInteractionDataKind, GuildId,
    Interaction, InteractionId, Member, MessageId, ModalInteraction, PartialChannel, RoleId, User, UserId,
};

use crate::card::cut;
use crate::inbound::Verified;
use crate::{slash, wire};

/// One thing that Discord delivers.
#[derive(Debug)]
pub enum Delivery {
    /// Discord asks whether anybody is there.
    Ping,
    /// Somebody sent `/countersign`.
    Command {
        /// Who, where.
        from: Origin,
        /// What they wrote.
        text: String,
        /// What they sent with it.
        files: Vec<Attachment>,
    },
    /// Somebody is typing `/countersign`.
    Typing {
        /// Who, where.
        from: Origin,
        /// What they wrote so far.
        text: String,
    },
    /// Somebody pressed a button.
    Press {
        /// Who, where.
        from: Origin,
        /// The message that the button stands under.
        message: MessageId,
        /// What the button sends back.
        reference: String,
    },
    /// Somebody sent a form.
    Form {
        /// Who, where.
        from: Origin,
        /// The message whose button opened it, where one did.
        message: Option<MessageId>,
        /// What the form sends back.
        reference: String,
        /// What was filled in, by the inputs' own ids, in their order.
        inputs: Vec<(String, String)>,
    },
}

impl Delivery {
    /// Who, where, and how to answer; nobody where Discord itself asks.
    pub const fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Ping => None,
            Self::Command { from, .. }
            | Self::Typing { from, .. }
            | Self::Press { from, .. }
            | Self::Form { from, .. } => Some(from),
        }
    }
}

/// Who did it, where, and how to answer: the vendor's own ids.
#[derive(Debug)]
pub struct Origin {
    /// The interaction, which tells repetitions apart.
    pub interaction: InteractionId,
    /// Whoever has it can answer in the bot's name for 15 minutes.
    pub token: SecretString,
    /// The application it was sent to.
    pub application: ApplicationId,
    /// The server; none in a direct message.
    pub guild: Option<GuildId>,
    /// The channel, thread or direct message.
    pub channel: ChannelId,
    /// The channel that the thread is in, where it is one.
    pub parent: Option<ChannelId>,
    /// The person.
    pub user: UserId,
    /// Whether it is no person.
    pub bot: bool,
    /// The roles they have on the server.
    pub roles: Vec<RoleId>,
}

/// A delivery that says nothing the bot could do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not an interaction of any kind we know.
    #[error("the body is not one of Discord's interactions: {0}")]
    NotAnInteraction(String),
    /// Neither a member nor a user.
    #[error("the delivery does not say who did it")]
    Nobody,
    /// Not our slash command.
    #[error("the bot has no such command")]
    UnknownCommand,
    /// Not our options: a text, and a file.
    #[error("the command has other options than the text and the file that it was registered with")]
    UnknownOption,
    /// Not a button.
    #[error("what was used is no button")]
    NotAButton,
    /// A form with something else than text inputs.
    #[error("the form has something else in it than texts")]
    UnknownInput,
}

/// The origin of an interaction: serenity has a type for each kind, with the same fields.
macro_rules! origin {
    ($interaction:ident) => {{
        let person = Person::new(
            $interaction.guild_id,
            $interaction.member.as_ref().map(Borrow::borrow),
            &$interaction.user,
        )?;
        Origin {
            interaction: $interaction.id,
            token: $interaction.token.into(),
            application: $interaction.application_id,
            guild: $interaction.guild_id,
            channel: $interaction.channel_id,
            parent: $interaction.channel.as_ref().and_then(thread_of),
            user: person.user,
            bot: person.bot,
            roles: person.roles,
        }
    }};
}

/// Reads what [`Inbound::verify`](crate::Inbound::verify) found to be Discord's.
pub fn read(verified: Verified<'_>) -> Result<Delivery, Unreadable> {
    let interaction: Interaction = wire::read_text(verified.body())
        // serde quotes what it did not expect, which may be as long as the body.
        .map_err(|error| Unreadable::NotAnInteraction(cut(&error.to_string(), 200)))?;
    interaction.try_into()
}

impl TryFrom<Interaction> for Delivery {
    type Error = Unreadable;

    fn try_from(interaction: Interaction) -> Result<Self, Unreadable> {
        match interaction {
            Interaction::Ping(_) => Ok(Self::Ping),
            Interaction::Command(command) => {
                let (text, files) = options(&command)?;
                Ok(Self::Command { from: origin!(command), text, files })
            }
            Interaction::Autocomplete(command) => {
                let (text, _) = options(&command)?;
                Ok(Self::Typing { from: origin!(command), text })
            }
            Interaction::Component(component) => press(component),
            Interaction::Modal(modal) => form(modal),
            // serenity may learn of more kinds than we know
            _ => Err(Unreadable::NotAnInteraction("of a kind that is not known here".to_owned())),
        }
    }
}

/// What was written after the command, and what was sent with it; nothing of what was left out.
fn options(command: &CommandInteraction) -> Result<(String, Vec<Attachment>), Unreadable> {
    let data = &command.data;
    if data.kind != CommandType::ChatInput || data.name != slash::NAME {
        return Err(Unreadable::UnknownCommand);
    }
    let (mut said, mut files) = (None, Vec::new());
    for option in &data.options {
        match (&*option.name, &option.value) {
            (
                slash::TEXT,
                CommandDataOptionValue::String(text)
                | CommandDataOptionValue::Autocomplete { value: text, .. },
            ) if said.is_none() => said = Some(text.clone()),
            (slash::FILE, CommandDataOptionValue::Attachment(id)) if files.is_empty() => {
                files.extend(data.resolved.attachments.get(id).cloned());
            }
            _ => return Err(Unreadable::UnknownOption),
        }
    }
    Ok((said.unwrap_or_default(), files))
}

fn press(component: ComponentInteraction) -> Result<Delivery, Unreadable> {
    if !matches!(component.data.kind, ComponentInteractionDataKind::Button) {
        return Err(Unreadable::NotAButton);
    }
    let from = origin!(component);
    Ok(Delivery::Press { from, message: component.message.id, reference: component.data.custom_id })
}

fn form(modal: ModalInteraction) -> Result<Delivery, Unreadable> {
    let from = origin!(modal);
    let inputs = modal.data.components.into_iter().flat_map(|row| row.components);
    let inputs = inputs.map(|input| match input {
        ActionRowComponent::InputText(input) => Ok((input.custom_id, input.value.unwrap_or_default())),
        _ => Err(Unreadable::UnknownInput),
    });
    let message = modal.message.as_ref().map(|message| message.id);
    Ok(Delivery::Form {
        from,
        message,
        reference: modal.data.custom_id,
        inputs: inputs.collect::<Result<_, _>>()?,
    })
}

/// The channel that a thread is in. Other channels' parents are categories.
fn thread_of(channel: &PartialChannel) -> Option<ChannelId> {
    let thread = [ChannelType::PublicThread, ChannelType::PrivateThread, ChannelType::NewsThread];
    channel.parent_id.filter(|_| thread.contains(&channel.kind))
}

struct Person {
    user: UserId,
    bot: bool,
    roles: Vec<RoleId>,
}

impl Person {
    /// On a server Discord names a member, elsewhere a user. Where it names neither, serenity makes up a user with the id 1,
    /// who must not act for anybody.
    fn new(guild: Option<GuildId>, member: Option<&Member>, user: &User) -> Result<Self, Unreadable> {
        let (user, roles) = match (guild, member) {
            (Some(_), Some(member)) => (&member.user, member.roles.clone()),
            (None, None) => (user, vec![]),
            _ => return Err(Unreadable::Nobody),
        };
        if user.id == UserId::default() {
            return Err(Unreadable::Nobody);
        }
        Ok(Self { user: user.id, bot: user.bot, roles })
    }
}

#[cfg(test)]
mod tests;
