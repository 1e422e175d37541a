// The workloads of curfew_bench on tokio, on its single-threaded runtime. Prints one JSON object of
// the same row names; times are CPU time of the process, as there.

use std::alloc::{GlobalAlloc, Layout, System};
use std::future::{pending, Future};
use std::rc::Rc;
use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::{spawn_local, yield_now, JoinHandle, LocalSet};
use tokio::time::{sleep, timeout};

const LIMIT: Duration = Duration::from_secs(10);
const LONG: Duration = Duration::from_secs(7200);
const MANY: usize = 100_000;

struct Counting;
static LIVE: AtomicIsize = AtomicIsize::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size() as isize, Relaxed);
        System.alloc(layout)
    }
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size() as isize, Relaxed);
        System.dealloc(memory, layout)
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}
extern "C" {
    fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
}

/// Nanoseconds of CPU time that the process has used.
fn cpu() -> f64 {
    let mut now = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(2, &mut now) };
    now.seconds as f64 * 1e9 + now.nanoseconds as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(|a, b| a.total_cmp(b));
    values[values.len() / 2]
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

/// Runs a future on a fresh runtime on which tasks need not be Send.
fn run<T>(body: impl Future<Output = T>) -> T {
    LocalSet::new().block_on(&runtime(), body)
}

async fn join(tasks: Vec<JoinHandle<()>>) {
    for task in tasks {
        task.await.unwrap();
    }
}

/// The median of what one of `count` things took, of five runs.
fn each<F: Future<Output = ()>>(count: usize, body: impl Fn() -> F) -> f64 {
    median(
        (0..5)
            .map(|_| {
                run(async {
                    let started = cpu();
                    body().await;
                    (cpu() - started) / count as f64
                })
            })
            .collect(),
    )
}

async fn yields(count: usize) {
    for _ in 0..count {
        yield_now().await;
    }
}

async fn limited_yields(count: usize) {
    for _ in 0..count {
        timeout(LIMIT, yield_now()).await.unwrap();
    }
}

fn in_tasks<F: Future<Output = ()> + 'static>(tasks: usize, body: fn(usize) -> F) -> f64 {
    const OPERATIONS: usize = 200_000;
    each(OPERATIONS, || join((0..tasks).map(|_| spawn_local(body(OPERATIONS / tasks))).collect()))
}

fn delay(index: usize) -> Duration {
    Duration::from_millis(1 + index as u64 % 100)
}

fn many<F: Future<Output = ()> + 'static>(body: fn(Duration) -> F) -> f64 {
    each(MANY, || join((0..MANY).map(|index| spawn_local(body(delay(index)))).collect()))
}

async fn expire(delay: Duration) {
    let _ = timeout(delay, pending::<()>()).await;
}

async fn children() {
    const CHILDREN: usize = 1_000;
    for _ in 0..20 {
        join((0..CHILDREN).map(|_| spawn_local(async {})).collect()).await;
    }
}

/// A turn of the runtime polls some dozens of its tasks.
async fn all_have_begun(count: usize) {
    yields(count).await;
}

fn fanout(count: usize) -> f64 {
    let once = || {
        run(async {
            let request = Rc::new(Notify::new());
            let waiting = |request: Rc<Notify>| async move { request.notified().await };
            let tasks = (0..count).map(|_| spawn_local(waiting(request.clone()))).collect();
            all_have_begun(count).await;
            let started = cpu();
            request.notify_waiters();
            join(tasks).await;
            (cpu() - started) / count as f64
        })
    };
    median((0..5).map(|_| once()).collect())
}

fn bytes<F: Future<Output = ()> + 'static>(body: fn() -> F) -> f64 {
    const WAITING: usize = 10_000;
    run(async {
        let before = LIVE.load(Relaxed);
        let tasks: Vec<_> = (0..WAITING).map(|_| spawn_local(body())).collect();
        all_have_begun(WAITING).await;
        let live = LIVE.load(Relaxed) - before;
        drop(tasks);
        live as f64 / WAITING as f64
    })
}

fn main() {
    let mut rows = Vec::new();
    for tasks in [1, 100] {
        rows.push((format!("yield/C:{tasks}"), in_tasks(tasks, yields)));
        rows.push((format!("wait_for_op/C:{tasks}"), in_tasks(tasks, limited_yields)));
    }
    rows.push((format!("sleep/N:{MANY}"), many(sleep)));
    rows.push((format!("expire/N:{MANY}"), many(expire)));
    rows.push(("task_group/C:1".into(), each(20_000, children)));
    rows.push(("token_fanout/N:10000".into(), fanout(10_000)));
    rows.push(("memory/task".into(), bytes(|| sleep(LONG))));
    rows.push(("memory/task_limited".into(), bytes(limited_sleep)));
    let rows: Vec<_> = rows.iter().map(|(name, value)| format!("\"{name}\": {value:.1}")).collect();
    println!("{{{}}}", rows.join(", "));
}

async fn limited_sleep() {
    let _ = timeout(LONG, sleep(LONG)).await;
}
