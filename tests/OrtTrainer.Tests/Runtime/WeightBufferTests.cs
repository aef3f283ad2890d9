using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed unsafe class WeightBufferTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(17)]
    [TestCase(1_000_003)]
    public void A_buffer_is_zeroed_and_starts_on_a_64_byte_boundary(int length)
    {
        using WeightBuffer buffer = new(Device.Default, length);

        Assert.That(buffer.Length, Is.EqualTo(length));
        Assert.That((nint)buffer.Pointer % 64, Is.EqualTo((nint)0));
        Assert.That(buffer.Slice(0, length).IndexOfAnyExcept(0f), Is.EqualTo(-1));
    }

    [Test]
    public void A_slice_is_a_view_of_the_buffer()
    {
        using WeightBuffer buffer = new(Device.Default, 10);
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
        using WeightBuffer buffer = new(Device.Default, 10);

        Assert.That(() => buffer.Slice(offset, length), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_disposed_buffer_refuses_every_use()
    {
        WeightBuffer buffer = new(Device.Default, 10);
        buffer.Dispose();
        buffer.Dispose();

        Assert.That(() => buffer.Slice(0, 1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => buffer.Read(0, 1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => buffer.Write(0, [1f]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => buffer.CopyFrom(buffer), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => buffer.Clear(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => (nint)buffer.Pointer, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_negative_length_is_refused() =>
        Assert.That(() => new WeightBuffer(Device.Default, -1), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_length_that_cannot_be_addressed_is_refused()
    {
        Assert.That(
            () => new WeightBuffer(Device.Default, long.MaxValue), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new WeightBuffer(Device.Default, (nint.MaxValue / 4) + 1L),
            Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_length_beyond_the_memory_there_is_fails_as_such() =>
        Assert.That(() => new WeightBuffer(Device.Default, nint.MaxValue / 4), Throws.TypeOf<OutOfMemoryException>());

    [Test]
    public void The_whole_buffer_is_one_span_of_the_same_memory()
    {
        using WeightBuffer buffer = new(Device.Default, 5);
        buffer.Span[4] = 3;

        Assert.That(buffer.Pointer[4], Is.EqualTo(3));
        Assert.That(buffer.Slice(4, 1)[0], Is.EqualTo(3));
        Assert.That(buffer.Slice(5, 0).Length, Is.Zero, "the empty slice behind the last element");
    }

    [Test]
    public void The_host_reads_what_it_wrote_by_value_and_in_place()
    {
        using WeightBuffer buffer = new(Device.Default, 6);
        float[] seen = [];

        buffer.Write(1, [5f, 6, 7]);
        buffer.Write(4, 2, values => values.Fill(9));
        buffer.Read(2, 3, values => seen = values.ToArray());

        Assert.That(buffer.Read(0, 6), Is.EqualTo(new float[] { 0, 5, 6, 7, 9, 9 }));
        Assert.That(seen, Is.EqualTo(new float[] { 6, 7, 9 }));
    }

    [Test]
    public void A_copy_holds_the_same_values_and_is_its_own()
    {
        using WeightBuffer source = new(Device.Default, 3), copy = new(Device.Default, 3);
        using WeightBuffer longer = new(Device.Default, 4);
        source.Write(0, [1f, 2, 3]);

        copy.CopyFrom(source);
        source.Clear();

        Assert.That(copy.Read(0, 3), Is.EqualTo(new float[] { 1, 2, 3 }));
        Assert.That(() => longer.CopyFrom(copy),
            Throws.ArgumentException.With.Message.StartsWith("3 weights of cpu cannot be copied to 4 of cpu."));
    }

    [Test]
    public void Reads_and_writes_that_leave_the_buffer_are_refused_and_change_nothing()
    {
        using WeightBuffer buffer = new(Device.Default, 3);

        Assert.That(() => buffer.Write(2, [1f, 2]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => buffer.Write(-1, 2, values => values.Fill(1)), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => buffer.Read(3, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(buffer.Read(0, 3), Is.All.Zero);
    }

    [Test]
    public void Weights_of_a_type_that_is_not_built_are_refused_by_name() =>
        Assert.That(() => new WeightBuffer(Device.Default, ElementType.Float16, 3),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("Float16").And.Message.Contains("Float only"));
}
