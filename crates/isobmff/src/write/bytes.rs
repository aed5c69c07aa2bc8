//! Boxes into bytes.

/// Bytes that grow.
#[derive(Default)]
pub(super) struct Out {
    bytes: Vec<u8>,
}

impl Out {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn zeros(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, 0);
    }

    pub(super) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(super) fn u16(&mut self, value: u16) {
        self.put(&value.to_be_bytes());
    }

    pub(super) fn i16(&mut self, value: i16) {
        self.put(&value.to_be_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.put(&value.to_be_bytes());
    }

    pub(super) fn i32(&mut self, value: i32) {
        self.put(&value.to_be_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.put(&value.to_be_bytes());
    }

    pub(super) fn i64(&mut self, value: i64) {
        self.put(&value.to_be_bytes());
    }

    /// A count of entries, which are all in memory and never that many.
    pub(super) fn count(&mut self, count: usize) {
        self.u32(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// A string of C: it ends at its first zero.
    pub(super) fn string(&mut self, text: &str) {
        self.put(text.split('\0').next().unwrap_or_default().as_bytes());
        self.u8(0);
    }

    /// In 64 bits if `wide`, else in 32.
    pub(super) fn sized(&mut self, wide: bool, value: u64) {
        if wide {
            self.u64(value);
        } else {
            self.u32(u32::try_from(value).unwrap_or(u32::MAX));
        }
    }

    /// A box [ISO/IEC 14496-12, 4.2.2].
    pub(super) fn boxed(&mut self, kind: [u8; 4], body: impl FnOnce(&mut Self)) {
        let begin = self.len();
        self.u32(0);
        self.put(&kind);
        body(self);
        self.patch(begin, self.len() - begin);
    }

    /// A box with version and flags.
    pub(super) fn full_box(
        &mut self,
        kind: [u8; 4],
        version: u8,
        flags: u32,
        body: impl FnOnce(&mut Self),
    ) {
        self.boxed(kind, |out| {
            out.u32(u32::from(version) << 24 | flags);
            body(out);
        });
    }

    /// Puts a number of 32 bits in the place of the one at `at`.
    pub(super) fn patch(&mut self, at: usize, value: usize) {
        let value = u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes();
        if let Some(place) = self.bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&value);
        }
    }

    /// Adds to each of the numbers that lie one behind the other from `at` on, in 64 bits each if
    /// `wide`, else in 32.
    pub(super) fn add_to_all(&mut self, at: usize, count: usize, wide: bool, add: u64) {
        let Some(places) = self.bytes.get_mut(at..) else { return };
        if wide {
            for place in places.as_chunks_mut::<8>().0.iter_mut().take(count) {
                *place = u64::from_be_bytes(*place).saturating_add(add).to_be_bytes();
            }
        } else {
            let add = u32::try_from(add).unwrap_or(u32::MAX);
            for place in places.as_chunks_mut::<4>().0.iter_mut().take(count) {
                *place = u32::from_be_bytes(*place).saturating_add(add).to_be_bytes();
            }
        }
    }
}

/// The header of the `mdat` box for so many bytes of media.
pub(super) fn mdat(out: &mut Out, media: u64) {
    if mdat_len(media) == 16 {
        out.u32(1);
        out.put(b"mdat");
        out.u64(media.saturating_add(16));
    } else {
        out.sized(false, media + 8);
        out.put(b"mdat");
    }
}

/// The length of that header.
pub(super) fn mdat_len(media: u64) -> usize {
    if media > u64::from(u32::MAX) - 8 { 16 } else { 8 }
}
