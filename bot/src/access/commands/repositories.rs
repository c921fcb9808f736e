//! `repositories`: which repositories and permissions there are to ask for.

use countersign_domain::access::Permission;
use countersign_domain::card::{Card, Tone};
use countersign_domain::words::{list, plain};

use crate::cards::Draft;
use crate::chat::Chat;
use crate::commands::{Audience, CommandSpec};
use crate::context::Context;
use crate::engine::Failure;
use crate::grammar::Said;
use crate::words;

/// So many are named: more is nothing that anybody reads in a chat, and a name is offered by its beginning.
const NAMED: usize = 30;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    name: "repositories",
    grammar: "repositories",
    phrases: &[
        "repos",
        "list|show [me] [all] [the] repositories|repos|permissions",
        "which|what repositories|repos|permissions|rights are there [to] [ask] [for]",
        "which|what repositories|repos|permissions|rights do you know|have",
        "which|what repositories|repos|permissions|rights can i ask|request [for]",
        "what is there to ask for",
        "welche repositories|repos|berechtigungen|rechte gibt es",
        "quels dépôts|depots|droits y a-t-il",
        "qué|que repositorios|permisos hay",
        "quali repository|permessi ci sono",
        "que repositórios|permissões há",
    ],
    summary: "which repositories and permissions there are",
    examples: &["repositories", "which repositories are there?"],
    audience: Audience::Everybody,
    decides: false,
    by_any_name: false,
    takes_partial: false,
    run: |chat, context, said| Box::pin(run(chat, context, said)),
};

async fn run(chat: &Chat, context: &Context, _said: &Said) -> Result<Vec<Card>, Failure> {
    let found = chat.repositories(context, NAMED + 1).await;
    Ok(vec![card(found.as_deref())])
}

/// What there is; `found`: the first repositories, where the forge can be asked.
fn card(found: Option<&[String]>) -> Card {
    let repositories = match found {
        None => words::REPOSITORIES_UNKNOWN.to_owned(),
        Some([]) => words::NO_REPOSITORIES.to_owned(),
        Some(names) => {
            let named: Vec<_> = names.iter().take(NAMED).map(|name| plain(name)).collect();
            words::repositories(&named, names.len() > NAMED)
        }
    };
    Draft::new(Tone::Neutral, words::WHAT_THERE_IS)
        .line(&repositories)
        .line(&words::permissions(&list(&Permission::ALL)))
        .line(words::ask_like_this())
        .card()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(count: usize) -> String {
        let names: Vec<_> = (0..count).map(|number| format!("shop-{number}")).collect();
        card(Some(&names)).text
    }

    #[test]
    fn what_there_is_is_named_and_how_to_ask_for_it() {
        let text = told(2);
        assert!(text.contains("Repositories: shop-0 and shop-1."), "{text}");
        assert!(text.contains("read, write and admin") && text.contains("“access write on "), "{text}");
    }

    #[test]
    fn that_there_are_more_is_said_and_so_is_that_nobody_can_tell() {
        assert!(!told(NAMED).contains("There are more"));
        let more = told(NAMED + 1);
        assert!(more.contains("There are more") && !more.contains(&format!("shop-{NAMED}")), "{more}");
        assert!(card(Some(&[])).text.contains(words::NO_REPOSITORIES));
        assert!(card(None).text.contains(words::REPOSITORIES_UNKNOWN));
    }
}
