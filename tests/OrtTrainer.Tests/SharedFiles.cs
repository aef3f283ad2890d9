namespace OrtTrainer.Tests;

/// <summary>
/// Reference values, real models and real data that are not part of the repository. A test that needs one of them is
/// skipped, with the missing path as the reason, where it is absent.
/// </summary>
internal static class SharedFiles
{
    // Read by what follows, so it stands first.
    private static readonly Lazy<string> Root = new(FindRepositoryRoot);

    /// <summary>The repository's root: the nearest folder above the test assembly that holds the solution.</summary>
    public static string RepositoryRoot => Root.Value;

    /// <summary>Reference values: the variable ORTTRAINER_GOLDENS, or goldens in the folder shared beside the
    /// repository.</summary>
    public static string Goldens { get; } =
        Environment.GetEnvironmentVariable("ORTTRAINER_GOLDENS") ?? Path.Combine(Shared, "goldens");

    private static string Shared => Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared"));

    /// <summary>A file or folder below goldens; skips the test where it is missing.</summary>
    public static string Golden(params string[] parts) => Require(Path.Combine([Goldens, .. parts]));

    /// <summary>A file or folder below the shared folder, such as models/all-MiniLM-L6-v2; skips the test where it is
    /// missing.</summary>
    public static string SharedPath(params string[] parts) => Require(Path.Combine([Shared, .. parts]));

    private static string Require(string path)
    {
        if (!Path.Exists(path))
        {
            Assert.Ignore($"{path} is not there; this test compares with reference material outside the repository.");
        }

        return path;
    }

    private static string FindRepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrtTrainer.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException($"OrtTrainer.sln was not found above {AppContext.BaseDirectory}.");
    }
}
