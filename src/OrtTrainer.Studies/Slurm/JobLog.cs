namespace OrtTrainer.Studies.Slurm;

/// <summary>What a job printed, and what the cluster added when it ended the job.</summary>
internal static class JobLog
{
    /// <summary>Begins the first line of every start of a job.</summary>
    public const string Start = "job ";

    private const int Tail = 8192;

    /// <summary>The end of a log, from the last start of the job; empty where there is none.</summary>
    public static string OfLastStart(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Seek(-Math.Min(Tail, stream.Length), SeekOrigin.End);
            string tail = new StreamReader(stream).ReadToEnd();
            int start = ("\n" + tail).LastIndexOf("\n" + Start, StringComparison.Ordinal);
            return start < 0 ? tail : tail[start..];
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
