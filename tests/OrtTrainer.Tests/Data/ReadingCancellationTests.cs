using System.Text;
using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

/// <summary>Reading half a million rows ends when it is asked to.</summary>
public sealed class ReadingCancellationTests
{
    private const int Rows = 500_000;

    [TestCase(DataFormat.Csv)]
    [TestCase(DataFormat.Tsv)]
    [TestCase(DataFormat.JsonLines)]
    [TestCase(DataFormat.Json)]
    [TestCase(DataFormat.Lines)]
    public void A_cancelled_reading_stops_within_a_block_of_the_file(DataFormat format)
    {
        string row = format is DataFormat.JsonLines or DataFormat.Json ? """{"text":"a","label":"b"}""" : "a,b";
        string content = format == DataFormat.Json
            ? $"[{string.Join(",\n", Enumerable.Repeat(row, Rows))}]"
            : string.Concat(Enumerable.Repeat(row + "\n", Rows));
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(content));
        using CancellationTokenSource source = new();
        int read = 0;

        Assert.That(() =>
        {
            foreach (DataRow _ in TableReader.Read(stream, "inline", new() { Format = format }, null, source.Token))
            {
                if (++read == 1000)
                {
                    source.Cancel();
                }
            }
        }, Throws.InstanceOf<OperationCanceledException>());

        Assert.That(read, Is.InRange(1000, 40_000));
    }

    [TestCase(DataFormat.JsonLines)]
    [TestCase(DataFormat.Json)]
    [TestCase(DataFormat.Lines)]
    public void What_is_cancelled_already_reads_nothing(DataFormat format)
    {
        using MemoryStream stream = new("{\"text\":\"a\"}\n"u8.ToArray());

        Assert.That(
            () => TableReader.Read(stream, "inline", new() { Format = format }, null, new(canceled: true)).Count(),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(stream.Position, Is.Zero);
    }

    [Test]
    public void An_array_is_held_as_a_whole_but_no_longer_read_after_the_cancellation()
    {
        using CancellationTokenSource source = new();
        using EndlessStream stream = new(source);

        Assert.That(
            () => TableReader.Read(stream, "inline", new() { Format = DataFormat.Json }, null, source.Token).Count(),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(stream.Reads, Is.EqualTo(3));
    }

    /// <summary>White space for ever; the third block cancels.</summary>
    private sealed class EndlessStream(CancellationTokenSource source) : MemoryStream
    {
        public int Reads { get; private set; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (++Reads == 3)
            {
                source.Cancel();
            }

            buffer.Fill((byte)' ');
            return buffer.Length;
        }
    }
}
