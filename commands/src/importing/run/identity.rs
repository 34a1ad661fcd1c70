//! By what a record is known: the same record, the same command, whoever imports it (DEFINITIONS 3).

use cartera_journal::Vault;
use uuid::Uuid;

use crate::importing::profile::Profile;
use crate::importing::record::Record;

/// Namespace of the command ids of imports.
const IMPORTS: Uuid = Uuid::from_u128(0x3b1e_5f0c_7d42_4a86_9c1b_2f60_8e9d_a417);

/// Command id of a record: of its profile, its key, and a keyed hash of its content. A bare hash of personal values could be
/// guessed.
pub(super) fn of_record(vault: &Vault, profile: &Profile, record: &Record) -> Uuid {
    let mut content = String::new();
    for cell in record.rows.iter().flat_map(|row| &row.cells) {
        content.push_str(&cell.as_text());
        content.push('\u{1f}');
    }
    let mut name = [&*profile.source, &profile.name, &record.key, ""]
        .join("\u{1e}")
        .into_bytes();
    name.extend_from_slice(&vault.fingerprint(content.as_bytes()));
    Uuid::new_v5(&IMPORTS, &name)
}

/// A command id made from text: the same text, the same command (UUID version 5).
pub(in crate::importing) fn command_id(parts: &[&str]) -> Uuid {
    Uuid::new_v5(&IMPORTS, parts.join("\u{1e}").as_bytes())
}
