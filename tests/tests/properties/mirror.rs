//! Whatever is said about one request, where and in which order, and however often it is delivered: there is one outcome.

use countersign_domain::ports::{Act, Identity};
use countersign_tests::stage::Stage;
use proptest::prelude::*;

use crate::support::{fresh, on};

const EMPLOYEE: &str = "demo-employee";
const PEOPLE: [&str; 4] = ["demo-employee", "demo-approver", "demo-approver2", "demo-admin"];

/// What somebody says about the request.
#[derive(Debug, Clone, Copy)]
enum Decision {
    Approve,
    Deny,
    Withdraw,
}

/// One decision: whose, on which of their surfaces (the last one is the page), and how often it is delivered.
#[derive(Debug, Clone)]
struct Said {
    who: usize,
    surface: usize,
    decision: Decision,
    copies: usize,
}

fn said() -> impl Strategy<Value = Said> {
    let decision = prop_oneof![
        4 => Just(Decision::Approve),
        2 => Just(Decision::Deny),
        1 => Just(Decision::Withdraw),
    ];
    (0..PEOPLE.len(), 0_usize..4, decision, 1_usize..4).prop_map(|(who, surface, decision, copies)| Said {
        who,
        surface,
        decision,
        copies,
    })
}

/// A stage whose people chat, and their accounts.
async fn chatting() -> (Stage, Vec<Vec<Identity>>) {
    let stage = Stage::with_chats().await;
    let mut accounts = Vec::new();
    for id in PEOPLE {
        accounts.push(stage.accounts(id).await);
    }
    assert!(accounts.iter().all(|own| !own.is_empty()), "everybody chats somewhere");
    (stage, accounts)
}

async fn deliver(stage: &Stage, accounts: &[Vec<Identity>], said: &Said, code: &str, name: &str) {
    let sentence = match said.decision {
        Decision::Approve => format!("approve {code}"),
        Decision::Deny => format!("deny without a reason {code}"),
        Decision::Withdraw => format!("withdraw {code}"),
    };
    match accounts[said.who].get(said.surface) {
        Some(identity) => {
            stage.hears(identity, name, Act::Said(sentence)).await;
        }
        None => {
            stage.says_without_waiting(PEOPLE[said.who], &sentence).await;
        }
    }
}

#[test]
fn mirror_any_interleaving_of_decisions_from_all_surfaces_has_one_outcome() {
    on(chatting, proptest::collection::vec(said(), 1..6), async |(stage, accounts), decisions| {
        let card = stage.says(EMPLOYEE, "access admin on infra for 1 hour ticket OPS-18").await;
        let code = card.code.expect("a request's card").to_string();
        let all = decisions
            .iter()
            .enumerate()
            .flat_map(|(place, said)| std::iter::repeat_n((said, format!("{code} {place}")), said.copies));
        let deliveries = all.map(|(said, name)| {
            let code = &code;
            async move { deliver(stage, accounts, said, code, &name).await }
        });
        futures::future::join_all(deliveries).await;
        stage.settle().await;
        let history = stage.history(&code).await;
        let count = |kind: &str| history.iter().filter(|own| *own == kind).count();
        let outcomes = count("access_approved") + count("access_denied") + count("access_withdrawn");
        prop_assert!(outcomes <= 1, "{history:#?}");
        prop_assert!(count("access_countersigned") <= 2, "{history:#?}");
        prop_assert_eq!(count("access_approved"), count("access_granted"), "{:#?}", history);
        if count("access_approved") == 1 {
            stage.says("demo-admin", &format!("revoke {code}")).await;
        }
        Ok(())
    });
}

#[test]
fn mirror_the_same_deliveries_in_any_order_and_number_change_nothing_more() {
    // Which of so many deliveries come again, and in which order.
    let again = proptest::collection::vec(0_usize..4, 0..12);
    on(chatting, (again, 0_usize..8), async |(stage, accounts), (again, which)| {
        let identity = &accounts[0][which % accounts[0].len()];
        let sentences =
            ["access read on web-shop for 1 hour", "my access", "access owner on nothing", "help"];
        let case = fresh();
        let name = |place: usize| format!("{case} {place}");
        for (place, sentence) in sentences.iter().enumerate() {
            stage.hears(identity, &name(place), Act::Said((*sentence).to_owned())).await;
        }
        stage.settle().await;
        let before = stage.bot.world.store.head().await.expect("a head");
        for place in again {
            stage.hears(identity, &name(place), Act::Said(sentences[place].to_owned())).await;
        }
        stage.settle().await;
        let after = stage.bot.world.store.head().await.expect("a head");
        prop_assert_eq!(before, after, "a delivery that came again left something behind");
        Ok(())
    });
}
