namespace OrtTrainer.Studies.Tuning;

/// <summary>Something that a search tells, in a word for programs and a line for people.</summary>
/// <param name="Kind">started, began, paused, done, failed, ending, tested or finished.</param>
/// <param name="Message">The line.</param>
/// <param name="Trial">The trial it is about, or null.</param>
/// <param name="Score">Its score, or null.</param>
/// <param name="Seconds">Of the search so far.</param>
internal sealed record TuneEvent(string Kind, string Message, int? Trial, double? Score, double Seconds);
