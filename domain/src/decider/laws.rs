//! What every decider obeys: the form of the aggregates' tests.

use std::collections::BTreeSet;
use std::fmt::Debug;

use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use serde::Serialize;
use strum::VariantNames;

use super::Decider;

/// What comes of a command.
pub(crate) type Verdict<D> = Result<Vec<<D as Decider>::Event>, <D as Decider>::Error>;

/// A decider with its aggregate, as `event_sourced!` joins them.
pub(crate) trait Tested:
    Decider<Command: VariantNames + Debug>
    + Debug
    + PartialEq
    + Aggregate<
        Command = <Self as Decider>::Command,
        Event = <Self as Decider>::Event,
        Error = <Self as Decider>::Error,
        Services = (),
    >
{
}

impl<D> Tested for D where
    D: Decider<Command: VariantNames + Debug>
        + Debug
        + PartialEq
        + Aggregate<
            Command = <D as Decider>::Command,
            Event = <D as Decider>::Event,
            Error = <D as Decider>::Error,
            Services = (),
        >
{
}

/// Given these events, each command when said has that verdict; every command there is must be in the table.
/// What was accepted is said again: it may be refused then, but must not happen twice.
#[track_caller]
pub(crate) fn decides<D: Tested>(
    given: &[<D as Decider>::Event],
    table: Vec<(<D as Decider>::Command, Verdict<D>)>,
) {
    let mut missing: BTreeSet<&str> = <D as Decider>::Command::VARIANTS.iter().copied().collect();
    for (command, verdict) in table {
        let name = name_of(&command);
        let found = when::<D>(given, command.clone());
        assert_eq!(found, verdict, "{name}");
        if let Ok(events) = found {
            let again = when::<D>(&[given, &events].concat(), command);
            assert!(says_nothing_new::<D>(&again), "{name} again: {again:?}");
        }
        missing.remove(name.as_str());
    }
    assert!(missing.is_empty(), "say what comes of {missing:?}");
}

/// A stream of these commands, said one after the other: tells what happened and where it ended.
///
/// What was accepted does not happen twice; the log read again gives the same state; the state survives its stored form;
/// events in an order that no decider allows, and decisions on top of them, do not panic.
#[track_caller]
pub(crate) fn lives<D: Tested>(
    commands: &[<D as Decider>::Command],
) -> (Vec<<D as Decider>::Event>, D) {
    let mut state = D::default();
    let mut log = vec![];
    for command in commands {
        let Ok(events) = state.decide(command.clone()) else {
            continue;
        };
        evolve(&mut state, &events);
        log.extend(events);
        let again = state.decide(command.clone());
        assert!(
            says_nothing_new::<D>(&again),
            "{command:?} again: {again:?}"
        );
    }
    let mut replayed = D::default();
    evolve(&mut replayed, &log);
    assert_eq!(replayed, state);
    let stored = serde_json::to_value(&state).unwrap();
    assert_eq!(serde_json::from_value::<D>(stored).unwrap(), state);
    disorder::<D>(commands, &log);
    (log, state)
}

fn disorder<D: Tested>(commands: &[<D as Decider>::Command], log: &[<D as Decider>::Event]) {
    let mut state = D::default();
    for event in log.iter().rev().chain(log) {
        evolve(&mut state, std::slice::from_ref(event));
    }
    for command in commands {
        if let Ok(events) = state.decide(command.clone()) {
            evolve(&mut state, &events);
        }
    }
}

fn when<D: Tested>(
    given: &[<D as Decider>::Event],
    command: <D as Decider>::Command,
) -> Verdict<D> {
    TestFramework::<D>::with(())
        .given(given.to_vec())
        .when(command)
        .inspect_result()
}

fn evolve<D: Decider>(state: &mut D, events: &[D::Event]) {
    for event in events {
        Decider::evolve(state, event.clone());
    }
}

fn says_nothing_new<D: Decider>(verdict: &Verdict<D>) -> bool {
    verdict.as_ref().map_or(true, Vec::is_empty)
}

fn name_of(command: &impl Serialize) -> String {
    let command = serde_json::to_value(command).unwrap();
    let name = command
        .as_object()
        .map(|fields| fields.keys().next().unwrap().as_str());
    name.or(command.as_str()).unwrap().to_owned()
}
