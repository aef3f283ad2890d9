namespace OrtTrainer.Tests.Docs;

/// <summary>What the pages tell people to type does what they say, on a clean clone.</summary>
[NonParallelizable] // The working folder is the process's.
public sealed class PageCommandsTests
{
    private static IEnumerable<string> Pages =>
    [
        "README.md", "docs/tutorial.md", "docs/cookbook.md",
        .. Page.All.Select(page => page.Name)
            .Where(name => name.StartsWith("docs/methods/", StringComparison.Ordinal) && !name.EndsWith("index.md")),
    ];

    [TestCaseSource(nameof(Pages))]
    public void Commands_of_a_page_run_in_order_and_print_what_it_states(string name)
    {
        if (!Directory.Exists(Path.Combine(SharedFiles.RepositoryRoot, "onnx-models", "embedded")))
        {
            Assert.Ignore("The embedded data are not in this checkout.");
        }

        Page page = Page.Read(name);
        Assert.That(page.Blocks.Count(block => block.IsRun), Is.Positive);

        using PageRunner runner = new();
        runner.Run(page);
    }

    [Test]
    public void Quotes_pipes_texts_and_lines_that_go_on_are_read_as_a_shell_reads_them()
    {
        IReadOnlyList<ShellCommand> commands = ShellCommand.In(
            "# said\ncat > a.txt <<'END'\none | two\n\nEND\n"
            + "echo \"it's so\" '' | orttrainer predict \\\n    --input -\n");

        Assert.That(commands, Has.Count.EqualTo(2));
        Assert.That((commands[0].Here, commands[0].Stages().Output), Is.EqualTo(("one | two\n\n", "a.txt")));
        Assert.That(commands[1].Stages().Stages,
            Is.EqualTo(new[] { new[] { "echo", "it's so", "" }, ["orttrainer", "predict", "--input", "-"] }));
    }
}
