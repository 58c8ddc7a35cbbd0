//! Work off the JavaScript thread that ends in a promise.
//!
//! A job runs on a thread of its own (libuv's few threads stay free for files), holds the typed arrays it uses, and is stopped
//! and awaited when its environment ends (`process.exit`, `worker.terminate()`), because their memory ends with it.

use crate::{
    bytes::Pin,
    error::{guarded, to_js},
};
use kerosene_ir::{Error, Result};
use napi::{
    Env,
    bindgen_prelude::{Object, ToNapiValue},
    sys,
};
use parking_lot::{Condvar, Mutex};
use std::{
    cell::RefCell,
    ffi::c_void,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

/// A running job, as its environment sees it.
struct Job {
    stop: Arc<AtomicBool>,
    running: Mutex<bool>,
    ended: Condvar,
}

impl Job {
    fn end(&self) {
        *self.running.lock() = false;
        self.ended.notify_all();
    }
}

/// Says that the job has ended even when its thread unwinds.
struct End(Arc<Job>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.end();
    }
}

thread_local! {
    /// Jobs of this thread's environment; `None` until the first one asks to be told of its end.
    static JOBS: RefCell<Option<Vec<Weak<Job>>>> = const { RefCell::new(None) };
}

/// Runs when the environment ends, before its memory does: every job is stopped and awaited, which takes a batch at most.
unsafe extern "C" fn environment_ends(_: *mut c_void) {
    let jobs = JOBS.with(|jobs| jobs.borrow_mut().take()).unwrap_or_default();
    for job in jobs.iter().filter_map(Weak::upgrade) {
        job.stop.store(true, Ordering::Relaxed);
    }
    for job in jobs.iter().filter_map(Weak::upgrade) {
        let mut running = job.running.lock();
        while *running {
            job.ended.wait(&mut running);
        }
    }
}

fn enlist(env: &Env, job: &Arc<Job>) -> napi::Result<()> {
    JOBS.with(|jobs| {
        let mut jobs = jobs.borrow_mut();
        if jobs.is_none() {
            // SAFETY: the hook is a plain function without data, added once an environment.
            let status =
                unsafe { sys::napi_add_env_cleanup_hook(env.raw(), Some(environment_ends), std::ptr::null_mut()) };
            if status != sys::Status::napi_ok {
                return Err(napi::Error::from_reason("InternalError: The environment's end cannot be watched."));
            }
        }
        let jobs = jobs.get_or_insert_default();
        jobs.retain(|j| j.strong_count() > 0);
        jobs.push(Arc::downgrade(job));
        Ok(())
    })
}

/// Runs `work` on a thread and resolves the promise with its result. `work` looks at `stop` between batches.
pub fn spawn<'env, T: ToNapiValue + Send + 'static>(
    env: &'env Env,
    pins: Vec<Pin>,
    stop: Arc<AtomicBool>,
    work: impl FnOnce(&[Pin], &AtomicBool) -> Result<T> + Send + 'static,
) -> napi::Result<Object<'env>> {
    let job = Arc::new(Job { stop, running: Mutex::new(true), ended: Condvar::new() });
    enlist(env, &job)?;
    let (deferred, promise) = env.create_deferred()?;
    let end = End(job.clone());
    let started = std::thread::Builder::new().name("kerosene".into()).spawn(move || {
        let result = guarded(|| work(&pins, &job.stop));
        drop(end);
        deferred.resolve(move |env: Env| {
            for pin in pins {
                pin.release(env.raw());
            }
            result.map_err(to_js)
        });
    });
    match started {
        Ok(_) => Ok(promise),
        Err(e) => Err(to_js(Error::internal(format!("A thread could not be started: {e}.")))),
    }
}
