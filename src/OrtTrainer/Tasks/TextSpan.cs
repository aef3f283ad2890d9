using OrtTrainer.Common;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks;

/// <summary>A part of a text that a model points to: an entity, or an answer.</summary>
/// <param name="Text">Its words, as they stand in the text.</param>
/// <param name="Type">The type of an entity, such as PER; null for an answer.</param>
/// <param name="Place">Where it stands, in Unicode code points of the text; of an answer, of the context.</param>
/// <param name="Score">The mean probability of an entity's tags, or an answer's probability among the best answers and
/// that of none, 0 to 1.</param>
public sealed record TextSpan(string Text, string? Type, TextRange Place, float Score)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
