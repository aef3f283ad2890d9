using System.IO.Compression;
using OrtTrainer.Data.Sources;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Data.Sources;

namespace OrtTrainer.Tests.Tasks.MaskedLanguageModel;

public sealed class CorpusLinesTests
{
    [Test]
    public void Plain_and_compressed_files_and_tables_are_read_in_the_order_of_their_names()
    {
        using TemporaryFolder folder = new();
        folder.Write("texts/1.txt", "one\r\ntwo\n");
        using (GZipStream packed = new(File.Create(folder.File("texts/2.txt.gz")), CompressionLevel.Fastest))
        {
            packed.Write("three\n\nfour"u8);
        }

        using (ZstdSharp.CompressionStream packed = new(File.Create(folder.File("texts/3.zst")), leaveOpen: false))
        {
            packed.Write("five\n"u8);
        }

        ParquetRows.WriteLabelled(folder.File("texts/4.parquet"), [("six\nseven", 0), ("eight", 1)]);

        string[] expected =
            ["one", "two", "three", "", "four", "five", "six", "seven", "", "eight", ""];
        Assert.That(CorpusLines.Of(folder.File("texts"), default), Is.EqualTo(expected));
        Assert.That(CorpusLines.Of(folder.File("texts/*"), default), Is.EqualTo(expected));
        Assert.That(
            CorpusLines.Of(DataFiles.Join([folder.File("texts/3.zst"), folder.File("texts/1.txt")]), default),
            Is.EqualTo(new[] { "five", "one", "two" }));
    }
}
