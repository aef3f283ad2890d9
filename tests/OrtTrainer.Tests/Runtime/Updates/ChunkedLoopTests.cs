using OrtTrainer.Runtime.Cpu.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

public class ChunkedLoopTests
{
    [Test]
    public void Every_chunk_runs_exactly_once_in_every_run(
        [Values(1, 2, 4)] int threads, [Values(0, 1, 3, 1000)] int chunks)
    {
        using var loop = new ChunkedLoop(threads);
        for (var run = 0; run < 20; run++)
        {
            var counts = new int[chunks];
            loop.Run(new Work(chunk => Interlocked.Increment(ref counts[chunk])), chunks);
            Assert.That(counts, Is.All.EqualTo(1));
        }
    }

    [Test]
    public void Threads_that_come_late_take_no_chunk_twice_and_none_of_a_run_that_has_ended([Values(2, 5)] int threads)
    {
        using var loop = new ChunkedLoop(threads);
        for (var run = 0; run < 20_000; run++)
        {
            var chunks = 1 + (run % 5);
            var counts = new int[chunks];
            loop.Run(new Work(chunk => counts[chunk]++), chunks);
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                Assert.That(counts[chunk], Is.EqualTo(1));
            }
        }
    }

    [Test]
    public void An_exception_of_any_chunk_reaches_the_caller_and_the_loop_goes_on_working([Values(1, 2)] int threads)
    {
        using var loop = new ChunkedLoop(threads);
        var failing = new Work(chunk => throw new InvalidDataException($"chunk {chunk}"));
        Assert.That(() => loop.Run(failing, 8), Throws.InstanceOf<InvalidDataException>());

        var done = 0;
        loop.Run(new Work(_ => Interlocked.Increment(ref done)), 8);
        Assert.That(done, Is.EqualTo(8));
    }

    [Test]
    public void Every_thread_may_fail_in_every_run([Values(1, 4)] int threads)
    {
        using var loop = new ChunkedLoop(threads);
        for (var run = 0; run < 500; run++)
        {
            Assert.That(
                () => loop.Run(new Work(chunk => throw new InvalidDataException($"chunk {chunk}")), 1 + (run % 9)),
                Throws.InstanceOf<InvalidDataException>());
        }
    }

    [Test]
    public void Several_callers_take_turns()
    {
        using var loop = new ChunkedLoop(2);
        var (running, overlaps, done) = (0, 0, 0);
        var work = new Work(_ =>
        {
            if (Interlocked.Increment(ref running) > 1)
            {
                Interlocked.Increment(ref overlaps);
            }

            Interlocked.Increment(ref done);
            Interlocked.Decrement(ref running);
        });
        Parallel.For(0, 8, _ => loop.Run(work, 1));
        Assert.That((overlaps, done), Is.EqualTo((0, 8)));
    }

    [Test]
    public void A_disposed_loop_refuses_work()
    {
        var loop = new ChunkedLoop(2);
        loop.Dispose();
        loop.Dispose();
        Assert.That(() => loop.Run(new Work(_ => { }), 1), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void A_run_allocates_nothing()
    {
        using var loop = new ChunkedLoop(1);
        var work = new Work(_ => { });
        loop.Run(work, 10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        loop.Run(work, 10);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private sealed class Work(Action<int> run) : IChunkWork
    {
        public void Run(int chunk) => run(chunk);
    }
}
