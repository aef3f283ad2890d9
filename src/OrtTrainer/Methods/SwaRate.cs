namespace OrtTrainer.Methods;

/// <summary>What the learning rate does from the step on at which averaging starts.</summary>
public enum SwaRate
{
    /// <summary>It goes on as the schedule has it, by default constant.</summary>
    Constant,

    /// <summary>
    /// It falls along a saw-tooth of the averaging interval's length; averages are taken where it is lowest.
    /// </summary>
    Cyclical,

    /// <summary>
    /// It moves along a cosine to the SWA rate within a tenth of the run, then stays (PyTorch's SWALR).
    /// </summary>
    Anneal,
}
