namespace OrtTrainer.Tests.Checkpoints;

/// <summary>An empty folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const int MostTries = 50;

    private static readonly TimeSpan TimeBetweenTries = TimeSpan.FromMilliseconds(100);

    public string Path { get; } = Directory.CreateTempSubdirectory("orttrainer-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    // A worker whose study was killed may still write while it ends, so that a folder fills up again as it is emptied.
    public void Dispose()
    {
        for (int left = MostTries - 1; ; left--)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (IOException) when (left > 0)
            {
                Thread.Sleep(TimeBetweenTries);
            }
        }
    }
}
