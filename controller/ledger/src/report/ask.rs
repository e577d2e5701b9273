//! What is asked, of both reports alike.

use jiff::Timestamp;

use super::{By, Plans, PriceOf, Window};

/// What a report is to be about.
pub struct Question<'a> {
    /// When it is asked, UTC.
    pub made_at: Timestamp,
    /// The time that it is about.
    pub window: Window,
    /// What rows are grouped by.
    pub by: By,
    /// Today's price of what had none when it ran; `None` leaves it without.
    pub today: Option<&'a PriceOf<'a>>,
    /// Savings Plans, where something is known of them.
    pub plans: Option<Plans<'a>>,
}
