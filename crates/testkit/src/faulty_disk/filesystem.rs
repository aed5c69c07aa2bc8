//! The disk as the kernel sees it: one folder, its files, and what happens when they are read.

use std::{
    ffi::OsStr,
    sync::Arc,
    thread,
    time::{Duration, SystemTime},
};

use fuser::{
    Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo, LockOwner,
    OpenFlags, ReplyAttr, ReplyData, ReplyDirectory, ReplyEntry, ReplyOpen, Request,
};

use super::FaultyFile;

/// How long the kernel may believe what it was told: the files do not change.
const TTL: Duration = Duration::from_mins(1);

/// The number of the first file; the root has 1.
const FIRST: u64 = 2;

pub(super) struct Disk {
    files: Arc<[FaultyFile]>,
    mounted: SystemTime,
}

impl Disk {
    pub(super) fn new(files: Arc<[FaultyFile]>) -> Self {
        Self { files, mounted: SystemTime::now() }
    }

    fn index(&self, ino: INodeNo) -> Option<usize> {
        let index = usize::try_from(ino.0.checked_sub(FIRST)?).ok()?;
        (index < self.files.len()).then_some(index)
    }

    fn attr(&self, ino: INodeNo) -> Option<FileAttr> {
        let (size, kind, perm) = if ino == INodeNo::ROOT {
            (0, FileType::Directory, 0o555)
        } else {
            (self.files[self.index(ino)?].size, FileType::RegularFile, 0o444)
        };
        Some(FileAttr {
            ino,
            size,
            blocks: size.div_ceil(512),
            atime: self.mounted,
            mtime: self.mounted,
            ctime: self.mounted,
            crtime: self.mounted,
            kind,
            perm,
            nlink: 1,
            uid: rustix::process::getuid().as_raw(),
            gid: rustix::process::getgid().as_raw(),
            rdev: 0,
            blksize: 4096,
            flags: 0,
        })
    }
}

fn number(index: usize) -> INodeNo {
    INodeNo(FIRST + index as u64)
}

impl Filesystem for Disk {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let named = |file: &FaultyFile| parent == INodeNo::ROOT && name == file.name.as_str();
        let found = self.files.iter().position(named).and_then(|index| self.attr(number(index)));
        match found {
            Some(attr) => reply.entry(&TTL, &attr, Generation(0)),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.attr(ino) {
            Some(attr) => reply.attr(&TTL, &attr),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn open(&self, _: &Request, ino: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        match self.index(ino) {
            Some(index) if self.files[index].open_fails => reply.error(Errno::EIO),
            // Without KEEP_CACHE the kernel forgets the pages at each open: every file is cold.
            Some(_) => reply.opened(FileHandle(0), FopenFlags::empty()),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let Some(index) = self.index(ino) else {
            return reply.error(Errno::ENOENT);
        };
        let file = &self.files[index];
        let range = offset.min(file.size)..(offset + u64::from(size)).min(file.size);
        let fails = file.fails_from.is_some_and(|from| range.end > from);
        let (pattern, delay) = (file.pattern, file.delay);
        file.gate.pass(range.end, move || {
            let answer = move || {
                thread::sleep(delay);
                if fails {
                    reply.error(Errno::EIO);
                } else {
                    reply.data(&pattern.bytes(range));
                }
            };
            // A slow read must not keep the others waiting: the kernel may have many in flight.
            if delay.is_zero() {
                answer();
            } else {
                thread::spawn(answer);
            }
        });
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        if ino != INodeNo::ROOT {
            return reply.error(Errno::ENOTDIR);
        }
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        for (index, file) in self.files.iter().enumerate().skip(skip) {
            let next = index as u64 + 1;
            if reply.add(number(index), next, FileType::RegularFile, &file.name) {
                break;
            }
        }
        reply.ok();
    }
}
