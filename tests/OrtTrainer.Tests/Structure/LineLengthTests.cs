namespace OrtTrainer.Tests.Structure;

public sealed class LineLengthTests
{
    private const int Longest = 120;

    [TestCase("src")]
    [TestCase("tests")]
    public void No_line_of_a_source_file_is_longer_than_the_style_allows(string folder)
    {
        string root = Path.Combine(SharedFiles.RepositoryRoot, folder);
        string[] sources = [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Where(IsWritten)];

        Assert.That(sources, Has.Length.GreaterThan(100));
        Assert.That(
            sources.SelectMany(file => File.ReadLines(file)
                .Select((line, at) => (line, place: $"{Path.GetRelativePath(root, file)}, line {at + 1}"))
                .Where(source => source.line.EnumerateRunes().Count() > Longest)
                .Select(source => source.place)),
            Is.Empty);

        // What the build generates is no source.
        bool IsWritten(string file) =>
            !Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");
    }
}
