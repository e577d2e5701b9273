//! `costctl-lambda`: each step by itself over a Lambda runtime API, and all of them as the
//! state machine calls them.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "lambda/again.rs"]
mod again;
#[path = "lambda/function.rs"]
mod function;
#[path = "lambda/machine.rs"]
mod machine;
#[path = "lambda/refused.rs"]
mod refused;
#[path = "lambda/steps.rs"]
mod steps;
#[path = "lambda/world.rs"]
mod world;
