using OrtTrainer.Common;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>A part of a text that answers a question.</summary>
/// <param name="Text">Its words, as they stand in the text.</param>
/// <param name="Place">Where it stands, in Unicode code points of the text.</param>
/// <param name="Score">Its probability among the best answers and that of none, 0 to 1.</param>
internal sealed record TextAnswer(string Text, TextRange Place, float Score)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
