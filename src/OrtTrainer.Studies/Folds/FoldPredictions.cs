using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrtTrainer.Studies.Folds;

/// <summary>
/// Predictions of examples by models that did not learn from them, a JSON object a line in the order of the rows:
/// <c>row</c> from 0, <c>fold</c> from 1, <c>label</c> as the file has it, and <c>scores</c> by label, which are
/// probabilities as those of <c>predict</c>, or the <c>prediction</c> of a number.
/// </summary>
internal static class FoldPredictions
{
    private static readonly JsonSerializerOptions Format = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The lines of all folds.</summary>
    public static string Lines(IReadOnlyList<ScoredFold> folds)
    {
        SortedDictionary<int, string> lines = [];
        foreach (ScoredFold fold in folds)
        {
            for (int example = 0; example < fold.Data.Count; example++)
            {
                lines.Add(fold.Data.SourceRows[example], Line(fold, example));
            }
        }

        return new StringBuilder().AppendJoin('\n', lines.Values).Append('\n').ToString();
    }

    private static string Line(ScoredFold fold, int example)
    {
        int width = fold.ScoreRows.Length / fold.Data.Count;
        double[] scores = fold.ScoreRows[(example * width)..((example + 1) * width)];
        JsonObject line = new()
        {
            ["row"] = fold.Data.SourceRows[example],
            ["fold"] = fold.Number,
            ["label"] = fold.Data.Examples[example].Label,
        };
        if (fold.Data.Labels is null)
        {
            line["prediction"] = scores[0];
        }
        else
        {
            line["scores"] = new JsonObject(
                fold.Labels.Zip(scores, (name, score) => KeyValuePair.Create(name, (JsonNode?)score)));
        }

        return line.ToJsonString(Format);
    }
}
