using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace OrtTrainer.Runtime;

/// <summary>
/// ONNX Runtime's session and what a run of it needs, freed once nobody holds them: whoever disposes a session while
/// another thread runs it must not pull the memory from under that run.
/// </summary>
internal sealed class SessionHandle : SafeHandle
{
    private static int _open;

    public SessionHandle(InferenceSession inference)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        Inference = inference;
        SetHandle(1);
        Interlocked.Increment(ref _open);
    }

    /// <summary>Sessions that are not freed, by themselves or for want of a binding's disposal: what a leak shows
    /// in.</summary>
    public static int Open => Volatile.Read(ref _open);

    public InferenceSession Inference { get; }

    public RunOptions RunOptions { get; } = new();

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle()
    {
        Interlocked.Decrement(ref _open);
        RunOptions.Dispose();
        Inference.Dispose();
        return true;
    }
}
