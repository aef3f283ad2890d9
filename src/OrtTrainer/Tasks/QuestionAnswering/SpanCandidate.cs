using OrtTrainer.Text;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>A part of the context that may be the answer.</summary>
/// <param name="Place">Where it stands, in code points of the context.</param>
/// <param name="Score">The logits of its first and last token, added.</param>
internal readonly record struct SpanCandidate(TextRange Place, double Score);
