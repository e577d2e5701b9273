//! From what was seen of a fleet, and a policy, to a plan. Pure.
//!
//! Nothing is planned yet: this crate holds the place and the rule that no I/O
//! comes below it. The idle rule itself is [`idle_core::judge`].
