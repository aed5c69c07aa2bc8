//! The plan written somewhere else than a socket: into a file.

use std::io::{self, Write};

use crate::{Making, Part, Plan, page_cache, plan::Wait};

/// How much is read or made at once.
const BLOCK: u64 = 256 << 10;

impl Plan {
    /// Writes every byte of the plan. Blocks. A file that has shrunk fails with
    /// [`io::ErrorKind::UnexpectedEof`].
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut buffer = Vec::new();
        for part in self.parts() {
            match part {
                Part::Bytes(bytes) => out.write_all(bytes)?,
                Part::Made(making) => write_made(making, out)?,
                Part::Extent(extent) => {
                    let mut at = extent.range.start;
                    while at < extent.range.end {
                        let count = (extent.range.end - at).min(BLOCK);
                        buffer.resize(usize::try_from(count).unwrap_or(0), 0);
                        let read = match page_cache::read_at(&extent.file, &mut buffer, at) {
                            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                            Ok(read) => read,
                            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                            Err(error) => return Err(error),
                        };
                        out.write_all(buffer.get(..read).unwrap_or_default())?;
                        at += read as u64;
                    }
                }
            }
        }
        Ok(())
    }
}

fn write_made(making: &Making, out: &mut dyn Write) -> io::Result<()> {
    let mut at = making.range.start;
    while at < making.range.end {
        let wanted = usize::try_from((making.range.end - at).min(BLOCK)).unwrap_or(0);
        let mut bytes = making.maker.make(at, wanted, Wait::Allowed)?;
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.truncate(usize::try_from(making.range.end - at).unwrap_or(usize::MAX));
        out.write_all(&bytes)?;
        at += bytes.len() as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;
    use crate::{Extent, Make};

    struct Counting;

    impl Make for Counting {
        fn len(&self) -> u64 {
            1_000_000
        }

        fn make(&self, offset: u64, max: usize, _: Wait) -> io::Result<Bytes> {
            Ok((offset..offset + max as u64 + 3).map(|byte| byte.to_le_bytes()[0]).collect())
        }
    }

    #[test]
    fn every_part_is_written_whole_and_in_order() {
        let mut file = tempfile::tempfile().unwrap();
        let content: Vec<u8> = (0..600_000u32).map(|byte| byte.to_le_bytes()[1]).collect();
        file.write_all(&content).unwrap();
        let plan = Plan::new([
            Part::Bytes(Bytes::from_static(b"head")),
            Part::Extent(Extent { file: Arc::new(file), range: 5..550_000 }),
            Part::Made(Making { maker: Arc::new(Counting), range: 7..700_000 }),
        ]);
        let mut written = Vec::new();
        plan.write_to(&mut written).unwrap();
        let mut expected = b"head".to_vec();
        expected.extend_from_slice(&content[5..550_000]);
        expected.extend((7..700_000u64).map(|byte| byte.to_le_bytes()[0]));
        assert!(written == expected && written.len() as u64 == plan.len());
    }

    #[test]
    fn a_file_that_has_shrunk_is_an_error() {
        let file = Arc::new(tempfile::tempfile().unwrap());
        let plan = Plan::new([Part::Extent(Extent { file, range: 0..10 })]);
        let error = plan.write_to(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
