namespace OrtTrainer.Teachers;

/// <summary>Where the logits in a file come from, as this program writes it into the file's metadata.</summary>
/// <param name="Teacher">The teacher's name.</param>
/// <param name="MaxLength">The most tokens of an input.</param>
/// <param name="Cost">What running it took.</param>
/// <param name="Version">The version of this library.</param>
internal sealed record LogitsOrigin(string Teacher, int? MaxLength, TeacherCost? Cost, string Version);
