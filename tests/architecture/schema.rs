//! The schema file is that of the program.

use super::repository;

#[test]
fn the_schema_file_is_current() {
    let path = repository::root().join("api/schema.graphql");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let printed = cartera::schema::sdl();
    assert!(
        committed == printed,
        "api/schema.graphql is not what the program serves: print it by `cargo run -p cartera -- schema > api/schema.graphql`"
    );
}
