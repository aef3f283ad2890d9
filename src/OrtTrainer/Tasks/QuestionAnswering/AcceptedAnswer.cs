namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>An answer that a data set gives.</summary>
/// <param name="Text">Its words.</param>
/// <param name="Start">Where the data say that it starts, in Unicode code points of the context.</param>
internal readonly record struct AcceptedAnswer(string Text, int Start);
