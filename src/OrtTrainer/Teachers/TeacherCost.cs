namespace OrtTrainer.Teachers;

/// <summary>What it took to run a teacher over the data, at the time it ran.</summary>
/// <param name="Seconds">From loading the graph to the last output, tokenizing included.</param>
/// <param name="MemoryBytes">
/// Resident memory of the process at its highest, read after every batch, less that before the graph was loaded.
/// </param>
/// <param name="Device">Where it ran.</param>
/// <param name="Threads">Threads it had.</param>
internal sealed record TeacherCost(double Seconds, long MemoryBytes, string Device, int Threads);
