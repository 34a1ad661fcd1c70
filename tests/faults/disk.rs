//! The disk is full.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ground::{Company, is_alive, until};
use crate::ledger;
use crate::load::{Load, Seller};

/// A file system of its own for the data folder, in memory; gone with this value.
struct Disk(PathBuf);

impl Disk {
    /// Mounts one of this size; nothing where the system does not let us.
    fn mount(folder: &Path) -> Option<Self> {
        let options = "size=1g,mode=711";
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "cartera-test"])
            .arg(folder)
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then(|| Self(folder.to_owned()))
    }

    /// Takes all the room that is left; gives it back when the file is removed.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = fs::File::create(&path).unwrap();
        for block in [1 << 20, 4_096, 1] {
            while file.write_all(&vec![0; block]).is_ok() {}
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

#[tokio::test]
#[expect(
    clippy::print_stderr,
    reason = "what is left out is said, not passed over"
)]
async fn a_full_disk_stops_commands_and_loses_none() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path()) else {
        eprintln!("left out: only root may mount the small disk that this test fills");
        return;
    };
    let company = Company::private(&folder.path().join("data")).await;
    let mut program = company.serve().await;
    let seller = Seller::new(vec![program.url.clone()], &company.key);
    let begun = ledger::end(&mut company.connection().await).await;
    let mut load = Load::begin(&seller, 4).await;
    load.until_further(12).await;

    let filler = disk.fill();
    let before = seller.put_off();
    let refused = async || seller.put_off() > before + 8;
    until(refused, "commands are answered with: later").await;
    assert!(is_alive(&program).await, "the process lives on");
    fs::remove_file(filler).unwrap();
    load.until_further(24).await;
    let acknowledged = load.end().await;
    ledger::holds(&mut company.connection().await, begun, &acknowledged).await;
    program.signal("-TERM");
    assert!(program.wait().0.success());
    company.is_faithful().await;
}
