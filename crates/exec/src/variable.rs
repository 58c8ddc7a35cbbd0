//! Storage that outlives programs: weights, optimizer slots, metric states, seeds.

use crate::{candle::Tensor, memory::Memory};
use kerosene_ir::{Error, Literal, Result, Spec, VariableId};
use kerosene_plan::VariableUse;
use parking_lot::{
    Mutex, RawRwLock,
    lock_api::{RawRwLock as _, RawRwLockFair as _},
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A tensor in native memory that programs read and assign. Its address never changes. A device may hold a copy, or the only
/// current value until somebody wants it here.
pub struct Variable {
    id: VariableId,
    spec: Spec,
    bytes: usize,
    lock: RawRwLock,
    /// How often it was written.
    version: AtomicU64,
    memory: Memory,
    /// One of [`HERE`], [`BOTH`], [`AWAY`].
    place: AtomicU8,
    copy: Mutex<Option<Tensor>>,
}

/// The value is in the memory only.
const HERE: u8 = 0;
/// The value is in the memory and on a device.
const BOTH: u8 = 1;
/// The value is on a device; the memory is out of date.
const AWAY: u8 = 2;

impl Variable {
    /// A variable of a known spec with these bytes, or zeros.
    ///
    /// # Errors
    /// When a dimension is unknown, the size overflows or cannot be had, or the data does not fill the shape.
    pub fn new(spec: Spec, data: Option<&[u8]>) -> Result<Arc<Self>> {
        let bytes = byte_size("Variable", &spec)?;
        let memory = Memory::new(bytes, &format!("A variable of {spec}"))?;
        let id = VariableId(NEXT.fetch_add(1, Ordering::Relaxed));
        let variable = Arc::new(Self {
            id,
            spec,
            bytes,
            lock: RawRwLock::INIT,
            version: AtomicU64::new(0),
            memory,
            place: AtomicU8::new(HERE),
            copy: Mutex::new(None),
        });
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

    /// A number that is another one after every write: as long as it stays, so does the value.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Copies the value out; waits while a program that assigns this variable runs (one batch at most).
    ///
    /// # Errors
    /// When `into` does not have the variable's size.
    pub fn read(&self, into: &mut [u8]) -> Result<()> {
        self.check(into.len())?;
        self.lock(false);
        let here = self.come_home(false);
        if here.is_ok() {
            // SAFETY: the lock keeps writers away; both sides hold `bytes` bytes.
            unsafe { std::ptr::copy_nonoverlapping(self.start(), into.as_mut_ptr(), self.bytes) };
        }
        self.unlock(false);
        here
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
        self.forget_copy();
        self.unlock(true);
        Ok(())
    }

    /// Lets `fill` write the new value where it lies, so that it needs no memory elsewhere; waits as [`Variable::write`]. If it
    /// fails, what it has written stays.
    ///
    /// # Errors
    /// Those of `fill`.
    pub fn write_with<E>(
        &self,
        fill: impl FnOnce(&mut [u8]) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.lock(true);
        let unlock = Unlock(self);
        self.forget_copy();
        // SAFETY: the lock keeps everybody away; the memory is `bytes` bytes, all of them written when it was made.
        let filled = fill(unsafe { std::slice::from_raw_parts_mut(self.start(), self.bytes) });
        drop(unlock);
        filled
    }

    /// Brings the current value into the memory; where it is to be `written` there, a device's copy is forgotten. For who
    /// holds the lock.
    pub(crate) fn come_home(&self, written: bool) -> Result<()> {
        if self.place.load(Ordering::Acquire) == HERE {
            return Ok(());
        }
        let mut copy = self.copy.lock();
        if self.place.load(Ordering::Acquire) == AWAY {
            let tensor = copy.as_ref().ok_or_else(|| Error::internal(format!("{self:?} is nowhere.")))?;
            let value = tensor.fetched()?;
            // SAFETY: readers come through this lock first, writers are kept away by the other one; the sizes are the same.
            unsafe { std::ptr::copy_nonoverlapping(value.bytes().as_ptr(), self.start(), self.bytes) };
            self.place.store(BOTH, Ordering::Release);
        }
        if written {
            *copy = None;
            self.place.store(HERE, Ordering::Release);
        }
        Ok(())
    }

    /// The value as a tensor where programs of this device want it. For who holds the lock.
    pub(crate) fn on(&self, device: &candle_core::Device) -> Result<Tensor> {
        if let Some(tensor) = self.copy.lock().as_ref().filter(|t| t.is_settled(device)) {
            return Ok(tensor.clone());
        }
        self.come_home(false)?;
        // SAFETY: the memory holds so many bytes, and the lock keeps writers away.
        let bytes = unsafe { std::slice::from_raw_parts(self.start().cast_const(), self.bytes) };
        let dims = self.spec.dims("A variable")?;
        let value = match self.spec.dtype.is_float().then(|| Tensor::sent(self.spec.dtype, &dims, bytes, device)) {
            Some(sent) => sent?.ok_or_else(|| Error::internal("candle has every floating dtype."))?,
            None => Tensor::from(Literal::new(self.spec.dtype, &dims, bytes)?),
        };
        *self.copy.lock() = Some(value.clone());
        self.place.store(BOTH, Ordering::Release);
        Ok(value)
    }

    /// Takes a device's tensor as the value. For who holds the lock exclusively.
    pub(crate) fn take(&self, value: Tensor) {
        *self.copy.lock() = Some(value);
        self.place.store(AWAY, Ordering::Release);
    }

    fn forget_copy(&self) {
        if self.place.load(Ordering::Acquire) != HERE {
            *self.copy.lock() = None;
            self.place.store(HERE, Ordering::Release);
        }
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
        if exclusive {
            self.version.fetch_add(1, Ordering::Release);
        }
        // SAFETY: only called by who locked it the same way.
        unsafe { if exclusive { self.lock.unlock_exclusive_fair() } else { self.lock.unlock_shared_fair() } }
    }
}

/// Gives an exclusive lock back even when a panic passes.
struct Unlock<'a>(&'a Variable);

impl Drop for Unlock<'_> {
    fn drop(&mut self) {
        self.0.unlock(true);
    }
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Variable {} {}", self.id.0, self.spec)
    }
}

/// The variables that a program uses, with whether it writes them.
///
/// # Errors
/// When one is missing or has another spec.
pub(crate) fn used(
    uses: &[VariableUse],
    variables: &HashMap<VariableId, Arc<Variable>>,
) -> Result<Vec<(Arc<Variable>, bool)>> {
    let find = |u: &VariableUse| match variables.get(&u.id) {
        Some(v) if *v.spec() == u.spec => Ok((v.clone(), u.assigned)),
        Some(v) => Err(Error::internal(format!("{v:?} is used as {}.", u.spec))),
        None => Err(Error::internal(format!("Variable {} is missing.", u.id.0))),
    };
    uses.iter().map(find).collect()
}

/// Holds the locks of a run's variables. They are always taken in the order of the ids, so two programs cannot wait for each
/// other in a circle.
pub(crate) struct Locks<'a>(&'a [(Arc<Variable>, bool)]);

impl<'a> Locks<'a> {
    pub fn new(variables: &'a [(Arc<Variable>, bool)]) -> Self {
        variables.iter().for_each(|(v, written)| v.lock(*written));
        Self(variables)
    }
}

impl Drop for Locks<'_> {
    fn drop(&mut self) {
        self.0.iter().for_each(|(v, written)| v.unlock(*written));
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
