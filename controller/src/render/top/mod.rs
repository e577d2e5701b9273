//! The live view of `top`: from what was seen and decided, and the keys that were pressed, to a
//! frame of the terminal. Pure: the terminal, the clock and AWS are the command's.

mod columns;
mod fleet;
mod frame;
mod header;
mod keys;
mod over;
mod row;
mod rows;
mod text;
mod view;

#[cfg(test)]
mod tests;

pub(crate) use fleet::Fleet;
pub(crate) use keys::Wish;
pub(crate) use view::{Ground, View};
