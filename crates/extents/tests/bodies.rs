//! Whatever way a plan goes, the same bytes come out, and a file that fails is said to fail.
#![allow(
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    fs::File,
    io::{Seek as _, Write as _},
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::{Buf as _, Bytes};
use extents::{Body, Extent, Fault, Make, Making, Part, Plan, Record, Wait};
use http_body_util::{BodyExt as _, Empty};
use proptest::prelude::*;
use tokio::runtime::Runtime;

#[derive(Default)]
struct Notes {
    sent: AtomicU64,
    fault: Mutex<Option<String>>,
}

impl Record for Notes {
    fn sent(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    fn failed(&self, fault: &Fault) {
        *self.fault.lock().unwrap() = Some(fault.to_string());
    }
}

/// A file whose bytes tell their place.
fn file(len: usize) -> (Arc<File>, Vec<u8>) {
    let content: Vec<u8> = (0..len).map(|at| ((at * 7 + at / 251) % 256) as u8).collect();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&content).unwrap();
    file.rewind().unwrap();
    (Arc::new(file), content)
}

fn extent(file: &Arc<File>, range: Range<u64>) -> Part {
    Part::Extent(Extent { file: Arc::clone(file), range })
}

/// Makes what it holds, a few bytes at a time; every other piece has to be waited for.
struct Maker(Vec<u8>);

impl Make for Maker {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn make(&self, offset: u64, max: usize, wait: Wait) -> std::io::Result<Bytes> {
        let offset = offset as usize;
        if wait == Wait::Never && (offset / 100).is_multiple_of(2) {
            return Err(std::io::ErrorKind::WouldBlock.into());
        }
        let end = self.0.len().min(offset + max.min(70));
        Ok(Bytes::copy_from_slice(&self.0[offset..end]))
    }
}

#[derive(Clone, Debug)]
enum Kind {
    Bytes(Vec<u8>),
    Made(Vec<u8>),
    File(Range<usize>),
}

/// Plans over one file, with the bytes that they stand for.
fn plans(len: usize) -> impl Strategy<Value = (Plan, Vec<u8>)> {
    let (file, content) = file(len);
    let part = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Kind::Bytes),
        prop::collection::vec(any::<u8>(), 0..900).prop_map(Kind::Made),
        (0..=len, 0..=len).prop_map(|(a, b)| Kind::File(a.min(b)..a.max(b))),
    ];
    prop::collection::vec(part, 0..8).prop_map(move |parts| {
        let mut bytes = Vec::new();
        let plan = Plan::new(parts.into_iter().map(|part| match part {
            Kind::Made(made) => {
                bytes.extend_from_slice(&made);
                let range = 0..made.len() as u64;
                Part::Made(Making { maker: Arc::new(Maker(made)), range })
            }
            Kind::Bytes(generated) => {
                bytes.extend_from_slice(&generated);
                Part::Bytes(generated.into())
            }
            Kind::File(range) => {
                bytes.extend_from_slice(&content[range.clone()]);
                extent(&file, range.start as u64..range.end as u64)
            }
        }));
        (plan, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_plan_that_is_read_gives_its_bytes((plan, bytes) in plans(700_000)) {
        prop_assert_eq!(plan.len(), bytes.len() as u64);
        let read = Runtime::new().unwrap().block_on(async { plan.read().collect().await });
        prop_assert!(read.unwrap().to_bytes() == bytes);
    }

    #[test]
    fn a_stretch_of_a_plan_is_that_stretch_of_its_bytes(
        (plan, bytes) in plans(20_000),
        from in 0..30_000usize,
        to in 0..30_000usize,
    ) {
        let stretch = plan.slice(from as u64..to as u64);
        let read = Runtime::new().unwrap().block_on(async { stretch.read().collect().await });
        let to = to.min(bytes.len());
        prop_assert!(read.unwrap().to_bytes() == bytes[from.min(to)..to]);
    }
}

#[test]
fn a_file_that_shrank_ends_the_body_that_is_read() {
    let (file, _) = file(1000);
    let plan = Plan::new([extent(&file, 0..1000)]);
    file.set_len(400).unwrap();
    let read = Runtime::new().unwrap().block_on(async { plan.read().collect().await });
    assert!(matches!(read.unwrap_err(), Fault::Shrank { end: 400, missing: 600 }));
}

#[test]
fn a_fault_of_a_body_that_is_read_reaches_the_record_through_layers() {
    let (file, _) = file(1000);
    let plan = Plan::new([extent(&file, 0..1000)]);
    file.set_len(400).unwrap();
    let notes = Arc::new(Notes::default());
    let layered = plan.read().map_err(std::io::Error::other);
    let body = Body::other(layered, Arc::clone(&notes) as Arc<dyn Record>);
    let read = Runtime::new().unwrap().block_on(async { body.collect().await });
    assert!(read.is_err());
    let fault = notes.fault.lock().unwrap().clone().unwrap();
    assert!(fault.contains("the file shrank"), "{fault}");
}

#[test]
fn the_length_is_known_before_anything_is_read() {
    let (file, _) = file(10);
    let plan = Plan::new([
        Part::Bytes(Bytes::from_static(b"head")),
        extent(&file, 3..3),
        extent(&file, 2..9),
    ]);
    assert_eq!(plan.len(), 11);
    assert_eq!(plan.parts().len(), 2, "empty parts are left out");
    let body = plan.read();
    assert_eq!(http_body::Body::size_hint(&body).exact(), Some(11));
}

#[cfg(target_os = "linux")]
mod direct {
    use std::{future::poll_fn, io, io::IoSlice, pin::Pin};

    use extents::{DirectSocket, Lane};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWrite as _},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (here, there) =
            tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        (here.unwrap(), there.unwrap().0)
    }

    /// Does what hyper does: takes pieces, writes their slices, advances by what was written.
    async fn send(plan: Plan, socket: TcpStream, notes: Arc<Notes>) -> io::Result<()> {
        let lane = Lane::default();
        let mut socket = DirectSocket::new(socket, lane.clone());
        let mut body: Body<Empty<Bytes>> = Body::direct(plan, lane, notes);
        while let Some(frame) = body.frame().await {
            let mut chunk = frame.unwrap().into_data().ok().unwrap();
            while chunk.has_remaining() {
                let written = poll_fn(|cx| {
                    let slices = [IoSlice::new(chunk.chunk())];
                    Pin::new(&mut socket).poll_write_vectored(cx, &slices)
                })
                .await?;
                chunk.advance(written);
            }
        }
        Ok(())
    }

    fn received(plan: Plan, notes: &Arc<Notes>) -> (io::Result<()>, Vec<u8>) {
        Runtime::new().unwrap().block_on(async {
            let (here, mut there) = pair().await;
            let mut bytes = Vec::new();
            let sending = send(plan, here, Arc::clone(notes));
            let (sent, read) = tokio::join!(sending, there.read_to_end(&mut bytes));
            // A connection that is cut off may end in a reset; the bytes before it count.
            let _ = read;
            (sent, bytes)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_plan_that_is_sent_directly_gives_its_bytes((plan, bytes) in plans(3_000_000)) {
            let notes = Arc::new(Notes::default());
            let (sent, read) = received(plan, &notes);
            sent.unwrap();
            prop_assert!(read == bytes);
            prop_assert_eq!(notes.sent.load(Ordering::Relaxed), bytes.len() as u64);
        }
    }

    #[test]
    fn a_file_that_shrank_is_an_error_that_says_where() {
        let (file, content) = file(1000);
        let plan = Plan::new([extent(&file, 0..1000)]);
        file.set_len(400).unwrap();
        let notes = Arc::new(Notes::default());
        let (sent, read) = received(plan, &notes);
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(read, content[..400]);
        let fault = notes.fault.lock().unwrap().clone().unwrap();
        assert!(fault.contains("ends at byte 400, 600 bytes too early"), "{fault}");
    }

    #[test]
    fn a_file_that_grew_is_sent_to_the_length_announced() {
        let (file, content) = file(1000);
        let plan = Plan::new([extent(&file, 0..1000)]);
        file.set_len(5000).unwrap();
        let (sent, read) = received(plan, &Arc::new(Notes::default()));
        sent.unwrap();
        assert_eq!(read, content);
    }

    /// The stand-in must never reach a client as if it were the file.
    #[test]
    fn a_body_that_somebody_read_is_stopped_before_a_wrong_byte_leaves() {
        let (file, _) = file(1000);
        let notes = Arc::new(Notes::default());
        Runtime::new().unwrap().block_on(async {
            let (here, mut there) = pair().await;
            let lane = Lane::default();
            let mut socket = DirectSocket::new(here, lane.clone());
            let plan = Plan::new([extent(&file, 0..1000)]);
            let mut body: Body<Empty<Bytes>> = Body::direct(plan, lane, notes);
            let mut chunk = body.frame().await.unwrap().unwrap().into_data().ok().unwrap();
            let _stolen = chunk.copy_to_bytes(10);
            let error = poll_fn(|cx| {
                let slices = [IoSlice::new(chunk.chunk())];
                Pin::new(&mut socket).poll_write_vectored(cx, &slices)
            })
            .await
            .unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            drop(socket);
            assert_eq!(there.read(&mut [0; 8]).await.unwrap(), 0);
        });
    }
}
