using OrtTrainer.Server.Batching;

namespace OrtTrainer.Tests.Server;

public sealed class BatchQueueTests
{
    [Test]
    public void What_waits_is_given_out_at_once_and_together()
    {
        BatchQueue queue = new(10, new BatchFormer(100, IsPadded: false));
        PendingRequest first = BatchFormerTests.Request(3), second = BatchFormerTests.Request(4, 5);
        queue.TryAdd(first);
        queue.TryAdd(second);

        Assert.That(queue.Take(), Is.EqualTo(first.Texts.Concat(second.Texts)));
        Assert.That(queue.Count, Is.Zero);
    }

    [Test]
    public void A_request_of_many_texts_does_not_hold_up_one_that_comes_later()
    {
        BatchQueue queue = new(100, new BatchFormer(10, IsPadded: false));
        PendingRequest many = BatchFormerTests.Request([.. Enumerable.Repeat(5, 20)]);
        queue.TryAdd(many);
        _ = queue.Take();
        PendingRequest one = BatchFormerTests.Request(5);
        queue.TryAdd(one);

        Assert.That(queue.Take(), Does.Contain(one.Texts[0]));
    }

    [Test]
    public void Two_such_requests_share_the_model()
    {
        BatchQueue queue = new(100, new BatchFormer(20, IsPadded: false));
        PendingRequest first = BatchFormerTests.Request([.. Enumerable.Repeat(5, 10)]);
        PendingRequest second = BatchFormerTests.Request([.. Enumerable.Repeat(5, 10)]);
        queue.TryAdd(first);
        queue.TryAdd(second);

        for (int batch = 0; batch < 5; batch++)
        {
            IReadOnlyList<PendingText> texts = queue.Take()!;
            Assert.That((texts.Count(text => text.Request == first), texts.Count(text => text.Request == second)),
                Is.EqualTo((2, 2)));
        }
    }

    [Test]
    public void No_length_waits_for_ever_while_others_come()
    {
        BatchQueue queue = new(1000, new BatchFormer(40, IsPadded: true));
        PendingRequest odd = BatchFormerTests.Request(39);
        queue.TryAdd(BatchFormerTests.Request(4));
        queue.TryAdd(odd);
        int batches = 0;
        while (true)
        {
            queue.TryAdd(BatchFormerTests.Request([.. Enumerable.Repeat(4, 10)]));
            if (queue.Take()!.Any(text => text.Request == odd))
            {
                break;
            }

            Assert.That(++batches, Is.LessThan(3));
        }
    }

    [Test]
    public void What_does_not_fit_is_refused_whole_but_for_one_that_finds_nobody_waiting()
    {
        BatchQueue queue = new(4, new BatchFormer(100, IsPadded: false));

        Assert.That(queue.TryAdd(BatchFormerTests.Request(1, 1, 1, 1, 1, 1)), Is.True);
        Assert.That(queue.TryAdd(BatchFormerTests.Request(1)), Is.False);
        Assert.That(queue.Count, Is.EqualTo(6));
        _ = queue.Take();
        Assert.That(queue.TryAdd(BatchFormerTests.Request(1, 1, 1)), Is.True);
        Assert.That(queue.TryAdd(BatchFormerTests.Request(1, 1)), Is.False);
        Assert.That(queue.TryAdd(BatchFormerTests.Request(1)), Is.True);
    }

    [Test]
    public void What_nobody_waits_for_does_not_run()
    {
        BatchQueue queue = new(10, new BatchFormer(100, IsPadded: false));
        PendingRequest left = BatchFormerTests.Request(3), stayed = BatchFormerTests.Request(3);
        queue.TryAdd(left);
        queue.TryAdd(stayed);
        left.Abandon();

        Assert.That(queue.Take(), Is.EqualTo(stayed.Texts));
    }

    [Test]
    public void A_closed_queue_gives_out_what_waits_and_then_nothing()
    {
        BatchQueue queue = new(10, new BatchFormer(100, IsPadded: false));
        queue.TryAdd(BatchFormerTests.Request(3));
        queue.Close();

        Assert.That(queue.TryAdd(BatchFormerTests.Request(1)), Is.False);
        Assert.That(queue.Take(), Has.Count.EqualTo(1));
        Assert.That(queue.Take(), Is.Null);
    }
}
