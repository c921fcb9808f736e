//! Programs that act in their own name: with a token, and without any account.

use countersign::config::Token;
use countersign::demo::Demo;
use countersign_domain::envelope::{ActorKind, Digest};
use countersign_domain::names::PrincipalId;
use countersign_domain::tenant::Role;

use crate::stage::tenant;

/// Programs of these ids, each its own token, administer the demo's tenant as well.
pub fn administering(demo: &mut Demo, ids: &[&str]) {
    let acme = demo.config.tenants.get_mut(&tenant()).expect("the demo's tenant");
    for id in ids {
        let principal: PrincipalId = id.parse().expect("an id");
        let mut robot = acme.people[0].clone();
        (robot.id, robot.kind, robot.name) =
            (principal.clone(), ActorKind::Agent, "Rob the Robot".to_owned());
        (robot.roles, robot.accounts) = ([Role::Admin].into(), [].into());
        acme.people.push(robot);
        acme.tokens.push(Token { sha256: Digest::of(id.as_bytes()), principal });
    }
}
