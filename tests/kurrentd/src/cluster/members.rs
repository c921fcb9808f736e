//! Who is in the cluster, who leads, and how far each has come with the log.
use uuid::Uuid;

/// Where clients find a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// What a node takes itself for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It leads.
    Leader,
    /// It follows.
    Follower {
        /// Where the leader is.
        leader: Endpoint,
    },
    /// It knows of no leader.
    Leaderless,
    /// It takes itself for the leader, but the others follow somebody else: it answers reads from an old state and
    /// cannot bring writes to an end.
    Deposed,
}

/// One node.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) endpoint: Endpoint,
    pub(crate) alive: bool,
    pub(crate) instance: Uuid,
    /// How many records of the log it knows; none is all of them.
    pub(crate) known: Option<usize>,
    pub(crate) deposed: bool,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Members {
    pub(crate) leader: Option<usize>,
    pub(crate) nodes: Vec<Member>,
}

impl Members {
    pub(crate) fn new(endpoints: Vec<Endpoint>) -> Self {
        let member = |endpoint| Member {
            endpoint,
            alive: true,
            instance: Uuid::new_v4(),
            known: None,
            deposed: false,
        };
        Self { leader: Some(0), nodes: endpoints.into_iter().map(member).collect() }
    }

    pub(crate) fn role(&self, node: usize) -> Role {
        if self.nodes[node].deposed {
            return Role::Deposed;
        }
        match self.leader {
            None => Role::Leaderless,
            Some(leader) if leader == node => Role::Leader,
            Some(leader) => Role::Follower { leader: self.nodes[leader].endpoint.clone() },
        }
    }

    /// A node is gone.
    pub(crate) fn lose(&mut self, node: usize) {
        self.nodes[node].alive = false;
        self.nodes[node].deposed = false;
        self.leader = self.leader.filter(|leader| *leader != node);
    }

    /// A node is there again and knows everything; it leads if nobody does.
    pub(crate) fn regain(&mut self, node: usize) {
        self.nodes[node].alive = true;
        self.nodes[node].instance = Uuid::new_v4();
        self.nodes[node].known = None;
        self.leader = self.leader.or(Some(node));
    }

    /// Makes the next node after `after` leader that lives and is no deposed one; nobody if there is none.
    pub(crate) fn elect(&mut self, after: usize) -> Option<usize> {
        let count = self.nodes.len();
        let mut candidates = (1..=count).map(|step| (after + step) % count);
        self.leader = candidates.find(|node| self.nodes[*node].alive && !self.nodes[*node].deposed);
        if let Some(leader) = self.leader {
            // whoever leads has all that was committed
            self.nodes[leader].known = None;
        }
        self.leader
    }
}
