//! The process's pool of threads.

use kerosene_kernels::Pool;
use parking_lot::RwLock;
use std::sync::{Arc, LazyLock};

/// More threads than this do not help the sizes a CPU trains.
const MOST: usize = 16;

static POOL: LazyLock<RwLock<Arc<Pool>>> = LazyLock::new(|| {
    let n = std::thread::available_parallelism().map_or(1, |n| n.get().min(MOST));
    RwLock::new(Arc::new(Pool::new(n)))
});

/// Sets how many threads kernels use, the calling thread included; programs that run keep theirs until the next run.
pub fn set_threads(n: usize) {
    let pool = Arc::new(Pool::new(n.clamp(1, 256)));
    let old = std::mem::replace(&mut *POOL.write(), pool);
    drop(old);
}

/// How many threads kernels use, the calling thread included.
pub fn threads() -> usize {
    POOL.read().threads()
}

pub(crate) fn pool() -> Arc<Pool> {
    POOL.read().clone()
}
