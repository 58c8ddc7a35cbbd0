//! Storage that outlives programs: weights, optimizer slots, metric states, seeds.

use crate::memory::Memory;
use kerosene_ir::{Error, Result, Spec, VariableId};
use parking_lot::{
    RawRwLock,
    lock_api::{RawRwLock as _, RawRwLockFair as _},
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A tensor in native memory that programs read and assign. Its address never changes.
pub struct Variable {
    id: VariableId,
    spec: Spec,
    bytes: usize,
    lock: RawRwLock,
    memory: Memory,
}

impl Variable {
    /// A variable of a known spec with these bytes, or zeros.
    ///
    /// # Errors
    /// When a dimension is unknown, the size overflows or cannot be had, or the data does not fill the shape.
    pub fn new(spec: Spec, data: Option<&[u8]>) -> Result<Arc<Self>> {
        let bytes = byte_size("Variable", &spec)?;
        let memory = Memory::new(bytes, &format!("A variable of {spec}"))?;
        let id = VariableId(NEXT.fetch_add(1, Ordering::Relaxed));
        let variable = Arc::new(Self { id, spec, bytes, lock: RawRwLock::INIT, memory });
        if let Some(data) = data {
            variable.write(data)?;
        }
        Ok(variable)
    }

    /// The name by which graphs know it; unique in the process.
    pub fn id(&self) -> VariableId {
        self.id
    }

    /// Shape and dtype.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Copies the value out; waits while a program that assigns this variable runs (one batch at most).
    ///
    /// # Errors
    /// When `into` does not have the variable's size.
    pub fn read(&self, into: &mut [u8]) -> Result<()> {
        self.check(into.len())?;
        self.lock(false);
        // SAFETY: the lock keeps writers away; both sides hold `bytes` bytes.
        unsafe { std::ptr::copy_nonoverlapping(self.start(), into.as_mut_ptr(), self.bytes) };
        self.unlock(false);
        Ok(())
    }

    /// Copies a value in; waits while a program that uses this variable runs (one batch at most).
    ///
    /// # Errors
    /// When `from` does not have the variable's size.
    pub fn write(&self, from: &[u8]) -> Result<()> {
        self.check(from.len())?;
        self.lock(true);
        // SAFETY: the lock keeps everybody away; both sides hold `bytes` bytes.
        unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), self.start(), self.bytes) };
        self.unlock(true);
        Ok(())
    }

    fn check(&self, len: usize) -> Result<()> {
        if len == self.bytes {
            return Ok(());
        }
        Err(Error::value(format!("A variable of {} holds {} bytes, but received {len}.", self.spec, self.bytes)))
    }

    pub(crate) fn start(&self) -> *mut u8 {
        self.memory.start()
    }

    pub(crate) fn lock(&self, exclusive: bool) {
        if exclusive { self.lock.lock_exclusive() } else { self.lock.lock_shared() }
    }

    /// Fair, so that a reader on the main thread gets its turn between two batches.
    pub(crate) fn unlock(&self, exclusive: bool) {
        // SAFETY: only called by who locked it the same way.
        unsafe { if exclusive { self.lock.unlock_exclusive_fair() } else { self.lock.unlock_shared_fair() } }
    }
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Variable {} {}", self.id.0, self.spec)
    }
}

/// Bytes of a tensor whose dimensions are all known; an error where they are not, or where the size is absurd.
pub(crate) fn byte_size(who: &str, spec: &Spec) -> Result<usize> {
    spec.dims(who)?;
    spec.len()
        .and_then(|n| n.checked_mul(spec.dtype.size()))
        .filter(|&n| n <= isize::MAX as usize / 2)
        .ok_or_else(|| Error::value(format!("{who}: a tensor of {spec} is larger than any memory.")))
}
