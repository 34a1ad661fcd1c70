//! One upload: taken in piece by piece, so that it costs the same memory whatever its size.

use std::sync::Arc;

use axum::body::{BodyDataStream, Bytes};
use cartera_commands::CommandBus;
use cartera_commands::files::FileRefusal;
use cartera_commands::files::signature::{HEAD_BYTES, Signature, recognise};
use cartera_domain::ids::UserId;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::settings::FileSettings;
use super::store::{FileAbout, FileKind, FileStore, StoreError, StoredFile};
use crate::error::{ApiError, Code};

/// Bytes of a piece.
const PIECE: usize = 1 << 20;
/// When to try again while others upload.
const LATER: u64 = 5;

/// Takes uploads in.
#[derive(Clone)]
pub struct Uploads {
    store: FileStore,
    bus: CommandBus,
    settings: FileSettings,
    places: Arc<Semaphore>,
}

impl std::fmt::Debug for Uploads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uploads")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Uploads {
    /// Uploads into this store.
    pub fn new(store: FileStore, bus: CommandBus, settings: FileSettings) -> Self {
        let places = Arc::new(Semaphore::new(settings.at_once));
        Self {
            store,
            bus,
            settings,
            places,
        }
    }

    /// Where the files go.
    pub fn store(&self) -> &FileStore {
        &self.store
    }

    /// Takes a body in as a user's file; `announced` is its length as the request says it. What breaks off leaves nothing.
    ///
    /// # Errors
    /// `PAYLOAD_TOO_LARGE` and `QUOTA_EXCEEDED`, at once where the length is announced and otherwise with the first piece too
    /// many; `FILE_EMPTY`, `FILE_NOT_A_TABLE`; `REQUEST_TIMEOUT` for a body that trickles; `RATE_LIMITED` while as many
    /// upload as may; `UNAVAILABLE`.
    pub async fn receive(
        &self,
        owner: UserId,
        name: String,
        announced: Option<u64>,
        body: &mut BodyDataStream,
    ) -> Result<StoredFile, ApiError> {
        let _place = self
            .places
            .try_acquire()
            .map_err(|_none_free| ApiError::rate_limited(LATER))?;
        let announced = announced.unwrap_or_default();
        self.check_size(announced)?;
        self.check_quota(owner, announced).await?;
        let file = self.bus.ids().next_id();
        self.store.begin(file, owner).await.map_err(failed)?;
        let mut unfinished = Unfinished(Some((self.store.clone(), file)));
        let stored = self.take_in(file, owner, name, body).await;
        if stored.is_ok() {
            unfinished.0 = None;
        }
        stored
    }

    async fn take_in(
        &self,
        file: Uuid,
        owner: UserId,
        name: String,
        body: &mut BodyDataStream,
    ) -> Result<StoredFile, ApiError> {
        let mut incoming = Incoming {
            uploads: self,
            file,
            owner,
            hash: Sha256::new(),
            piece: Vec::with_capacity(PIECE),
            number: 0,
            bytes: 0,
            kind: None,
        };
        let end = Instant::now() + self.settings.time;
        while let Some(part) = self.next_part(body, end).await? {
            incoming.add(&part).await?;
        }
        incoming.finish(name).await
    }

    async fn next_part(
        &self,
        body: &mut BodyDataStream,
        end: Instant,
    ) -> Result<Option<Bytes>, ApiError> {
        let until = end.min(Instant::now() + self.settings.pause);
        let part = timeout_at(until, body.next()).await.map_err(|_elapsed| {
            ApiError::new(Code::RequestTimeout, "the file did not arrive in time")
        })?;
        part.transpose()
            .map_err(|_broken| ApiError::bad_request("the body broke off"))
    }

    fn check_size(&self, bytes: u64) -> Result<(), ApiError> {
        let most = self.settings.largest;
        if bytes <= most {
            return Ok(());
        }
        let message = format!("the file is longer than {most} bytes");
        Err(ApiError::new(Code::PayloadTooLarge, message).with("limit", most))
    }

    async fn check_quota(&self, owner: UserId, more: u64) -> Result<(), ApiError> {
        let (held, quota) = (
            self.store.held_by(owner).await.map_err(failed)?,
            self.settings.quota,
        );
        if held.saturating_add(more) <= quota {
            return Ok(());
        }
        let message = "your files take up all the room that you have: delete some first";
        Err(ApiError::new(Code::QuotaExceeded, message)
            .with("held", held)
            .with("quota", quota))
    }
}

/// A file that is coming in.
struct Incoming<'a> {
    uploads: &'a Uploads,
    file: Uuid,
    owner: UserId,
    hash: Sha256,
    piece: Vec<u8>,
    number: i32,
    bytes: u64,
    kind: Option<FileKind>,
}

impl Incoming<'_> {
    async fn add(&mut self, part: &[u8]) -> Result<(), ApiError> {
        self.bytes += u64::try_from(part.len()).unwrap_or(u64::MAX);
        self.uploads.check_size(self.bytes)?;
        let mut rest = part;
        while !rest.is_empty() {
            let room = PIECE.saturating_sub(self.piece.len());
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.piece.extend_from_slice(now);
            rest = later;
            if self.piece.len() >= PIECE {
                self.store_piece().await?;
            }
        }
        Ok(())
    }

    /// Hashing and sealing take the processor's time, so they happen apart from the threads that answer requests.
    async fn store_piece(&mut self) -> Result<(), ApiError> {
        if self.kind.is_none() {
            self.kind = Some(kind_of(&self.piece)?);
        }
        let length = self.piece.len();
        let more = u64::try_from(length).unwrap_or(u64::MAX);
        self.uploads.check_quota(self.owner, more).await?;
        let (store, file, number) = (self.uploads.store.clone(), self.file, self.number);
        let (mut hash, piece) = (
            std::mem::take(&mut self.hash),
            std::mem::take(&mut self.piece),
        );
        let sealing = tokio::task::spawn_blocking(move || {
            hash.update(&piece);
            let sealed = store.seal(file, number, &piece);
            (hash, piece, sealed)
        });
        let (hash, piece, sealed) = sealing.await.map_err(ApiError::internal)?;
        (self.hash, self.piece) = (hash, piece);
        self.piece.clear();
        self.number += 1;
        let bytes = i64::try_from(length).unwrap_or(i64::MAX);
        let sealed = sealed.map_err(failed)?;
        let put = self.uploads.store.put(file, number, bytes, &sealed);
        put.await.map_err(failed)
    }

    async fn finish(mut self, name: String) -> Result<StoredFile, ApiError> {
        if !self.piece.is_empty() {
            self.store_piece().await?;
        }
        let Some(kind) = self.kind else {
            return Err(not_a_table(&FileRefusal::FileEmpty));
        };
        let about = FileAbout {
            name,
            sha256: hex(&self.hash.finalize()),
            kind,
        };
        let completed = self.uploads.store.complete(self.file, self.owner, &about);
        completed.await.map_err(failed)
    }
}

/// Deletes what was begun and not finished: also when the client leaves and the request is dropped where it stands.
struct Unfinished(Option<(FileStore, Uuid)>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some((store, file)) = self.0.take() {
            tokio::spawn(discard(store, file));
        }
    }
}

async fn discard(store: FileStore, file: Uuid) {
    if let Err(error) = store.discard(file).await {
        tracing::warn!(%error, "an upload that broke off is left to the next sweep");
    }
}

fn kind_of(beginning: &[u8]) -> Result<FileKind, ApiError> {
    let head = beginning.get(..HEAD_BYTES).unwrap_or(beginning);
    match recognise(head) {
        Ok(Signature::Text) => Ok(FileKind::Text),
        Ok(Signature::Archive | Signature::CompoundFile) => Ok(FileKind::Workbook),
        Err(refusal) => Err(not_a_table(&refusal)),
    }
}

fn not_a_table(refusal: &FileRefusal) -> ApiError {
    let code = if *refusal == FileRefusal::FileEmpty {
        Code::FileEmpty
    } else {
        Code::FileNotATable
    };
    ApiError::new(code, refusal.to_string())
}

fn failed(error: StoreError) -> ApiError {
    match error {
        StoreError::Database(_) | StoreError::Gone => ApiError::unavailable(error),
        StoreError::Vault(_) | StoreError::Unreadable(_) => ApiError::internal(error),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
