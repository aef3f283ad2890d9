namespace OrtTrainer.Teachers;

/// <summary>Where the outputs of teachers are kept between runs.</summary>
internal static class CacheFolder
{
    /// <summary>
    /// <c>orttrainer/teacher-logits</c> in the user's cache folder: that of XDG_CACHE_HOME, else the local application
    /// data on Windows and <c>~/.cache</c> elsewhere. Deleting it costs a computation and nothing else.
    /// </summary>
    public static string OfUser => Path.Combine(Root(), "orttrainer", "teacher-logits");

    // The XDG specification has relative paths ignored.
    private static string Root() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } named && Path.IsPathFullyQualified(named) ? named
        : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
