using OrtTrainer.Common;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>An entity that a model found in a text.</summary>
/// <param name="Text">Its words, as they stand in the text.</param>
/// <param name="Type">Its type, such as PER.</param>
/// <param name="Place">Where it stands, in Unicode code points of the text.</param>
/// <param name="Score">The mean probability of its words' tags, 0 to 1.</param>
public sealed record TextEntity(string Text, string Type, TextRange Place, float Score)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
