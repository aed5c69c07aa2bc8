//! ISO base media files (MP4, MOV, 3GP, CMAF): read into an index, and written.
//!
//! This room knows boxes [ISO/IEC 14496-12]. It does not know playlists, where bytes come from, or
//! what is inside coded media but for what `bitstream` tells of it.

pub mod read;
pub mod write;
