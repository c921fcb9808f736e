//! The bot: everything that works on one world, started together and stopped together.

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::chat::Chat;
use crate::desk::Desk;
use crate::directory::Directory;
use crate::engine::{Engine, Failure};
use crate::outbox::Outbox;
use crate::reactor::{Checkpoint, Reactor};
use crate::requests::Requests;
use crate::scheduler::Scheduler;
use crate::talk::Talk;
use crate::world::World;

/// A running bot.
pub struct Bot {
    /// What it runs in.
    pub world: World,
    /// The way into the log.
    pub engine: Engine,
    /// People and rules.
    pub directory: Directory,
    /// What people do with requests.
    pub requests: Requests,
    /// What every surface calls.
    pub chat: Chat,
    /// What takes in what comes from chats.
    pub desk: Arc<Desk>,
    /// What performs effects.
    pub outbox: Arc<Outbox>,
    reactor: Arc<Reactor>,
    scheduler: Arc<Scheduler>,
    stop: CancellationToken,
    ended: CancellationToken,
    tasks: Vec<JoinHandle<Result<(), Failure>>>,
    /// Follows the log for as long as anything else runs, which may wait for it.
    folding: Option<JoinHandle<Result<(), Failure>>>,
    stop_folding: CancellationToken,
}

impl Bot {
    /// Starts it: read models first, then what an earlier run left open, then everything at once.
    pub async fn start(world: World, checkpoint: Box<dyn Checkpoint>) -> Result<Self, Failure> {
        let engine = Engine::new(world.clone());
        let directory = Directory::new(Arc::clone(&world.store));
        let requests = Requests::new(world.clone(), engine.clone(), directory.clone());
        let chat = Chat::new(world.clone(), engine.clone(), directory.clone(), requests.clone());
        let outbox = Arc::new(Outbox::new(world.clone(), engine.clone(), directory.clone()));
        let reactor = Arc::new(Reactor::new(
            world.clone(),
            engine.clone(),
            directory.clone(),
            requests.clone(),
            Arc::clone(&outbox),
            Talk::new(world.clone(), directory.clone(), requests.clone(), chat.clone()),
            checkpoint,
        ));
        let desk = Arc::new(Desk::new(
            world.clone(),
            engine.clone(),
            directory.clone(),
            requests.clone(),
            chat.clone(),
            reactor.reached(),
        ));
        let scheduler = Arc::new(Scheduler::new(world.clone(), engine.clone(), Arc::clone(&outbox)));
        let stop = CancellationToken::new();
        let mut bot = Self {
            world,
            engine,
            directory,
            requests,
            chat,
            desk,
            outbox,
            reactor,
            scheduler,
            stop,
            ended: CancellationToken::new(),
            tasks: Vec::new(),
            folding: None,
            stop_folding: CancellationToken::new(),
        };
        bot.run_tasks().await?;
        Ok(bot)
    }

    async fn run_tasks(&mut self) -> Result<(), Failure> {
        let listened = self.desk.last_sign_of_life().await;
        self.world.projections.catch_up().await?;
        let (projections, stop) = (Arc::clone(&self.world.projections), self.stop_folding.clone());
        self.folding = Some(self.spawn(async move { Ok(projections.run(stop).await?) }));
        let resumed = self.outbox.resume()?;
        if resumed > 0 {
            tracing::info!(effects = resumed, "taking up what an earlier run left open");
        }
        let (outbox, stop) = (Arc::clone(&self.outbox), self.stop.clone());
        let outbox = self.spawn(async move {
            outbox.run(stop).await;
            Ok(())
        });
        let (reactor, stop) = (Arc::clone(&self.reactor), self.stop.clone());
        let reactor = self.spawn(async move { reactor.run(stop).await });
        let (scheduler, stop) = (Arc::clone(&self.scheduler), self.stop.clone());
        let scheduler = self.spawn(async move { scheduler.run(stop).await });
        self.tasks = vec![outbox, reactor, scheduler];
        self.listen(listened);
        Ok(())
    }

    /// Lets every surface listen that keeps a connection of its own. `listened`: when the bot surely did so last.
    fn listen(&mut self, listened: Option<jiff::Timestamp>) {
        for (key, vendors) in &*Arc::clone(&self.world.tenants) {
            let (desk, tenant, stop) = (Arc::clone(&self.desk), key.clone(), self.stop.clone());
            if let Some(slack) = vendors.talk.sides.slack.clone() {
                self.tasks.push(self.spawn(async move {
                    Box::pin(slack.listen(desk, tenant, listened, stop.clone())).await;
                    stop.cancelled().await;
                    Ok(())
                }));
            }
            let (desk, tenant, stop) = (Arc::clone(&self.desk), key.clone(), self.stop.clone());
            if let Some(discord) = vendors.talk.sides.discord.clone() {
                self.tasks.push(self.spawn(async move {
                    discord.listen(desk, tenant, listened, stop).await;
                    Ok(())
                }));
            }
        }
    }

    fn spawn(
        &self,
        part: impl Future<Output = Result<(), Failure>> + Send + 'static,
    ) -> JoinHandle<Result<(), Failure>> {
        // Dropped however the part ends, also by a panic.
        let ended = self.ended.clone().drop_guard();
        tokio::spawn(async move {
            let _ended = ended;
            part.await
        })
    }

    /// Returns when everything that can happen at this moment has happened: the log is folded and reacted to, nothing
    /// is being performed, nothing is due. What waits for a later time stays waiting.
    pub async fn settle(&self) -> Result<(), Failure> {
        let mut reached = self.reactor.reached();
        loop {
            let sent = self.scheduler.send_due().await?;
            let head = self.world.store.head().await?;
            if let Some(head) = head {
                self.world.projections.wait_for(head).await?;
            }
            // The sender lives as long as the reactor, which lives as long as `self`.
            let _ = reached.wait_for(|reached| *reached >= head).await;
            self.outbox.idle().await;
            self.desk.silent().await;
            if sent == 0 && self.world.store.head().await? == head {
                return Ok(());
            }
        }
    }

    /// Cancelled when one of its parts has ended: told to stop, or broken. A bot without one of its parts is none.
    pub fn ended(&self) -> CancellationToken {
        self.ended.clone()
    }

    /// What is told to stop when the bot is.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Stops it: what is being performed is finished and recorded, nothing new is begun. The read models are the last
    /// to stop, because what is being performed may have to wait for them. Says whether every part was whole.
    pub async fn stop(self) -> bool {
        self.stop.cancel();
        let mut whole = true;
        for task in self.tasks {
            whole &= is_whole(task).await;
        }
        self.stop_folding.cancel();
        if let Some(folding) = self.folding {
            whole &= is_whole(folding).await;
        }
        whole
    }
}

async fn is_whole(task: JoinHandle<Result<(), Failure>>) -> bool {
    match task.await {
        Ok(Ok(())) => return true,
        Ok(Err(failure)) => tracing::error!("a part of the bot ended with a failure: {failure}"),
        Err(error) => tracing::error!("a part of the bot broke: {error}"),
    }
    false
}
