//! A client's connection, kept open between requests: as little of HTTP/1.1 as a load generator needs, so that the figures
//! are the service's and not the generator's.

use std::io::{Error, ErrorKind};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// One connection of one client.
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    head: String,
    request: Vec<u8>,
    line: Vec<u8>,
    answer: Vec<u8>,
}

impl Connection {
    /// Connects to `host:port` as the holder of an API key.
    pub(super) async fn open(address: &str, api_key: &str) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {api_key}\r\n\
             Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: "
        );
        Ok(Self {
            stream: BufReader::new(stream),
            head,
            request: Vec::new(),
            line: Vec::new(),
            answer: Vec::new(),
        })
    }

    /// Posts a GraphQL request and reads the whole answer.
    pub(super) async fn post(&mut self, body: &str) -> Result<&[u8], Error> {
        self.request.clear();
        for part in [&self.head, &body.len().to_string(), "\r\n\r\n", body] {
            self.request.extend_from_slice(part.as_bytes());
        }
        self.stream.write_all(&self.request).await?;
        let length = self.read_head().await?;
        self.answer.resize(length, 0);
        self.stream.read_exact(&mut self.answer).await?;
        Ok(&self.answer)
    }

    /// Reads up to the body, whose length it answers.
    async fn read_head(&mut self) -> Result<usize, Error> {
        let mut length = None;
        loop {
            self.line.clear();
            self.stream.read_until(b'\n', &mut self.line).await?;
            let line = self.line.trim_ascii_end();
            if line.is_empty() {
                return length.ok_or(Error::new(ErrorKind::InvalidData, "no Content-Length"));
            }
            let named = str::from_utf8(line)
                .ok()
                .and_then(|line| line.split_once(':'));
            if let Some((name, value)) = named
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok();
            }
        }
    }
}
