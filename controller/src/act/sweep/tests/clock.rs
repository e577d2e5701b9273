//! A clock that goes on by itself when everybody waits for it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::act::sweep::Clock;

/// So often the earliest sleeper is asked in vain before the time moves: whoever is not
/// asleep has done all that can be done now.
const PATIENCE: u32 = 40;

#[derive(Debug, Clone, Default)]
pub(super) struct ScriptedClock(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    now: Cell<Timestamp>,
    next: Cell<u64>,
    sleepers: RefCell<BTreeMap<u64, Timestamp>>,
}

impl Default for Inner {
    fn default() -> Self {
        let now = Cell::new("2026-11-25T12:00:00Z".parse().expect("a time"));
        Self { now, next: Cell::default(), sleepers: RefCell::default() }
    }
}

impl ScriptedClock {
    pub(super) fn forward(&self, by: SignedDuration) {
        self.0.now.set(self.0.now.get() + by);
    }
}

#[async_trait(?Send)]
impl Clock for ScriptedClock {
    fn now(&self) -> Timestamp {
        self.0.now.get()
    }

    async fn sleep(&self, pause: Duration) {
        let id = self.0.next.replace(self.0.next.get() + 1);
        let until = self.now() + SignedDuration::try_from(pause).expect("a short pause");
        self.0.sleepers.borrow_mut().insert(id, until);
        Sleep { clock: self.clone(), id, until, asked: 0 }.await;
    }
}

struct Sleep {
    clock: ScriptedClock,
    id: u64,
    until: Timestamp,
    asked: u32,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let clock = self.clock.clone();
        let is_first = clock.0.sleepers.borrow().values().all(|until| *until >= self.until);
        self.asked += 1;
        if is_first && self.asked > PATIENCE && clock.now() < self.until {
            clock.0.now.set(self.until);
        }
        if clock.now() >= self.until {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.0.sleepers.borrow_mut().remove(&self.id);
    }
}
