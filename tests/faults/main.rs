//! What the whole program does when something is wrong around it.

#![cfg(test)]

mod auditing;
mod away;
mod backup;
mod crash;
mod disk;
mod ending;
mod ground;
mod ledger;
mod load;
mod lost_answers;
mod nodes;
mod old_events;
mod starting;
mod way;
