//! A command to what exists takes the version that its sender saw (RELIABILITY 3).

use cartera_tests::sdl::Sdl;

const SCHEMA: &str = include_str!("../../api/schema.graphql");

/// Commands without `expectedVersion`, and why.
const WITHOUT: [(&str, &str); 11] = [
    (
        "AddChannelInput",
        "adds a new entry; two at once do not meet",
    ),
    (
        "AddReasonInput",
        "adds a new entry; two at once do not meet",
    ),
    ("CreatePipelineInput", "makes something new"),
    ("FormTeamInput", "adds a new team; two at once do not meet"),
    ("OpenOpportunityInput", "makes something new"),
    ("RegisterClientInput", "makes something new"),
    ("RegisterLeadInput", "makes something new"),
    ("RegisterProductInput", "makes something new"),
    ("RegisterUserInput", "makes something new"),
    ("SetUpCompanyInput", "makes something new"),
    ("StartImportInput", "makes something new"),
];

#[test]
fn every_command_takes_the_version_that_was_seen_or_says_why_not() {
    let sdl = Sdl::of(SCHEMA);
    let inputs = SCHEMA
        .lines()
        .filter_map(|line| line.strip_prefix("input ")?.strip_suffix("Input {"))
        .map(|name| format!("{name}Input"));
    let mut commands = 0;
    for input in inputs {
        let names: Vec<&str> = sdl
            .fields(&input)
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        if names.contains(&"commandId") {
            commands += 1;
            let excused = WITHOUT
                .iter()
                .any(|(without, _)| *without == input.as_str());
            assert_ne!(
                names.contains(&"expectedVersion"),
                excused,
                "{input} takes `expectedVersion`, or stands in WITHOUT with a reason, and not both"
            );
        }
    }
    assert!(commands > 40, "the schema is read: {commands} commands");
}
