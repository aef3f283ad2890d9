using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>A row of outputs per image.</summary>
/// <param name="outputs">Classes, K.</param>
internal sealed class ImageHead(int outputs) : ModelHead(outputs)
{
    public override OutputRows Rows => OutputRows.PerSequence;

    public override string ClassSuffix => "ForImageClassification";

    public override bool TakesImages => true;

    public override bool ReadsFirstTokens(Architecture architecture) => architecture.PoolsFirstToken;

    public override Value Build(ModelBuilder m, Architecture architecture, Value hidden) =>
        architecture.SequenceHead(m, Outputs, hidden);
}
