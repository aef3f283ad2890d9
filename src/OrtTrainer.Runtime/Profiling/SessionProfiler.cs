using Microsoft.ML.OnnxRuntime;

namespace OrtTrainer.Runtime.Profiling;

/// <summary>ONNX Runtime's profiler of one session. It writes a file, which is read and deleted at the end.</summary>
internal sealed class SessionProfiler
{
    private readonly InferenceSession _session;
    private bool _ended;

    /// <param name="session">A session that was opened with <see cref="Configure"/>'s settings.</param>
    public SessionProfiler(InferenceSession session) => _session = session;

    /// <summary>Makes a session profile from its opening on: it cannot start later.</summary>
    public static void Configure(SessionOptions settings)
    {
        settings.ProfileOutputPathPrefix =
            Path.Combine(Path.GetTempPath(), $"orttrainer-{Environment.ProcessId}-{Guid.NewGuid():N}");
        settings.EnableProfiling = true;
    }

    /// <summary>Ends profiling.</summary>
    /// <returns>All runs since the session was opened.</returns>
    /// <exception cref="InvalidOperationException">It was ended before.</exception>
    public IReadOnlyList<ProfiledRun> End()
    {
        if (_ended)
        {
            throw new InvalidOperationException("Profiling of this session has ended; it ends once.");
        }

        _ended = true;
        string path = _session.EndProfiling();
        try
        {
            using FileStream file = File.OpenRead(path);
            return ProfileFile.Read(file);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Leaves no file of a session that nobody asked for its profile.</summary>
    public void Discard()
    {
        if (!_ended)
        {
            _ended = true;
            File.Delete(_session.EndProfiling());
        }
    }
}
