using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Text.Training;

namespace OrtTrainer.Tests.Text.Training;

public sealed class TextCorpusTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Files_of_a_folder_come_in_the_order_of_their_paths_without_hidden_ones()
    {
        Write("b/2.txt", "zwei\n"u8);
        Write("a", "eins"u8);
        Write(".git/config", "no"u8);

        Assert.That(TextCorpus.Open([_folder.Path]).Lines(), Is.EqualTo(new[] { "eins", "zwei" }));
    }

    [Test]
    public void Lines_end_with_line_feeds_and_the_byte_order_mark_is_dropped()
    {
        string file = Write("a.txt", [0xEF, 0xBB, 0xBF, .. "one\r\n\ntwo\nthree"u8]);

        Assert.That(TextCorpus.Open([file]).Lines(), Is.EqualTo(new[] { "one", "", "two", "three" }));
    }

    /// <summary>Lines of all lengths round the megabyte that is read at once, one of them longer than that.</summary>
    [Test]
    public void Blocks_hold_whole_lines_and_all_of_the_text()
    {
        string text = string.Concat(Enumerable.Range(0, 4_000).Select(i => new string('é', i % 700) + "\n"))
            + new string('x', 3_000_000) + "\nlast";
        string file = Write("a.txt", System.Text.Encoding.UTF8.GetBytes(text));

        string[] blocks = [.. TextCorpus.Open([file]).Blocks()];

        Assert.That(string.Concat(blocks), Is.EqualTo(text));
        Assert.That(blocks, Has.Length.GreaterThan(3));
        Assert.That(blocks[..^1], Has.All.EndsWith("\n"));
    }

    [Test]
    public void A_byte_that_is_no_text_is_named_with_file_and_offset_also_beyond_the_first_block()
    {
        string file = Write("a.txt", [.. Enumerable.Repeat("text\n"u8.ToArray(), 300_000).SelectMany(b => b), 0xE9]);

        Assert.That(() => TextCorpus.Open([file]).Lines().Count(), Throws.InstanceOf<InvalidDataException>().With
            .Message.StartsWith($"{file}: not valid UTF-8: 0xE9 at offset 1500000. Take the file out of the corpus"));
    }

    [Test]
    public void A_zero_byte_is_named_with_file_and_offset()
    {
        string file = Write("a.bin", "text\0more"u8);

        Assert.That(() => TextCorpus.Open([file]).Lines().Count(), Throws.InstanceOf<InvalidDataException>().With
            .Message.StartsWith($"{file}: there is a zero byte at offset 4, so it is no text"));
    }

    [Test]
    public void A_path_that_leads_nowhere_and_a_folder_without_files_are_refused()
    {
        Assert.That(() => TextCorpus.Open(["/no/such"]), Throws.InstanceOf<FileNotFoundException>().With
            .Message.EqualTo("/no/such: there is no such file or folder; give one of texts."));
        Assert.That(() => TextCorpus.Open([_folder.Path]), Throws.InstanceOf<InvalidDataException>().With
            .Message.EqualTo($"{_folder.Path}: there is no file in the folder; give one with texts."));
    }

    private string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }
}
