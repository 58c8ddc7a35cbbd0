//! Threads.
//!
//! A kernel hands out numbered tasks; the caller and the workers take them one by one from a counter. Workers spin for a
//! moment before they sleep, because a step of training is a row of kernels a few microseconds apart and waking a sleeping
//! thread costs more than most of them.

use parking_lot::{Condvar, Mutex};
use std::{
    any::Any,
    cell::UnsafeCell,
    hint::spin_loop,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::*},
    },
    thread::{Builder, JoinHandle, yield_now},
    time::{Duration, Instant},
};

/// How long a worker looks for work before it sleeps.
const SPIN: Duration = Duration::from_micros(300);
/// Tasks of one job; the counter has so many bits for them.
const MOST_TASKS: usize = (1 << BITS) - 1;
const BITS: u32 = 20;

type Task<'a> = &'a (dyn Fn(usize) + Sync + 'a);
type Panic = Box<dyn Any + Send>;

/// A pool of threads that share the tasks of one kernel. Its workers start at the first job and end when it is dropped.
pub struct Pool {
    threads: usize,
    shared: Arc<Shared>,
    workers: Mutex<Vec<JoinHandle<()>>>,
    started: AtomicBool,
}

#[repr(align(128))]
struct Line<T>(T);

struct Shared {
    /// generation | number of tasks | next task. One word, so that taking a task proves that its job is the current one.
    ticket: Line<AtomicU64>,
    done: Line<AtomicUsize>,
    /// Written by the owner before the ticket; read only by who has taken a task of this job, which keeps the owner waiting.
    task: UnsafeCell<Option<Task<'static>>>,
    panic: Mutex<Option<Panic>>,
    owned: AtomicBool,
    sleepers: AtomicUsize,
    bed: Mutex<()>,
    bell: Condvar,
    stop: AtomicBool,
}

// SAFETY: `task` is written only by the owner of `owned` while no task of a job is out (see `Pool::publish`).
unsafe impl Sync for Shared {}
// SAFETY: the task behind the reference is `Sync`.
unsafe impl Send for Shared {}

fn tasks_of(ticket: u64) -> usize {
    (ticket >> BITS) as usize & MOST_TASKS
}

fn next_of(ticket: u64) -> usize {
    ticket as usize & MOST_TASKS
}

impl Shared {
    /// Takes tasks until there are none; returns whether it did any.
    fn help(&self) -> bool {
        let mut did = 0;
        let mut ticket = self.ticket.0.load(Acquire);
        while next_of(ticket) < tasks_of(ticket) {
            match self.ticket.0.compare_exchange_weak(ticket, ticket + 1, AcqRel, Acquire) {
                Ok(_) => {
                    self.work(next_of(ticket));
                    did += 1;
                    ticket = self.ticket.0.load(Acquire);
                }
                Err(now) => ticket = now,
            }
        }
        did > 0
    }

    fn work(&self, i: usize) {
        // SAFETY: task `i` of the current job is ours and not yet done, so the owner still waits and `task` is quiet and alive.
        let task = unsafe { (*self.task.get()).expect("a job has a task") };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| task(i))) {
            *self.panic.lock() = Some(panic);
        }
        self.done.0.fetch_add(1, Release);
    }

    fn idle(&self) -> bool {
        let ticket = self.ticket.0.load(SeqCst);
        next_of(ticket) >= tasks_of(ticket) && !self.stop.load(SeqCst)
    }

    fn live(&self) {
        let _quiet = crate::quiet_denormals();
        while !self.stop.load(Relaxed) {
            if self.help() {
                continue;
            }
            let since = Instant::now();
            while self.idle() && since.elapsed() < SPIN {
                for _ in 0..16 {
                    spin_loop();
                }
            }
            if self.idle() {
                self.sleep();
            }
        }
    }

    fn sleep(&self) {
        let mut bed = self.bed.lock();
        self.sleepers.fetch_add(1, SeqCst);
        while self.idle() {
            self.bell.wait(&mut bed);
        }
        self.sleepers.fetch_sub(1, SeqCst);
    }

    fn wake(&self) {
        if self.sleepers.load(SeqCst) > 0 {
            let _bed = self.bed.lock();
            self.bell.notify_all();
        }
    }
}

impl Pool {
    /// A pool of `threads` threads, the caller's included.
    pub fn new(threads: usize) -> Self {
        let shared = Shared {
            ticket: Line(AtomicU64::new(0)),
            done: Line(AtomicUsize::new(0)),
            task: UnsafeCell::new(None),
            panic: Mutex::new(None),
            owned: AtomicBool::new(false),
            sleepers: AtomicUsize::new(0),
            bed: Mutex::new(()),
            bell: Condvar::new(),
            stop: AtomicBool::new(false),
        };
        Self {
            threads: threads.max(1),
            shared: Arc::new(shared),
            workers: Mutex::new(vec![]),
            started: AtomicBool::new(false),
        }
    }

    /// Number of threads, the caller's included.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Runs `task(0..tasks)`, each exactly once, and returns when all are done. Which thread runs which is not fixed; a
    /// result may not depend on it. While another caller uses the pool, and inside a task, the tasks run on the calling thread.
    ///
    /// # Panics
    /// When a task does, after all of them have ended.
    pub fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        if tasks <= 1 || self.threads == 1 || self.shared.owned.swap(true, Acquire) {
            (0..tasks).for_each(task);
            return;
        }
        self.start();
        for first in (0..tasks).step_by(MOST_TASKS) {
            self.publish((tasks - first).min(MOST_TASKS), &|i| task(first + i));
        }
        let panic = self.shared.panic.lock().take();
        self.shared.owned.store(false, Release);
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }

    fn publish(&self, tasks: usize, task: Task<'_>) {
        let shared = &*self.shared;
        // SAFETY: only the lifetime changes; this function returns after the last task of this job has ended, and nobody
        // reads `task` without having taken one.
        let task = unsafe { std::mem::transmute::<Task<'_>, Task<'static>>(task) };
        // SAFETY: we own the pool and the job before has ended, so nobody reads the cell.
        unsafe { *shared.task.get() = Some(task) };
        shared.done.0.store(0, Relaxed);
        let generation = (shared.ticket.0.load(Relaxed) >> (2 * BITS)).wrapping_add(1);
        shared.ticket.0.store(generation << (2 * BITS) | (tasks as u64) << BITS, SeqCst);
        shared.wake();
        shared.help();
        let mut spins = 0u32;
        while shared.done.0.load(Acquire) < tasks {
            spins += 1;
            // A worker that was moved off its core needs the core more than we do.
            if spins > 20_000 { yield_now() } else { spin_loop() }
        }
    }

    fn start(&self) {
        if self.started.swap(true, Relaxed) {
            return;
        }
        let mut workers = self.workers.lock();
        for i in 1..self.threads {
            let shared = self.shared.clone();
            // Where the system gives no thread, the caller does the work.
            if let Ok(worker) = Builder::new().name(format!("kerosene-{i}")).spawn(move || shared.live()) {
                workers.push(worker);
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop.store(true, SeqCst);
        self.shared.wake();
        for worker in self.workers.get_mut().drain(..) {
            // A worker catches its tasks' panics; there is nothing to learn from its end.
            let _ = worker.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once() {
        for threads in [1, 2, 3, 8] {
            let pool = Pool::new(threads);
            for tasks in [0, 1, 2, 7, 100, 1000] {
                for _ in 0..50 {
                    let counts: Vec<AtomicUsize> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
                    pool.run(tasks, &|i| {
                        counts[i].fetch_add(1, Relaxed);
                    });
                    assert!(counts.iter().all(|c| c.load(Relaxed) == 1), "{threads} threads, {tasks} tasks");
                }
            }
        }
    }

    #[test]
    fn callers_share_a_pool_and_tasks_may_nest() {
        let pool = Pool::new(3);
        let total = AtomicUsize::new(0);
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| {
                    for _ in 0..2000 {
                        pool.run(5, &|_| {
                            pool.run(2, &|_| {
                                total.fetch_add(1, Relaxed);
                            });
                        });
                    }
                });
            }
        });
        assert_eq!(total.load(Relaxed), 4 * 2000 * 10);
    }

    #[test]
    fn workers_wake_from_sleep() {
        let pool = Pool::new(2);
        for pause in [0, 30, 100, 1000, 5000] {
            std::thread::sleep(Duration::from_micros(pause));
            let sum = AtomicUsize::new(0);
            pool.run(64, &|i| {
                sum.fetch_add(i, Relaxed);
            });
            assert_eq!(sum.load(Relaxed), 2016);
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_lives_on() {
        let pool = Pool::new(2);
        for _ in 0..20 {
            let ran = AtomicUsize::new(0);
            let result = catch_unwind(AssertUnwindSafe(|| {
                pool.run(10, &|i| {
                    ran.fetch_add(1, Relaxed);
                    assert!(i != 3, "three");
                });
            }));
            assert!(result.is_err());
        }
        let ran = AtomicUsize::new(0);
        pool.run(10, &|_| {
            ran.fetch_add(1, Relaxed);
        });
        assert_eq!(ran.load(Relaxed), 10);
    }
}
