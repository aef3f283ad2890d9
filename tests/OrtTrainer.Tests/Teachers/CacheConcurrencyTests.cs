using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Teachers;

/// <summary>Of several that ask for the same, one computes.</summary>
public sealed class CacheConcurrencyTests
{
    private static readonly TeacherKey Key = new("logits", "teacher", "texts", ["a", "b"], 16, 4096, "cpu", "1.0");

    private static readonly TeacherCost Cost = new(1.5, 1000, "cpu", 1);

    [Test]
    public void Of_callers_at_the_same_time_one_runs_the_teacher_and_all_get_the_same_bits()
    {
        using TeacherTask task = new();
        using Barrier start = new(4);
        EventLog[] events = [.. Enumerable.Range(0, 4).Select(_ => new EventLog())];

        TeacherLogits[] logits = Together(4, caller =>
        {
            start.SignalAndWait();
            return task.Obtain(events: events[caller]);
        });

        Assert.That(logits.Count(l => !l.Report.IsCached), Is.EqualTo(1));
        Assert.That(events.Count(e => e.Batches > 0), Is.EqualTo(1));
        Assert.That(logits.Select(l => l.Values), Is.All.EqualTo(logits[0].Values));
    }

    [Test]
    public void Who_waits_is_told_so_and_runs_nothing()
    {
        using TeacherTask task = new();
        using ManualResetEventSlim waiting = new();
        EventLog second = new(_ => waiting.Set());
        int computed = 0;
        Task<CacheEntry>? waiter = null;

        CacheEntry first = Obtain(task, new EventLog(), () =>
        {
            waiter = Task.Run(() => Obtain(task, second, () => Count(ref computed)));
            Assert.That(waiting.Wait(TimeSpan.FromSeconds(30)), "the second caller says that it waits");
            return ([1, 2, 3, 4], Cost);
        });

        CacheEntry other = waiter!.GetAwaiter().GetResult();
        Assert.That(computed, Is.Zero);
        Assert.That((first.IsCached, other.IsCached), Is.EqualTo((false, true)));
        Assert.That(other.Values, Is.EqualTo(new[] { 1f, 2, 3, 4 }));
        Assert.That(second.Notes.Single(), Does.Contain("Another process"));
    }

    [Test]
    public void One_that_fails_leaves_the_work_to_the_next_that_waits()
    {
        using TeacherTask task = new();
        using ManualResetEventSlim waiting = new();
        int computed = 0;
        Task<CacheEntry>? waiter = null;

        Assert.That(() => Obtain(task, new EventLog(), () =>
        {
            waiter = Task.Run(() => Obtain(task, new EventLog(_ => waiting.Set()), () => Count(ref computed)));
            Assert.That(waiting.Wait(TimeSpan.FromSeconds(30)), "the second caller says that it waits");
            throw new InvalidDataException("the teacher broke");
        }), Throws.TypeOf<InvalidDataException>());

        Assert.That(waiter!.GetAwaiter().GetResult().IsCached, Is.False);
        Assert.That(computed, Is.EqualTo(1));
    }

    [Test]
    public void Waiting_can_be_cancelled()
    {
        using TeacherTask task = new();
        using CancellationTokenSource source = new();
        EventLog events = new(_ => source.Cancel());

        Obtain(task, new EventLog(), () =>
        {
            Assert.That(
                () => new TeacherCache(task.Cache, events).Obtain(
                    Key, new FloatTable(2, 2), NeverRuns, source.Token),
                Throws.InstanceOf<OperationCanceledException>());
            return ([1, 2, 3, 4], Cost);
        });
    }

    [Test]
    public void Different_teachers_do_not_wait_for_each_other()
    {
        using TeacherTask task = new();
        Obtain(task, new EventLog(), () =>
        {
            CacheEntry other = new TeacherCache(task.Cache, null).Obtain(
                Key with { Teacher = "another" }, new FloatTable(2, 2), () => ([5, 6, 7, 8], Cost), default);
            Assert.That(other.Values, Is.EqualTo(new[] { 5f, 6, 7, 8 }));
            return ([1, 2, 3, 4], Cost);
        });

        Assert.That(Directory.GetFiles(task.Cache, "*.safetensors"), Has.Length.EqualTo(2));
    }

    [Test]
    public void A_lock_file_of_a_killed_process_locks_nothing()
    {
        using TeacherTask task = new();
        Directory.CreateDirectory(task.Cache);
        File.WriteAllText(Path.Combine(task.Cache, $"{Key.Hash}.lock"), "");
        EventLog events = new();

        Assert.That(Obtain(task, events, () => ([1, 2, 3, 4], Cost)).IsCached, Is.False);
        Assert.That(events.Notes, Is.Empty);
    }

    private static CacheEntry Obtain(
        TeacherTask task, EventLog events, Func<(float[] Values, TeacherCost Cost)> compute) =>
        new TeacherCache(task.Cache, events).Obtain(Key, new FloatTable(2, 2), compute, default);

    private static (float[] Values, TeacherCost Cost) Count(ref int computed)
    {
        Interlocked.Increment(ref computed);
        return ([1, 2, 3, 4], Cost);
    }

    private static (float[] Values, TeacherCost Cost) NeverRuns() =>
        throw new InvalidOperationException("This must not run.");

    private static T[] Together<T>(int count, Func<int, T> work) => Task.WhenAll(Enumerable.Range(0, count).Select(
        i => Task.Factory.StartNew(() => work(i), TaskCreationOptions.LongRunning))).GetAwaiter().GetResult();
}
