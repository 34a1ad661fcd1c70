//! What the whole program does when something is wrong around it.

#![cfg(test)]

mod backup;
mod ending;
mod starting;
