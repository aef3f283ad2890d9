using OrtTrainer.Common;

namespace OrtTrainer.Studies.Slurm;

/// <summary>A command of the cluster failed; the message is in its own words.</summary>
internal sealed class SlurmRefusal(string words) : OrtTrainerException(words)
{
    // What the commands say when the controller is away or busy, and the same may work a moment later.
    private static readonly string[] Passing =
        ["Unable to contact slurm controller", "Socket timed out", "Zero Bytes were transmitted", "Connection refused",
         "Connection timed out", "Resource temporarily unavailable", "temporarily"];

    /// <summary>Whether the cluster did not refuse, but did not answer.</summary>
    public bool IsSilence =>
        Passing.Any(words => Message.Contains(words, StringComparison.OrdinalIgnoreCase));
}
