namespace OrtTrainer.Runtime;

/// <summary>Whether runs are recorded and played back, on a device that can.</summary>
public enum RecordingMode
{
    /// <summary>They are not.</summary>
    Off,

    /// <summary>They are where it is faster, which is measured in the first of them.</summary>
    Auto,

    /// <summary>They are.</summary>
    On,
}
