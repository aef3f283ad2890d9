using Microsoft.ML.OnnxRuntime;

namespace OrtTrainer.Runtime;

/// <summary>
/// ONNX Runtime refused a model or failed while running it. The message names the session and gives ONNX Runtime's
/// words.
/// </summary>
public sealed class RuntimeFailureException : Exception
{
    public RuntimeFailureException(string session, string message, Exception? inner = null)
        : base($"{session}: {message}", inner)
    {
        Session = session;
    }

    /// <summary>Name of the session that failed.</summary>
    public string Session { get; }

    internal static RuntimeFailureException From(
        string session, string doing, OnnxRuntimeException cause, Device device) =>
        new(session, $"ONNX Runtime failed while {doing}: {cause.Message}{Advice(device, cause.Message)}", cause);

    private static string Advice(Device device, string failure) =>
        device.Advice(failure) is { } advice ? $" {advice}" : "";
}
