using OrtTrainer.Graph;

namespace OrtTrainer.Models;

/// <summary>Where a span of the text starts and where it ends: two logits per token, by one linear layer.</summary>
internal sealed class SpanHead() : TokenHead(outputs: 2)
{
    /// <summary>The logits of the first token, [B, S] in an exported graph.</summary>
    public const string StartLogits = "start_logits";

    /// <summary>The logits of the last token, [B, S] in an exported graph.</summary>
    public const string EndLogits = "end_logits";

    public override string ClassSuffix => "ForQuestionAnswering";

    public override string PeftTask => "QUESTION_ANS";

    public override IReadOnlyList<string> ExportedNames { get; } = [StartLogits, EndLogits];

    public override IReadOnlyList<(string Name, Value Value)> Exported(
        GraphBuilder graph, Value hidden, Value logits) =>
    [
        (StartLogits, graph.Squeeze(graph.Slice(logits, axis: 2, start: 0, end: 1), 2)),
        (EndLogits, graph.Squeeze(graph.Slice(logits, axis: 2, start: 1, end: 2), 2)),
    ];

    protected override string LayerOf(Architecture architecture) => architecture.SpanLayer;

    protected override float DropoutOf(Architecture architecture) => architecture.SpanDropout;
}
