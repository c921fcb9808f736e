//! Who says something, where, and as part of which conversation: what every command carries.

use countersign_domain::envelope::{Actor, ActorKind, Cause, Position, Via, derived_id};
use countersign_domain::file::File;
use countersign_domain::names::{PrincipalId, Tenant};
use countersign_domain::ports::Place;
use countersign_domain::question::Within;
use countersign_domain::request::{Assurance, Code};
use countersign_domain::tenant::Person;
use jiff::Timestamp;
use uuid::Uuid;

/// One interaction of one principal of one tenant. The tenant comes from who signed in or from the verified webhook's
/// path, never from what was sent.
#[derive(Debug, Clone)]
pub struct Context {
    /// Whose data it is about.
    pub tenant: Tenant,
    /// Who acts, as the directory knows them now.
    pub person: Person,
    /// `web`, `terminal`, `api`, `jira`, `slack`, `teams`, `discord`.
    pub surface: String,
    /// Through which chat identity, where it was said in a chat.
    pub via: Option<Box<Via>>,
    /// How surely it is them.
    pub assurance: Assurance,
    /// The interaction's id. The same delivery twice carries the same id, and so has one effect.
    pub interaction: Uuid,
    /// Where in the log it stands that they said it, where it does: an index that has come so far knows all that was there then.
    pub heard: Option<Position>,
    /// The first cause of the conversation; the interaction itself where it begins one.
    pub correlation: Uuid,
    /// Where in a chat it is said.
    pub scene: Scene,
    /// The file that came with it, which is kept.
    pub file: Option<File>,
}

/// Where something is said, and what the talk there is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scene {
    /// The place, where it is said in a chat.
    pub place: Option<Place>,
    /// The request whose thread it is, or on whose card it is said.
    pub about: Option<Code>,
}

impl Scene {
    /// Names the place, the same for everything that one person says there. Which of the talks there may answer a question says
    /// [`Within`].
    pub fn key(&self, surface: &str) -> String {
        match &self.place {
            Some(Place { surface, workspace, channel: Some(channel), .. }) => {
                format!("{surface}/{workspace}/{channel}")
            }
            _ => surface.to_owned(),
        }
    }

    /// In which talk of the place.
    pub fn within(&self) -> Within {
        let thread = self.place.as_ref().and_then(|place| place.thread.clone());
        Within { thread, about: self.about.clone() }
    }
}

impl Context {
    /// The beginning of a conversation.
    pub fn begin(tenant: Tenant, person: Person, surface: &str, interaction: Uuid) -> Self {
        Self {
            tenant,
            person,
            surface: surface.to_owned(),
            via: None,
            assurance: Assurance::Said,
            interaction,
            heard: None,
            correlation: interaction,
            scene: Scene::default(),
            file: None,
        }
    }

    /// Whether others read along where it is said.
    pub fn is_overheard(&self) -> bool {
        self.scene.place.as_ref().is_some_and(|place| !place.is_private())
    }

    /// The cause of the command `step` of this interaction.
    pub fn cause(&self, step: &str, at: Timestamp) -> Cause {
        Cause {
            actor: Actor {
                id: self.person.id.clone(),
                kind: self.person.kind,
                surface: self.surface.clone(),
                via: self.via.clone(),
            },
            command: derived_id(self.interaction, step),
            correlation: self.correlation,
            causation: self.interaction,
            at,
        }
    }
}

/// Countersign itself, as a principal: for what policies, the outbox and the scheduler do.
pub fn system(part: &str) -> Actor {
    let id: PrincipalId = "countersign".parse().expect("letters only");
    Actor { id, kind: ActorKind::System, surface: part.to_owned(), via: None }
}
