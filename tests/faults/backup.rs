//! The page `docs/operations.md`, backup and restore, followed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::ground;

/// Runs a command on a data folder; what it says when it succeeds.
async fn cartera(data: &Path, arguments: &[&str]) -> Result<String, String> {
    ground::cartera(&ground::data_dir(data), arguments).await
}

#[tokio::test]
#[expect(
    clippy::print_stderr,
    reason = "what is left out is said, not passed over"
)]
async fn a_restored_database_is_the_one_that_was_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let file = folder.path().join("cartera.backup");
    let file = file.to_str().unwrap();

    cartera(&first, &["demo"]).await.unwrap();
    let before = cartera(&first, &["audit", "verify"]).await.unwrap();
    let said = match cartera(&first, &["backup", file]).await {
        Err(said) if said.contains("pg_dump was not found: install ") => {
            eprintln!("left out: this PostgreSQL came without pg_dump, as the program says");
            return;
        }
        backed_up => backed_up.unwrap(),
    };
    assert!(
        said.contains("master.key"),
        "it says which key to keep: {said}"
    );
    assert_eq!(
        fs::metadata(file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let again = cartera(&first, &["backup", file]).await.unwrap_err();
    assert!(again.contains("not written over"), "{again}");

    cartera(&second, &["restore", file]).await.unwrap();
    let without_key = cartera(&second, &["audit", "verify"]).await.unwrap_err();
    assert!(without_key.contains("is gone"), "{without_key}");
    fs::copy(first.join("master.key"), second.join("master.key")).unwrap();
    assert_eq!(
        cartera(&second, &["audit", "verify"]).await.unwrap(),
        before,
        "the same log, to the last hash"
    );
    let verified = cartera(&second, &["projections", "verify"]).await.unwrap();
    assert!(verified.contains("equal"), "{verified}");

    let over = cartera(&second, &["restore", file]).await.unwrap_err();
    assert!(over.contains("the database is not empty"), "{over}");
}

#[tokio::test]
#[expect(
    clippy::print_stderr,
    reason = "what is left out is said, not passed over"
)]
async fn a_file_that_is_no_backup_leaves_the_database_empty() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("notes.txt"));
    fs::write(&file, "no backup").unwrap();
    let said = cartera(&data, &["restore", file.to_str().unwrap()])
        .await
        .unwrap_err();
    if said.contains("pg_restore was not found: install ") {
        eprintln!("left out: this PostgreSQL came without pg_restore, as the program says");
        return;
    }
    assert!(said.starts_with("cartera: pg_restore failed: "), "{said}");
    assert!(!said.trim().contains('\n'), "{said}");
}
