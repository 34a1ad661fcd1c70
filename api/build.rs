//! Builds anew when files that the program embeds come or go.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    // Cargo reads its instructions from the standard output.
    for folder in ["../migrations", "graphiql/dist"] {
        writeln!(io::stdout(), "cargo::rerun-if-changed={folder}")?;
    }
    Ok(())
}
