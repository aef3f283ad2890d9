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
}
