//! `top`: looks again and again, and shows what runs until somebody has seen enough.

mod keys;
mod looks;
mod terminal;

use std::io::IsTerminal;
use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use ratatui::crossterm::event::Event;
use thiserror::Error;
use tokio::select;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use self::keys::Keys;
use self::looks::{Eyes, Ground, Looked, Progress};
use self::terminal::Screen;
use super::planning::{policy, store};
use super::prices;
use crate::aws;
use crate::cli::{Global, LEAST_EVERY, Top};
use crate::exit::Exit;
use crate::render::top::{Ground as Seen, View, Wish};

/// A frame is drawn so often while nothing happens: ages go on.
const TICK: Duration = Duration::from_millis(500);

/// Nobody is there to look.
#[derive(Debug, Error)]
#[error("top needs a terminal to draw on and to take keys from; hint: costctl inventory --all")]
pub(super) struct NoTerminal;

pub(super) async fn run(global: &Global, args: &Top) -> Result<Exit> {
    if !(std::io::stdout().is_terminal() && std::io::stdin().is_terminal()) {
        return Err(NoTerminal.into());
    }
    let policy = policy(global, &args.deciding).await?;
    let store = store(global, &args.evidence).await?;
    let prices = prices::known(&args.lists)?;
    let opened = aws::open(global, &args.scopes).await?;
    let view = View::new(Seen { policy: policy.said(), every: args.every, colour: colour() });
    let ground = Ground { global, args, look: args.look(), policy, prices, store };
    let signals = Signals::listen().context("listening to signals")?;
    let screen = Screen::open().context("taking the terminal")?;
    let mut watch = Watch { ground: &ground, eyes: Some(Eyes::new(opened)), look: None, progress: Progress::default() };
    watch.run(view, screen, signals).await.context("watching")
}

/// Colours, unless somebody asked for none: <https://no-color.org>.
fn colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// A look under way.
type Look<'a> = Pin<Box<dyn Future<Output = Looked> + 'a>>;

/// Looks one after another, none beside another.
struct Watch<'a> {
    ground: &'a Ground<'a>,
    /// With the look, while one is under way.
    eyes: Option<Eyes>,
    look: Option<Look<'a>>,
    progress: Progress,
}

impl Watch<'_> {
    /// Draws, takes keys and looks beside each other until somebody wants no more of it.
    async fn run(&mut self, mut view: View, mut screen: Screen, mut signals: Signals) -> Result<Exit> {
        let mut keys = Keys::listen();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut next_at = Timestamp::now();
        let mut wanted = true;
        loop {
            let now = Timestamp::now();
            if self.look.is_none() && (wanted || (now >= next_at && !view.is_paused())) {
                self.begin(std::mem::take(&mut wanted));
                next_at = now + self.ground.args.every;
            }
            if self.look.is_some() {
                view.looking(self.progress.words());
            }
            view.next_look(Some(next_at));
            screen.draw(|frame| view.draw(frame, now)).context("drawing")?;
            select! {
                Looked { eyes, fleet, calls } = under_way(&mut self.look) => {
                    (self.look, self.eyes) = (None, Some(eyes));
                    // One that took longer than its time is not followed at once by the next.
                    next_at = next_at.max(Timestamp::now() + rest());
                    view.seen(fleet, calls, Timestamp::now());
                }
                event = keys.next() => {
                    // Of another size, or else, it is drawn anew in any case.
                    if let Event::Key(key) = event.context("reading keys")? {
                        match view.press(key, Timestamp::now()) {
                            Wish::Quit => return Ok(Exit::Done),
                            Wish::LookNow => wanted = true,
                            Wish::Nothing => {}
                        }
                    }
                }
                () = signals.any() => return Ok(Exit::Done),
                _ = tick.tick() => {}
            }
        }
    }

    /// Begins a look; one that somebody asked for tries also what could not be reached.
    fn begin(&mut self, asked_for: bool) {
        if let Some(eyes) = self.eyes.take() {
            self.progress = Progress::default();
            self.look = Some(Box::pin(looks::look(self.ground, eyes, asked_for, self.progress.clone())));
        }
    }
}

/// The pause after a long look.
fn rest() -> SignedDuration {
    SignedDuration::try_from(LEAST_EVERY).unwrap_or(SignedDuration::from_secs(15))
}

/// The end of the look, where one is under way.
async fn under_way(look: &mut Option<Look<'_>>) -> Looked {
    match look {
        Some(look) => look.await,
        None => std::future::pending().await,
    }
}

/// What asks a process to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one of them.
    async fn any(&mut self) {
        select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}
