using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text;

/// <summary>
/// Where special tokens go around texts: before A after for one text, before A between B after for a pair.
/// </summary>
public sealed record SpecialTokenLayout
{
    /// <summary>No special tokens; the second text of a pair is of type 1.</summary>
    public static SpecialTokenLayout None { get; } = new();

    /// <summary>The ids before the first text; none by default.</summary>
    public IReadOnlyList<int> Before { get; init; } = [];

    /// <summary>The ids between the texts of a pair; none by default.</summary>
    public IReadOnlyList<int> Between { get; init; } = [];

    /// <summary>The ids after the last text; none by default.</summary>
    public IReadOnlyList<int> After { get; init; } = [];

    /// <summary>
    /// The token type, 0 or more, of the second text and of what follows it; 1 by default. Everything before is of
    /// type 0.
    /// </summary>
    public int SecondType { get; init; } = 1;

    /// <summary>BERT's: [CLS] A [SEP], and [CLS] A [SEP] B [SEP] with type 1 from B on.</summary>
    public static SpecialTokenLayout Bert(int clsId, int sepId) =>
        new() { Before = [clsId], Between = [sepId], After = [sepId] };

    /// <summary>RoBERTa's: &lt;s&gt; A &lt;/s&gt;, and &lt;s&gt; A &lt;/s&gt;&lt;/s&gt; B &lt;/s&gt;, all of type
    /// 0.</summary>
    public static SpecialTokenLayout Roberta(int bosId, int eosId) =>
        new() { Before = [bosId], Between = [eosId, eosId], After = [eosId], SecondType = 0 };

    internal SequenceTemplate ToTemplate() => new(
        [new(-1, Before, 0), TemplatePiece.Text(0, 0), new(-1, After, 0)],
        [
            new(-1, Before, 0), TemplatePiece.Text(0, 0), new(-1, Between, 0),
            TemplatePiece.Text(1, SecondType), new(-1, After, SecondType),
        ]);
}
