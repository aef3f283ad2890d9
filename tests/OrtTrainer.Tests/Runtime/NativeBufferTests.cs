using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed unsafe class NativeBufferTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(17)]
    [TestCase(1_000_003)]
    public void A_buffer_is_zeroed_and_starts_on_a_64_byte_boundary(int length)
    {
        using NativeBuffer buffer = new(length);

        Assert.That(buffer.Length, Is.EqualTo(length));
        Assert.That((nint)buffer.Pointer % 64, Is.EqualTo((nint)0));
        Assert.That(buffer.Slice(0, length).IndexOfAnyExcept(0f), Is.EqualTo(-1));
    }

    [Test]
    public void A_slice_is_a_view_of_the_buffer()
    {
        using NativeBuffer buffer = new(10);
        buffer.Slice(4, 3).Fill(2);

        Assert.That(buffer.Slice(0, 10).ToArray(), Is.EqualTo(new float[] { 0, 0, 0, 0, 2, 2, 2, 0, 0, 0 }));

        buffer.Clear();
        Assert.That(buffer.Slice(0, 10).ToArray(), Is.All.Zero);
    }

    [TestCase(-1, 1)]
    [TestCase(0, 11)]
    [TestCase(10, 1)]
    [TestCase(long.MaxValue, 1)]
    public void A_slice_that_leaves_the_buffer_is_refused(long offset, int length)
    {
        using NativeBuffer buffer = new(10);

        Assert.That(() => buffer.Slice(offset, length), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_disposed_buffer_refuses_every_use()
    {
        NativeBuffer buffer = new(10);
        buffer.Dispose();
        buffer.Dispose();

        Assert.That(() => buffer.Slice(0, 1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => buffer.Clear(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => (nint)buffer.Pointer, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_negative_length_is_refused() =>
        Assert.That(() => new NativeBuffer(-1), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_length_that_cannot_be_addressed_is_refused()
    {
        Assert.That(() => new NativeBuffer(long.MaxValue), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new NativeBuffer((nint.MaxValue / 4) + 1L), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_length_beyond_the_memory_there_is_fails_as_such() =>
        Assert.That(() => new NativeBuffer(nint.MaxValue / 4), Throws.TypeOf<OutOfMemoryException>());

    [Test]
    public void The_whole_buffer_is_one_span_of_the_same_memory()
    {
        using NativeBuffer buffer = new(5);
        buffer.Span[4] = 3;

        Assert.That(buffer.Pointer[4], Is.EqualTo(3));
        Assert.That(buffer.Slice(4, 1)[0], Is.EqualTo(3));
        Assert.That(buffer.Slice(5, 0).Length, Is.Zero, "the empty slice behind the last element");
    }
}
